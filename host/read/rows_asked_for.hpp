// The rows that a question about given merchants may look at, whatever its model: payments to the merchants, from them,
// and those to their customers that may be rewards: later than the first payment of the customer to a merchant, and
// perhaps more than the least.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "read/row_store.hpp"

namespace ringscan {

// Places of rows in the store, ascending. `merchants`: canonical names, known or not. O(rows), in parallel.
std::vector<std::uint64_t> rows_asked_for(const RowStore& rows, std::span<const std::string> merchants);

}  // namespace ringscan
