#include "read/block_times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <string_view>

#include "io/errors.hpp"
#include "read/fields.hpp"
#include "read/header.hpp"
#include "read/open_records.hpp"

namespace ringscan {
namespace {

constexpr std::uint32_t no_time = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t most_slots_a_block = 4;
constexpr std::array<std::string_view, 5> block_names = {"number", "block_number", "block", "blockno", "height"};
constexpr std::array<std::string_view, 6> time_names = {"timestamp", "block_timestamp", "block_time",
                                                        "time",      "unixtimestamp",   "datetime (utc)"};

std::size_t find_column(const std::string& file, const Header& header, std::span<const std::string_view> names,
                        std::string_view what) {
  for (const std::string_view name : names)
    if (const auto column = header.find(name)) return *column;
  throw BadInput(fmt::format("{} is no table of block times: it has no column of {} ({}); its header is {}", file, what,
                             joined(names), header.text()));
}

// One after another, in order: `take(record, its line in the file)`.
template <class Take>
void for_each_record(RecordSource& records, Take take) {
  std::uint64_t lines = records.lines_before();
  std::string rest;
  for (bool is_at_end = false; !is_at_end;) {
    std::unique_ptr<RecordBlock> block = records.next_block();
    is_at_end = block == nullptr;
    if (!rest.empty()) block = records.behind(rest, std::move(block), lines + 1);
    if (!block) return;
    Record record;
    while (block->next(record)) take(record, lines + record.line);
    lines += block->line_count();
    rest = block->rest();
  }
}

}  // namespace

BlockTimes::BlockTimes(std::vector<std::pair<std::uint64_t, std::int64_t>> blocks, const std::string& file) {
  if (blocks.empty()) throw BadInput(fmt::format("{} has no blocks", file));
  if (!std::ranges::is_sorted(blocks)) std::ranges::sort(blocks);
  blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
  const auto twice = std::ranges::adjacent_find(blocks, {}, [](const auto& block) { return block.first; });
  if (twice != blocks.end())
    throw BadInput(fmt::format("{} gives block {} two times, {} and {}", file, twice->first, twice->second,
                               std::next(twice)->second));
  const auto [first, last] = std::ranges::minmax(blocks, {}, [](const auto& block) { return block.second; });
  first_time_ = first.second;
  if (std::uint64_t(last.second) - std::uint64_t(first_time_) >= no_time)
    throw BadInput(fmt::format("the times of {} span 2^32 - 1 seconds or more, from {} at block {} to {} at block {}",
                               file, first.second, first.first, last.second, last.first));

  first_block_ = blocks.front().first;
  const std::uint64_t range = blocks.back().first - first_block_;
  const bool dense = range / most_slots_a_block < blocks.size();
  seconds_.assign(dense ? range + 1 : blocks.size(), no_time);
  if (!dense) blocks_.reserve(blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto& [block, time] = blocks[i];
    seconds_[dense ? block - first_block_ : i] = std::uint32_t(time - first_time_);
    if (!dense) blocks_.push_back(block);
  }
}

std::optional<std::int64_t> BlockTimes::time_of(std::uint64_t block) const {
  std::uint64_t place = block - first_block_;  // of an earlier block: far beyond the end
  if (!is_dense()) {
    const auto found = std::ranges::lower_bound(blocks_, block);
    if (found == blocks_.end() || *found != block) return std::nullopt;
    place = std::uint64_t(found - blocks_.begin());
  }
  if (place >= seconds_.size() || seconds_[place] == no_time) return std::nullopt;
  return first_time_ + seconds_[place];
}

BlockTimes read_block_times(const std::string& path, const TimeFormat& format) {
  const std::shared_ptr<OpenFile> file = open_records(path, {});
  const Header header(file->name, file->records->header());
  const std::array<std::size_t, 2> columns = {find_column(file->name, header, block_names, "block numbers"),
                                              find_column(file->name, header, time_names, "times")};
  file->records->select(columns);
  std::vector<std::pair<std::uint64_t, std::int64_t>> blocks;
  for_each_record(*file->records, [&](const Record& record, std::uint64_t line) {
    const auto bad = [&](std::string_view problem) {
      return BadInput(
          fmt::format("{}:{}: {}; a table of block times has no room for bad rows", file->name, line, problem));
    };
    if (!record.problem.empty()) throw bad(record.problem);
    const std::string_view block_text = trimmed(record.fields[0]), time_text = trimmed(record.fields[1]);
    const std::optional<std::uint64_t> block = parse_count(block_text);
    if (!block) throw bad(shown(block_text) + " is not a block number");
    const std::optional<std::int64_t> time = format.parse(time_text);
    if (!time) throw bad(shown(time_text) + " is not a time");
    if (*time > likely_milliseconds && format.reads_seconds(time_text))
      throw bad(shown(time_text) + " looks like milliseconds: give --time-format unix_ms if it is");
    blocks.emplace_back(*block, *time);
  });
  return BlockTimes(std::move(blocks), file->name);
}

}  // namespace ringscan
