// What a packed ledger knows of each row beforehand, for questions without parameters. Absent marks are empty.
#pragma once
#include <cstdint>
#include <span>

#include "ledger/guard.hpp"
#include "ledger/ids.hpp"

namespace ringscan {

// Which payments are hits of the plain rule with every receiver a merchant and nobody excluded: whose sender receives
// more later.
struct PlainHits {
  static constexpr Row rows_a_word = 64;
  static constexpr std::uint64_t words(Row rows) { return (rows + rows_a_word - 1) / rows_a_word; }

  std::span<const std::uint64_t> hits;  // a bit a row
  const Guard* guard = nullptr;

  bool is_present() const { return !hits.empty(); }
  bool of(Row row) const {
    const std::uint64_t& word = hits[row / rows_a_word];
    if (guard != nullptr) guard->need(&word, sizeof word);
    return word >> row % rows_a_word & 1;
  }
};

// Which purchases decide whether their pair (sender's account, receiver's account) is counted among those with a hit,
// so that most need not be remembered.
enum class PairMark : std::uint64_t {
  some,      // several payments of its pair may be the one that is a hit
  outlived,  // an earlier one of its pair, in the same asset, is no larger: by the plain rule that is a hit if this is
  first,     // the only one of its pair that is not outlived
  only,      // the only one of its pair
};

struct PairMarks {
  // Of 64 rows together, a bit each: the marks' lower bits, then their higher ones.
  struct Block {
    std::uint64_t low, high;
  };
  static constexpr Row rows_a_block = 64;
  static constexpr std::uint64_t blocks(Row rows) { return (rows + rows_a_block - 1) / rows_a_block; }

  std::span<const Block> marks;
  const Guard* guard = nullptr;

  bool is_present() const { return !marks.empty(); }
  PairMark of(Row row) const {
    const auto& [low, high] = marks[row / rows_a_block];
    return PairMark((low >> row % rows_a_block & 1) | (high >> row % rows_a_block & 1) << 1);
  }
};

}  // namespace ringscan
