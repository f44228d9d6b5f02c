// Hits and distinct pairs of the model `advanced` with every receiver a merchant. What it costs: delegated_hits.hpp.
// Memory: every row twice, 16 bytes each (wallet_lines.hpp), and 8 bytes a wallet for each thread.
#pragma once
#include "cpu/count_by_books.hpp"

namespace ringscan::cpu {

// The ledger is checked().
HitCount count_delegated(const BackendOptions& options, const Question& question, const Interval& interval);

// Of the purchases that are open: returns the hits, and adds collectors that hold each of their pairs.
std::uint64_t collect_delegated(const BackendOptions& options, const Question& question, Slab bought,
                                const OpenPurchases& open, PairCollectors& collectors);

}  // namespace ringscan::cpu
