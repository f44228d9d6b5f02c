// The waits for rewards of a packed ledger (ledger/row_marks.hpp), by a sweep from the
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

// Of longer ledgers they are not stored: what waits to be known no longer fits the memory of common machines, whatever
// is imported with how much, and a file's bytes depend on its rows alone.
inline constexpr Row most_rows_with_waits = Row{1} << 28;

// Writes a wait a row to the file from `offset` on. O(rows log rows); 16 bytes a row and 24 a wallet, or the budget:
// then a sweep for each part of the wallets, which reads what those before it wrote. One wallet may exceed the budget,
// and so may the waits of one time.
void write_reward_waits(const RewardColumns& columns, const IndexBudget& budget, OutputFile& file,
                        std::uint64_t offset);

}  // namespace ringscan::packed
