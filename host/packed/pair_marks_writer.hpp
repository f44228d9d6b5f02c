// The pair marks of a packed ledger (ledger/row_marks.hpp), found receiver by receiver from the receiver index.
#pragma once
#include "ledger/wallet_index.hpp"
#include "packed/index_writer.hpp"

namespace ringscan::packed {

// Accounts with more receipts than this, in all assets, leave all of them unmarked (`some`).
inline constexpr std::uint64_t most_marked_receipts = std::uint64_t{1} << 26;

// O(rows) time, and for an account with more receipts than its table takes as many passes over them as tables are
// needed. A quarter of a byte a row and a table a thread, or the budget and a pass over the index for each part of the
// rows. Inside the caller's task arena.
void write_pair_marks(const EntryIndex& receipts, const WalletsOfAccounts& wallets_of,
                      std::span<const Account> wallet_account, std::size_t accounts, const IndexBudget& budget,
                      SectionWriter& marks);

}  // namespace ringscan::packed
