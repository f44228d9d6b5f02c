// What counts as a ring, over plain values of one ledger: keys order amounts (ledger/amount_keys.hpp), times count from
// the ledger's first. Constant expressions, so that host and device code share them. DESIGN section 2.
#pragma once
#include <cstdint>
#include <limits>

namespace ringscan::rules {

inline constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

// Amount keys from `low` to `high`, both included; empty if low > high.
struct Band {
  std::uint64_t low;
  std::uint64_t high;
  constexpr bool holds(std::uint64_t key) const { return low <= key && key <= high; }
  constexpr bool is_empty() const { return low > high; }
};

// A reward is larger than its purchase and at most `most` (no_limit without --max-gain). Keys stay below no_limit.
constexpr Band reward_band(std::uint64_t purchase_key, std::uint64_t most) { return {purchase_key + 1, most}; }
// A funding covers the purchase.
constexpr Band funding_band(std::uint64_t purchase_key) { return {purchase_key, no_limit}; }

// Later, and by at most `within` (no_limit without --within).
constexpr bool is_later(std::uint32_t first, std::uint32_t second, std::uint64_t within) {
  return first < second && second - first <= within;
}

// Open interval of the ledger's absolute times.
constexpr bool is_between(std::int64_t after, std::int64_t time, std::int64_t before) {
  return after < time && time < before;
}

// d is a delegation for the purchase of w at m only if it is a third party.
template <class Id>
constexpr bool is_third_party(Id delegation, Id merchant, Id worker) {
  return delegation != merchant && delegation != worker;
}

}  // namespace ringscan::rules
