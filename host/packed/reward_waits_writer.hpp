// The waits for rewards of a packed ledger, and with them its plain hits (ledger/row_marks.hpp), by a sweep from the
// last row to the first that knows what each wallet receives later: receipts before which no larger one comes, the next
// one on top of a stack, so that a purchase finds the first that is larger.
#pragma once
#include "packed/index_writer.hpp"

namespace ringscan::packed {

struct RewardColumns {
  std::span<const Wallet> from, to;
  std::span<const std::uint32_t> time;
  std::span<const AmountKey> amount;
  std::span<const std::uint64_t>
      receipt_begins;  // by wallet, and one behind the last: how many rows are to those before
};

// O(rows log rows). 16 bytes a row, 24 a wallet and 4 for each wait, or the budget: then a sweep for each part of the
// wallets, of which one may exceed it, and all of them again for each part of the rows. Plain hits: an eighth of a byte
// a row. Inside the caller's task arena.
void write_reward_waits(const RewardColumns& columns, const IndexBudget& budget, SectionWriter& waits,
                        SectionWriter& hits);

}  // namespace ringscan::packed
