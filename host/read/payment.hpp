// One row of an export after parsing: canonical text, exact amount. The views are the reader's and last for one call.
#pragma once
#include <cstdint>
#include <string_view>

#include "ledger/amount.hpp"

namespace ringscan {

struct Payment {
  std::string_view id;      // transaction id; empty if the export has none
  std::int64_t time = 0;    // Unix seconds, or a block or step number
  std::uint64_t block = 0;  // position among equal times: block, index, log (0 where absent), then id, from,
  std::uint64_t transaction_index = 0;  // to, asset, amount
  std::uint64_t log_index = 0;
  std::string_view from, to, asset;
  Amount amount;
};

}  // namespace ringscan
