// A wrong answer ends the run: its time would mean nothing, and neither would those beside it.
#pragma once
#include <string_view>

#include "answers.hpp"

namespace ringscan::bench {

// Says which case and what of its answer is wrong, on stderr, and exits with 1.
[[noreturn]] void stop_for_wrong_answer(std::string_view of_case, std::string_view what);

void check_answer(std::string_view of_case, const Answer& answer, const Answer& expected);

// The expected answers of every shape and question against the backend `reference`, on ledgers of `transactions` rows.
void check_expectations(std::uint64_t transactions, std::uint32_t merchants);

}  // namespace ringscan::bench
