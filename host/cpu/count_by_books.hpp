// Hits and distinct pairs with every receiver a merchant, wallet by wallet: the rules that ask more of a receipt than a
// sweep can know, but `advanced` (count_delegated.hpp). Memory: book_parts.hpp, pair_counter.hpp, and a bit a wallet
// and thread.
#pragma once
#include "cpu/question.hpp"

namespace ringscan::cpu {

// The ledger is checked(); the model is not `advanced`.
HitCount count_by_books(const BackendOptions& options, const Question& question, const Interval& interval);

}  // namespace ringscan::cpu
