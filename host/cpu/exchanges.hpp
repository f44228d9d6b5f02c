// Who paid whom, of a ledger: its payments in buckets of senders, each sorted by pair, and the indexes of the pairs.
//
// O(N log N). At the peak 20 bytes a payment and 20 a pair, or 4 a payment, 28 a pair and 33 a wallet.
#pragma once
#include "backend.hpp"

namespace ringscan::cpu {

// `ledger` is checked.
Exchanges collect_exchanges(const BackendOptions& options, const LedgerView& ledger, const ExchangeQuestion& question);

}  // namespace ringscan::cpu
