// count_hits within BackendOptions::memory_bytes: planned before memory is taken, then counted by a streamed sweep or
// by spilled books. What a plan says of memory holds for any ledger; a ledger whose hottest account does not fit is
// refused.
#pragma once
#include "backend.hpp"
#include "cpu/spilled_books.hpp"
#include "cpu/streamed_sweep.hpp"

namespace ringscan::cpu {

// Whether the limit, if there is one, is far above all that counting in memory takes.
bool fits_memory(const BackendOptions& options, const LedgerView& ledger);

// Both throw Unavailable where the limit is too small, with what it lacks; and read a ledger on the disk as its guard
// allows: nothing needs to be checked() before.
CountPlan plan_beyond_memory(const BackendOptions& options, const LedgerView& ledger, const Rule& rule,
                             const Interval& interval);
HitCount count_beyond_memory(const BackendOptions& options, const LedgerView& ledger, const Rule& rule,
                             const Interval& interval);

}  // namespace ringscan::cpu
