// Accounts, assets and wallets numbered by first appearance, as every ledger does.
#pragma once
#include <cstdint>
#include <span>

#include "ledger/ledger.hpp"
#include "read/row_store.hpp"

namespace ringscan {

// Makes the wallets of `from` and `to`, in canonical order, of what they hold, the accounts as the store numbers them,
// and gives the ledger its accounts, assets and wallets. `order`: the places of the rows in the store; empty if they
// are all of it. Throws Unavailable if there are 2^32 wallets or more. O(rows) from first to last.
void number_by_appearance(Ledger& ledger, std::span<Wallet> from, std::span<Wallet> to, const RowStore& rows,
                          std::span<const std::uint64_t> order);

}  // namespace ringscan
