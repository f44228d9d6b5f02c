// The plain rule about few merchants, from a ledger that knows its plain hits: suspects and their evidence out of the
// merchants' receipts and a bit for each of them, where rewards alone need a look at the suspects' receipts.
#pragma once
#include <span>
#include <vector>

#include "cpu/indexed_books.hpp"

namespace ringscan::cpu {

// The rule asks for nothing but a larger payment later, from anyone at all.
bool plain_hits_decide(const Question& question);

// As Backend::find_suspects. Needs plain_hits_decide(). O(purchases).
std::vector<Suspicion> find_suspects_by_plain_hits(const BackendOptions& options, const Question& question,
                                                   const MerchantWallets& wallets, std::span<const Merchant> merchants);

// As Backend::find_evidence, but no more receipts of a suspect are looked at than it has: what that leaves open has no
// rows. Needs plain_hits_decide(). O(purchases + receipts of suspects), and mostly much less than the latter.
std::vector<Evidence> find_evidence_by_plain_hits(const BackendOptions& options, const Question& question,
                                                  const MerchantWallets& wallets, std::span<const Merchant> merchants,
                                                  std::span<const Suspicion> suspects);

// Distinct senders to each merchant.
std::vector<std::uint64_t> count_customers_by_index(const BackendOptions& options, const LedgerView& ledger,
                                                    const MerchantWallets& wallets, std::size_t merchants);

}  // namespace ringscan::cpu
