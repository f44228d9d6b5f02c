// --within for the count by sweep: of what a wallet receives in the window after a purchase, is anything larger?
//
// Time is cut into blocks as long as the window. The window of a purchase is then the rest of its own block and the
// begin of the next one, and two maxima decide, each in one word a wallet: over the rest of the block in a sweep from
// its end, over the begin of the next one in a walk along which that grows (van Herk's and Gil and Werman's windows, a
// wallet). O(1) a row, whatever the window and however hot the wallet.
#pragma once
#include "cpu/question.hpp"
#include "cpu/sweep.hpp"

namespace ringscan::cpu {

// The ledger is checked(), the rule has a window, `judged` is not empty.
HitCount count_by_window_maxima(const BackendOptions& options, const Question& question, Slab judged);

}  // namespace ringscan::cpu
