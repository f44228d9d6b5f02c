// All that a source of records says, as one text.
#pragma once
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "read/record_source.hpp"

namespace ringscan::fuzz {

// `by_columns`: as columns where the format has them.
inline std::string records_of(RecordSource& source, bool by_columns) {
  std::string told;
  const auto tell = [&told](std::string_view text) {
    told += '<';
    told += text;
    told += '>';
  };
  for (const std::string& name : source.header()) tell(name);
  std::vector<std::size_t> columns(source.header().size());
  std::iota(columns.begin(), columns.end(), std::size_t{0});
  source.select(columns);
  std::uint64_t lines_before = source.lines_before();
  const auto tell_record = [&](const Record& record) {
    told += '\n' + std::to_string(lines_before + record.line) + ' ';
    tell(record.problem);
    if (!record.problem.empty()) return;
    told += std::to_string(record.field_count) + (record.surplus_is_empty ? " " : "+ ");
    for (const std::string_view field : record.fields) tell(field);
  };
  const auto tell_records = [&](RecordBlock& block) {
    Record record;
    if (!by_columns) {
      while (block.next(record)) tell_record(record);
      return;
    }
    std::size_t count = 0;
    for (auto columns = block.next_columns(count); count > 0; columns = block.next_columns(count)) {
      for (std::size_t i = 0; i < count; ++i) {
        block.record(i, record);
        for (std::size_t slot = 0; slot < columns.size(); ++slot)
          require(columns[slot].texts[i].empty() || columns[slot].texts[i] == record.fields[slot],
                  "a column has the fields of its records");
        tell_record(record);
      }
    }
  };
  std::string rest;
  while (true) {
    std::unique_ptr<RecordBlock> block = source.next_block();
    if (!block && rest.empty()) return told;
    const bool is_end = !block;
    const std::size_t size = told.size();
    if (block) tell_records(*block);
    if (!rest.empty()) {  // as the reading does: the block was read for nothing
      told.resize(size);
      block = source.behind(rest, std::move(block), lines_before + 1);
      tell_records(*block);
    }
    rest = block->rest();
    lines_before += block->line_count();
    if (is_end) return told;
  }
}

// The same of `make()`, or why it cannot be had.
template <class Make>
std::string records_or_refusal(Make&& make, bool by_columns = false) {
  try {
    return records_of(*make(), by_columns);
  } catch (const BadInput& refusal) {
    return std::string("refused: ") + refusal.what();
  }
}

}  // namespace ringscan::fuzz
