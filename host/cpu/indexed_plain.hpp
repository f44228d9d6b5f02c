// Few merchants, from a ledger that knows the hits (known_rewards.hpp): reads the merchants' receipts and a bit or a
// wait for each of them, and nothing of the customers. O(purchases).
#pragma once
#include <span>
#include <vector>

#include "cpu/indexed_books.hpp"

namespace ringscan::cpu {

// As Backend::find_suspects. Needs KnownRewards::decide().
std::vector<Suspicion> find_known_suspects(const BackendOptions& options, const Question& question,
                                           const MerchantWallets& wallets, std::span<const Merchant> merchants);

// Distinct senders to each merchant.
std::vector<std::uint64_t> count_customers_by_index(const BackendOptions& options, const LedgerView& ledger,
                                                    const MerchantWallets& wallets, std::size_t merchants);

}  // namespace ringscan::cpu
