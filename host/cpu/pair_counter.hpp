// How many distinct pairs are there among many? Nothing is sorted: each thread scatters its pairs by a hash, and what
// falls into one part is then counted in a table that a cache holds.
//
// 8 bytes a pair, and never more than 8 bytes for each of `roomy_pairs` pairs plus 16 a distinct pair for each
// collector, as those that repeat are dropped when the room is used up.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "backend.hpp"
#include "io/pages.hpp"

namespace ringscan::cpu {

inline constexpr std::uint64_t roomy_pairs = std::uint64_t{1} << 27;

// The pairs (merchant, customer) that one thread finds.
class PairCollector {
 public:
  // `expected`: how many pairs all collectors of a count may be given; it decides how fine they scatter, and must be
  // the same for all of them. `room`: how many are kept before those that repeat are dropped.
  explicit PairCollector(std::uint64_t expected, std::uint64_t room = roomy_pairs);

  // Where a loop puts pairs, in registers of its own: pair() at next, which moves on if it is a hit. Once next is end,
  // and after the last pair, take() them.
  struct Room {
    std::uint64_t* next;
    std::uint64_t* end;
  };
  static std::uint64_t pair(std::uint32_t merchant, std::uint32_t customer) {
    return std::uint64_t{merchant} << 32 | customer;
  }
  Room room() { return {waiting_.data(), waiting_.data() + waiting_.size()}; }
  Room take(Room filled);
  // Pairs taken, those that repeat included.
  std::uint64_t taken() const { return taken_; }

  friend std::uint64_t count_distinct(const BackendOptions& options, std::span<PairCollector* const> collectors);

 private:
  static constexpr std::size_t line = 8;     // pairs that are moved together
  static constexpr std::size_t chunk = 512;  // of one part
  class Table;

  void put_line(std::size_t part);
  void drop_repeated();
  void insert_into(Table& table, std::size_t part) const;

  struct Part {
    std::vector<std::uint32_t> chunks;
    std::size_t size = 0;  // pairs in them
  };

  unsigned part_bits_;
  std::uint64_t room_, taken_ = 0;
  std::vector<std::uint64_t> waiting_;
  std::vector<std::uint64_t> lines_;       // of each part, on its way
  std::vector<std::uint8_t> line_counts_;  // likewise
  std::vector<Part> parts_;
  PagedArray<std::uint64_t> pairs_;
  std::uint32_t chunk_count_ = 0;
  std::vector<std::uint32_t> free_chunks_;
};

// Of all collectors together; each part is counted by one thread.
std::uint64_t count_distinct(const BackendOptions& options, std::span<PairCollector* const> collectors);

}  // namespace ringscan::cpu
