// The cases of the paper's Table 2 (no row, all rows, random rows matching) as ledgers, and what its nested loops do on
// them, counted.
//
//   none         no row pays a listed merchant: the loops' minimum
//   random       half the rows are purchases of 50 users at random merchants, half payments back, amounts at random
//   all          every row is a purchase at a listed merchant and, but for the last m - 1, is rewarded later: the
//   listed
//                accounts pay each other in a circle, ever more
//   all-in-vain  every row is a purchase at a listed merchant and none is rewarded (ever less): the loops' maximum
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "backend.hpp"

namespace ringscan {

enum class LoopCase { none, random, all, all_in_vain };
inline constexpr std::array<std::string_view, 4> loop_case_names = {"none", "random", "all", "all-in-vain"};

struct LoopLedger {
  Ledger ledger;
  std::vector<Merchant> merchants;
};

// m >= 2, n >= 2 m.
LoopLedger make_loop_ledger(LoopCase which, std::uint64_t n, std::uint32_t m);

// Looks at a transaction of Algorithm 1, by a copy of its loops that does nothing else.
struct Operations {
  std::uint64_t merchant_tests = 0;  // R1.to = m, for each m and R1
  std::uint64_t pair_tests = 0;      // (R1, R2), for each R1 that passed, up to the first R2 that completes it
  std::uint64_t total() const { return merchant_tests + pair_tests; }
  friend bool operator==(const Operations&, const Operations&) = default;
};

struct LoopRun {
  Operations operations;
  std::vector<Suspicion> suspects;
};
// O(m n + n^2): the count, and Customer[m] as the loops find it.
LoopRun count_operations(const LoopLedger& loop);

// The same count in closed form; nullopt for `random`, which has none.
std::optional<Operations> operations_by_formula(LoopCase which, std::uint64_t n, std::uint32_t m);

// Customer[m] by the largest later receipt, for n at which the loops take too long.
std::vector<Suspicion> suspects_by_later_maximum(const LoopLedger& loop);

}  // namespace ringscan
