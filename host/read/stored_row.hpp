// One row of a store or of a run, with everything that canonical order asks of it.
#pragma once
#include <cstdint>
#include <string_view>

#include "ledger/amount.hpp"
#include "read/row_batch.hpp"

namespace ringscan {

struct StoredRow {
  Position position;
  std::uint32_t from = 0, to = 0, asset = 0;  // as the store's tables number them
  OrderCode code = 0;
  Amount amount;
  std::string_view packed_id;  // lasts as its owner says
  bool is_outside = false;     // looked at by dedupe alone
};

}  // namespace ringscan
