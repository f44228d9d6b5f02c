// Hits and distinct pairs with every receiver a merchant, for rules with --within that ask more of a payment than that
// it is larger, but `advanced`: by one sweep in the direction from which a window's payments are known
// (window_receipts.hpp), and by books for the few purchases that it leaves open. A bit a row and a wallet for those.
#pragma once
#include "cpu/question.hpp"

namespace ringscan::cpu {

inline bool window_can_count(const Rule& rule) {
  return rule.within && rule.model != Model::purchase_only;
}

// The ledger is checked().
HitCount count_in_window(const BackendOptions& options, const Question& question, const Interval& interval);

}  // namespace ringscan::cpu
