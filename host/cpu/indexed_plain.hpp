// The plain rule about few merchants, from a ledger that has later maxima: reads the merchants' receipts and, for each
// of them, one place of 8 bytes and one of some 40 instead of all receipts of the customer. O(purchases).
#pragma once
#include <span>
#include <vector>

#include "cpu/indexed_books.hpp"

namespace ringscan::cpu {

// The rule asks for nothing but a larger payment later, from anyone at all.
bool later_maxima_decide(const Question& question);

// As Backend::find_suspects. Needs later_maxima_decide().
std::vector<Suspicion> find_suspects_by_later_maxima(const BackendOptions& options, const Question& question,
                                                     const MerchantWallets& wallets,
                                                     std::span<const Merchant> merchants);

// Distinct senders to each merchant.
std::vector<std::uint64_t> count_customers_by_index(const BackendOptions& options, const LedgerView& ledger,
                                                    const MerchantWallets& wallets, std::size_t merchants);

}  // namespace ringscan::cpu
