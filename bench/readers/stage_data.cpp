#include "stage_data.hpp"

#include <fmt/format.h>
#include <isa-l.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <numeric>
#include <stdexcept>

#include "generate/generate.hpp"
#include "read/csv.hpp"
#include "read/fields.hpp"
#include "read/simple_columns.hpp"

namespace ringscan::bench {
namespace {

constexpr std::size_t value_place = 5;  // among the wanted columns

std::string gzipped(std::string_view text) {
  std::string out(text.size() + (1 << 16), '\0');
  std::vector<std::uint8_t> room(ISAL_DEF_LVL1_DEFAULT);
  isal_zstream stream;
  isal_deflate_init(&stream);
  stream.gzip_flag = IGZIP_GZIP;
  stream.level = 1;
  stream.level_buf = room.data();
  stream.level_buf_size = std::uint32_t(room.size());
  stream.end_of_stream = 1;
  stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  stream.avail_in = std::uint32_t(text.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream.avail_out = std::uint32_t(out.size());
  if (isal_deflate(&stream) != COMP_OK) throw std::runtime_error("cannot compress");
  out.resize(stream.total_out);
  return out;
}

std::string zstd_compressed(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

class PlainRows {
 public:
  explicit PlainRows(const std::vector<std::string>& header)
      : binding_(bind_schema("ledger", header, options_)),
        rules_(options_),
        reader_(header, binding_, rules_),
        form_(SimpleForm::of(binding_, rules_, reader_.columns(), header.size())) {
    if (!form_) throw std::logic_error("generated rows are not of the plain kind");
  }
  std::span<const std::size_t> columns() const { return reader_.columns(); }
  // How many of a group of records are added; all that are.
  std::size_t add(const RecordBlock& block, std::span<const FieldColumn> columns, std::size_t count, bool keeps_all,
                  RowBatch& batch) {
    const std::span<const SimpleResult> results = simple_.read(*form_, columns, count, block.text_ahead());
    const std::string_view lasting = keeps_all ? std::string_view{} : block.lasting_text();
    std::size_t added = 0;
    for (std::size_t row = 0, end = 0; row < count; row = end) {
      for (end = row + 1; end < count && results[end] == results[row];) ++end;
      if (results[row] != SimpleResult::added) continue;
      simple_.add(row, end, std::uint32_t(row), lasting, batch);
      added += end - row;
    }
    return added;
  }

 private:
  ReadOptions options_;
  Binding binding_;
  RowRules rules_;
  RowReader reader_;
  std::optional<SimpleForm> form_;
  SimpleColumns simple_;
};

std::string generated_csv(std::uint64_t transactions, const std::filesystem::path& folder) {
  GenerateOptions options;
  options.transactions = transactions;
  options.accounts = std::uint32_t(std::max<std::uint64_t>(100, transactions / 8));
  write_generated(generate_ledger(options), folder, true);
  return folder / "transactions.csv";
}

std::string as_json_lines(std::string_view csv, const std::filesystem::path& folder) {
  CsvSource source(TextBlocks(csv, "text"));
  const std::vector<std::string> header = source.header();
  std::vector<std::size_t> all(header.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  source.select(all);
  const std::string path = folder / "transactions.jsonl";
  std::ofstream file(path, std::ios::binary);
  std::string line;
  Record record;
  while (const auto block = source.next_block())
    while (block->next(record)) {
      line.clear();
      for (std::size_t i = 0; i < header.size(); ++i)
        fmt::format_to(std::back_inserter(line), "{}\"{}\":\"{}\"", i == 0 ? '{' : ',', header[i], record.fields[i]);
      file << line << "}\n";
    }
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
  return path;
}

}  // namespace

std::vector<std::size_t> wanted_columns(const std::vector<std::string>& header) {
  std::vector<std::size_t> columns;
  for (const char* name :
       {"hash", "block_number", "transaction_index", "from_address", "to_address", "value", "block_timestamp"})
    columns.push_back(std::size_t(std::ranges::find(header, name) - header.begin()));
  return columns;
}

std::size_t read_plain_rows(std::string_view csv, RowBatch& batch, bool keeps_all) {
  CsvSource source(TextBlocks(csv, "text"));
  PlainRows rows(source.header());
  source.select(rows.columns());
  std::size_t added = 0, count = 0;
  while (const auto block = source.next_block()) {
    if (!keeps_all) batch.clear();
    for (auto columns = block->next_columns(count); count > 0; columns = block->next_columns(count))
      added += rows.add(*block, columns, count, keeps_all, batch);
  }
  return added;
}

StageData::StageData(std::uint64_t transactions, const std::filesystem::path& folder)
    : csv_file(generated_csv(transactions, folder)),
      json_file(as_json_lines(csv_file.bytes(), folder)),
      csv(csv_file.bytes()),
      json(json_file.bytes()),
      gzip(gzipped(csv)),
      zstd(zstd_compressed(csv)) {
  CsvSource source(TextBlocks(csv, "text"));
  source.select(std::array{wanted_columns(source.header())[value_place]});
  Record record;
  while (const auto block = source.next_block())
    while (block->next(record)) {
      decimal.emplace_back(record.fields.front());
      Amount amount;
      if (!parse_amount(decimal.back(), 0, amount).empty()) throw std::logic_error("a generated amount is none");
      hex.push_back(amount.limbs[1] == 0 ? fmt::format("{:#x}", amount.limbs[0])
                                         : fmt::format("{:#x}{:016x}", amount.limbs[1], amount.limbs[0]));
    }
  rows = decimal.size();
  read_plain_rows(csv, batch, true);
}

}  // namespace ringscan::bench
