// Hits and distinct pairs with every receiver a merchant, for rules with --within that ask more of a payment than that
// it is larger: by one sweep in the direction from which a window's payments are known (window_receipts.hpp), of pairs
// over the few rows that a filter keeps (pair_filter.hpp). What the sweep leaves open is judged by books or, for
// `advanced`, by delegated_hits.hpp. Memory: theirs, a bit a row and two a wallet.
#pragma once
#include "cpu/question.hpp"
#include "cpu/window_receipts.hpp"

namespace ringscan::cpu {

inline bool window_can_count(const Rule& rule) { return rule.within && rule.model != Model::purchase_only; }

// The ledger is checked().
HitCount count_in_window(const BackendOptions& options, const Question& question, const Interval& interval,
                         const WindowLimits& limits = {});

}  // namespace ringscan::cpu
