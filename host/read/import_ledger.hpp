// Exports -> one packed ledger file, within a limit of memory: rows that do not fit go through sorted runs on the disk.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "packed/packed_writer.hpp"
#include "read/read_ledger.hpp"

namespace ringscan {

struct ImportOptions {
  ReadOptions reading;
  PackedIndex index = PackedIndex::both;
  bool overwrite = false;
  std::uint64_t memory_bytes = 0;    // of anonymous memory in all; 0: no limit
  std::uint64_t rows_in_memory = 0;  // no more than these, about; 0: as the memory allows
  std::function<void(std::string_view)> on_stage = [](std::string_view) {};
  std::function<void()> stop_if_asked = [] {};
};

// The file's bytes depend on the rows alone. Throws what read_ledger() and PackedWriter throw, and Unavailable where
// the names of accounts alone need more than the limit.
void import_ledger(const std::vector<std::string>& inputs, const std::string& path, const ImportOptions& options,
                   ReadReport& report, const std::function<void(const ReadProgress&)>& progress);

}  // namespace ringscan
