// --between auto (DESIGN section 2): the interval in which a merchant's purchases rise fastest.
//
// With purchase times t_1..t_n, for each D of 1h, 6h, 1d, 3d, 7d, 14d, 30d the window [t_i, t_i + D] with most
// purchases k, the earliest of equals; E = n min(1, D / (t_n - t_1 + 1)); of the D with k >= 10 and k >= 2 E the one
// with the greatest k ln(k / E), the smallest of equals; then T1 = t_i - 1, T2 = t_i + D + 1.
//
// Integers alone, so that all machines agree. k >= 2 E is exact. Logarithms are binary, in fixed point with 120 bits
// behind the point and errors below 2^-119 each; scores whose difference is within these errors (for 2^32 purchases
// below 2^-84) count as equal, as those do that are.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "backend.hpp"

namespace ringscan {

// `times`: ascending, in seconds since `first_time`. Nothing if there is no such window. O(times).
std::optional<Interval> find_burst(std::span<const std::uint32_t> times, std::int64_t first_time);

// Of the payments that each merchant receives, in every asset and from everybody. Merchants are distinct. Asks the
// ledger's indexes, where there are any, as long as that costs less than looking at every row.
std::vector<std::optional<Interval>> find_bursts(const LedgerView& ledger, std::span<const Account> merchants);

}  // namespace ringscan
