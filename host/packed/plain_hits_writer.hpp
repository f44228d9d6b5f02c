// The plain hits of a packed ledger (ledger/row_marks.hpp), by a sweep from the last row to the first that knows what
// each wallet receives later.
#pragma once
#include "packed/index_writer.hpp"

namespace ringscan::packed {

struct HitColumns {
  std::span<const Wallet> from, to;
  std::span<const std::uint32_t> time;
  std::span<const AmountKey> amount;
  std::size_t wallet_count;
};

// O(rows), 8 bytes a wallet and an eighth of a byte a row; where the budget holds fewer wallets, a sweep for each part
// of them.
void write_plain_hits(const HitColumns& columns, const IndexBudget& budget, SectionWriter& hits);

}  // namespace ringscan::packed
