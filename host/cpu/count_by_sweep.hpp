// Hits and distinct pairs with every receiver a merchant, by the reverse sweep: the rules that ask no more of a receipt
// than its amount and whether it is inside a window.
//
// Threads take slabs of time. The plain rule: what a slab does not decide is asked again of what comes after it, one
// gather for each such purchase. --within: window_maxima.hpp.
//
// Memory: a state of 8 (--within: 16) bytes a wallet for each slab, of which there are only so many that the
// states stay within the size of the ledger's columns; a bit a row; and what pair_counter.hpp says.
#pragma once
#include "cpu/question.hpp"

namespace ringscan::cpu {

inline bool sweep_can_count(const Rule& rule) { return rule.model == Model::any && !rule.max_gain; }

// The ledger is checked().
HitCount count_by_sweep(const BackendOptions& options, const Question& question, const Interval& interval);

}  // namespace ringscan::cpu
