// What the whole ledger says of each account, in all assets together: the background that a farm's accounts are seen
// before. Payments of amount 0 and to oneself are left out, as in TradeGraph. One pass over the rows; 16 bytes an
// account.
#pragma once
#include <cstdint>
#include <vector>

#include "ledger/ledger.hpp"

namespace ringscan::discover {

struct History {
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  // Fewer than 2^32 rows, as TradeGraph has them.
  explicit History(const LedgerView& ledger);

  struct Of {
    std::uint32_t first_seen = none;     // time of its first payment, as in LedgerView; none: has none
    std::uint32_t first_receipt = none;  // row of the first payment that it receives; none: has none
    std::uint32_t payments = 0;          // how many it sends and receives
    std::uint32_t first_funded = 0;      // how many accounts have their first receipt from it
  };
  std::vector<Of> of;                 // by account
  std::uint64_t funded_accounts = 0;  // that receive anything
};

}  // namespace ringscan::discover
