// What the texts of several results have in common.
#pragma once
#include <string>

#include "ledger/ledger.hpp"

namespace ringscan {

std::string time_text(TimeAxis axis, std::int64_t time);
std::string duration_text(TimeAxis axis, std::uint64_t ticks);
// What was read and what was dropped, without a line end behind it.
std::string ledger_text(const Ledger& ledger);

}  // namespace ringscan
