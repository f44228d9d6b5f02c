// Block numbers -> their times, for exports that carry no times of their own.
//
// A table is read once and then looked at by any number of threads. Its blocks are one run of 4 bytes a block, from the
// first to the last, where at least a quarter of them are there; else 12 bytes a block, sorted. While it is read, 16
// bytes a row. A look-up is O(1), or O(log blocks).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "read/times.hpp"

namespace ringscan {

class BlockTimes {
 public:
  // (block, time) in any order, pairs repeated or not. Throws BadInput, naming `file`, if a block has two times, if
  // there is no block, and if the times span 2^32 - 1 seconds or more.
  BlockTimes(std::vector<std::pair<std::uint64_t, std::int64_t>> blocks, const std::string& file);

  // nullopt for a block that the table does not have.
  std::optional<std::int64_t> time_of(std::uint64_t block) const;
  bool is_dense() const { return blocks_.empty(); }

 private:
  std::uint64_t first_block_ = 0;
  std::int64_t first_time_ = 0;
  std::vector<std::uint32_t> seconds_;  // since first_time_: by block from first_block_ on, or by place in blocks_
  std::vector<std::uint64_t> blocks_;   // ascending; empty where seconds_ is dense
};

// ethereum-etl's blocks.csv, or any CSV or TSV with a column number, block_number, block, blockno or height, and one
// timestamp, block_timestamp, block_time, time, unixtimestamp or datetime (utc). Throws MissingInput, and BadInput at
// the first row that is not a block and its time: nothing of a table is skipped.
BlockTimes read_block_times(const std::string& path, const TimeFormat& format);

}  // namespace ringscan
