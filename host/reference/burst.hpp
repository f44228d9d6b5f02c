// --between auto from its definition (DESIGN section 2), as nested loops and exact numbers of any length: O(n^2) for n
// purchases. Shares no code with detect/burst.
#pragma once
#include <optional>
#include <vector>

#include "rule.hpp"

namespace ringscan {

// `times`: ascending.
std::optional<Interval> burst_by_definition(const std::vector<std::int64_t>& times);

}  // namespace ringscan
