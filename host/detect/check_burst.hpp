// --verify for --between auto: is this the burst of these purchases? Counts every window by bisection and compares
// scores as long doubles, so it takes either of two windows whose scores differ by less than 1e-12 of them; the
// reference decides those. O(n log n). Shares no code with detect/burst.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "rule.hpp"

namespace ringscan {

// `times`: ascending. `claimed`: the interval, or nothing where no window rises.
bool is_burst(const std::vector<std::int64_t>& times, const std::optional<Interval>& claimed);

}  // namespace ringscan
