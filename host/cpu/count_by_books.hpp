// Hits and distinct pairs with every receiver a merchant, wallet by wallet: the rules that ask more of a receipt than a
// sweep can know. Memory: book_parts.hpp, pair_counter.hpp, and for `advanced` every payment once more.
#pragma once
#include "cpu/question.hpp"

namespace ringscan::cpu {

// The ledger is checked().
HitCount count_by_books(const BackendOptions& options, const Question& question, const Interval& interval);

}  // namespace ringscan::cpu
