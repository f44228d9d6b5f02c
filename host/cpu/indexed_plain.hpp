// The plain rule about few merchants, from a ledger that knows its plain hits: reads the merchants' receipts and a bit
// for each of them, and nothing of the customers. O(purchases).
#pragma once
#include <span>
#include <vector>

#include "cpu/indexed_books.hpp"

namespace ringscan::cpu {

// The rule asks for nothing but a larger payment later, from anyone at all.
bool plain_hits_decide(const Question& question);

// As Backend::find_suspects. Needs plain_hits_decide().
std::vector<Suspicion> find_suspects_by_plain_hits(const BackendOptions& options, const Question& question,
                                                   const MerchantWallets& wallets, std::span<const Merchant> merchants);

// Distinct senders to each merchant.
std::vector<std::uint64_t> count_customers_by_index(const BackendOptions& options, const LedgerView& ledger,
                                                    const MerchantWallets& wallets, std::size_t merchants);

}  // namespace ringscan::cpu
