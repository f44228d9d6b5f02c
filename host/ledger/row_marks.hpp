// What a packed ledger knows of each row beforehand, whatever the parameters of a question. Absent marks are empty.
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

// How long after each payment anybody pays its sender more, at the earliest: by that --within is known, too.
struct RewardWaits {
  static constexpr std::uint32_t never = 0xFFFFFFFF;
  // What is below this is within so much time.
  static std::uint32_t end_of(std::uint64_t within) { return within < never ? std::uint32_t(within) : never; }

  std::span<const std::uint32_t> waits;  // a row: that time less 1, as a reward is later, or never
  const Guard* guard = nullptr;

  bool is_present() const { return !waits.empty(); }
  bool is_within(Row row, std::uint64_t within) const {
    const std::uint32_t& wait = waits[row];
    if (guard != nullptr) guard->need(&wait, sizeof wait);
    return wait < end_of(within);
  }
};

// Which payments may be returned: whose receiver, in the same asset, pays the sender at any time. Found by a hash, so
// that some are named that are not; all others certainly are not.
struct Returns {
  static constexpr Row rows_a_word = 64;
  static constexpr std::uint64_t words(Row rows) { return (rows + rows_a_word - 1) / rows_a_word; }

  std::span<const std::uint64_t> may_be;  // a bit a row
  const Guard* guard = nullptr;

  bool is_present() const { return !may_be.empty(); }
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
