// How many distinct pairs are there among more than the memory holds? Pairs are scattered by a hash to parts of a file;
// each part is then counted by itself (pair_counter.hpp). Pairs that were met lately are not written again, so that hot
// pairs take no room. At most 8 bytes a pair on the disk.
#pragma once
#include <mutex>

#include "cpu/pair_counter.hpp"
#include "cpu/parted_file.hpp"

namespace ringscan::cpu {

struct PairSpill {
  std::size_t parts = 1;           // a power of two
  std::size_t chunk_bytes = 4096;  // written at once, a part's
  std::uint64_t room = 1024;       // pairs of a part that are held before those that repeat are dropped
};

class SpilledPairs {
 public:
  SpilledPairs(const BackendOptions& options, PairSpill spill);
  // PairCollector::pair of hits, from any thread.
  void add(std::span<const std::uint64_t> pairs);
  // After the last pair, once.
  std::uint64_t count_distinct();

  std::uint64_t bytes() const { return file_.bytes(); }

  // Bytes of memory to count n pairs that are distinct, and what is always there while they are collected.
  static constexpr std::uint64_t bytes_to_count(std::uint64_t pairs, unsigned threads) {
    return 24 * pairs + (std::uint64_t{8} << 20) * (threads + 1);
  }
  static constexpr std::uint64_t bytes_to_collect(PairSpill spill) {
    return lately * sizeof(std::uint64_t) + spill.parts * spill.chunk_bytes;
  }

 private:
  static constexpr std::size_t lately = std::size_t{1} << 16;  // stays in the second cache

  const BackendOptions& options_;
  unsigned part_bits_;
  std::uint64_t room_;
  std::mutex lock_;
  std::vector<std::uint64_t> met_;  // a pair + 1 at the place of its hash, or 0
  PartedFile<std::uint64_t> file_;
};

}  // namespace ringscan::cpu
