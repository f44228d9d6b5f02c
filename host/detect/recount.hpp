// Who is a suspect, found a second time: customer by customer, forward in time, with an ordered window of exact
// amounts. Shares neither order keys nor any search with the backends, so that large answers can be checked where the
// reference is too slow. O(N log N) but for `advanced`, which looks at each customer's receipts once per merchant.
#pragma once
#include <string>
#include <vector>

#include "detect/scan.hpp"

namespace ringscan {

struct Recount {
  std::vector<std::uint64_t> customers;                     // by place in the request's merchants, as `merchants`
  std::vector<std::string> merchants;                       // in the order of their bytes
  std::vector<std::pair<std::size_t, Account>> suspicions;  // (place, customer), ascending
};

Recount recount(const Ledger& ledger, const ScanRequest& request);

// reward <= purchase * (1 + gain), exactly.
bool gains_at_most(const Decimal& gain, const Amount& purchase, const Amount& reward);

}  // namespace ringscan
