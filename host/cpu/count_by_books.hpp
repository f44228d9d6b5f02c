// Hits and distinct pairs with every receiver a merchant, wallet by wallet: the rules that ask more of a receipt than a
// sweep can know, but `advanced` (count_delegated.hpp), and what count_in_window.hpp leaves open. Memory:
// book_parts.hpp, pair_counter.hpp, and a bit a wallet and thread.
#pragma once
#include <memory>
#include <vector>

#include "cpu/open_purchases.hpp"
#include "cpu/pair_counter.hpp"
#include "cpu/question.hpp"
#include "cpu/sweep.hpp"

namespace ringscan::cpu {

using PairCollectors = std::vector<std::unique_ptr<PairCollector>>;

// One thread's, of a count of so many purchases.
std::unique_ptr<PairCollector> make_collector(const BackendOptions& options, Slab bought);

// Adds collectors of the pairs of those of these purchases that are hits; only of those that are `open`, if given.
void collect_by_books(const BackendOptions& options, const Question& question, Slab bought, const OpenPurchases* open,
                      PairCollectors& collectors);
HitCount count_collected(const BackendOptions& options, const PairCollectors& collectors);

// The ledger is checked(); the model is not `advanced`.
HitCount count_by_books(const BackendOptions& options, const Question& question, const Interval& interval);

}  // namespace ringscan::cpu
