// What discover is built on, with maps and sets: who paid whom, and which accounts two of them have in common.
#pragma once
#include "backend.hpp"

namespace ringscan {

// By exact amounts. O(N log N).
Exchanges exchanges_by_maps(const LedgerView& ledger, const ExchangeQuestion& question);
// O(payers * merchants), each the intersection of two sets.
CommonCounts common_accounts_by_sets(const BackendOptions& options, const Exchanges& exchanges,
                                     const CommonQuestion& question);

}  // namespace ringscan
