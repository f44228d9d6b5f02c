// A generated ledger in every form that a stage of reading or importing takes, in memory.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "io/mapped_file.hpp"
#include "read/row_batch.hpp"

namespace ringscan::bench {

struct StageData {
  // O(transactions): about 1.5 kB each, of which the texts are files in `folder`, as sources let go of mapped text.
  StageData(std::uint64_t transactions, const std::filesystem::path& folder);

  const MappedFile csv_file, json_file;   // one text, as ethereum-etl has it
  const std::string_view csv, json;       // they hold
  std::string gzip, zstd;                 // what the CSV is compressed to
  std::size_t rows = 0;                   // of the text
  std::vector<std::string> decimal, hex;  // their amounts
  RowBatch batch;                         // those that are payments
};

// Of the columns that an import of ethereum-etl's transactions wants, by place in the header.
std::vector<std::size_t> wanted_columns(const std::vector<std::string>& header);

// Reads a CSV text's plain rows into a batch, which is emptied before every block unless it keeps all; how many.
std::size_t read_plain_rows(std::string_view csv, RowBatch& batch, bool keeps_all);

}  // namespace ringscan::bench
