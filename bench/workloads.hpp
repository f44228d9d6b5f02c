// The ledgers that are measured: named shapes, made in memory from a seed, the same on every machine.
//
// All shapes: a tenth of the rows are purchases at the m listed merchants, whatever n and m, so that the
// number of purchases grows with n alone; 3 in 100 are payments by merchants (fundings, rewards, refunds); the rest is
// between ordinary accounts, n / 8 of them. Amounts are even in the logarithm over 40 octaves. 16 rows share a time, 12
// seconds apart. So "later receives more" is common, as on real ledgers. Tasks of click-farm workers are planted that
// satisfy every rule with every refinement that is asked here. One asset, and so wallets are accounts; with more, what
// is planted and what the hot account does is in the first, all other rows are by 1/x.
//
//   uniform         everybody alike
//   power-law       senders, receivers and merchants by 1/x: the busiest account has a twentieth of all rows
//   hot-account     one account with a tenth of all receipts makes every hundredth row, at all merchants in turn, and
//                   never satisfies a rule: all it receives is less than what it pays
//   hot-near-miss   the same account, but all it receives is too much: more than it pays and than any max-gain asked
//   here
//                   allows, and from accounts that no merchant pays; so it passes the first test and fails each second
//                   one
//   many-ties       64 distinct times and 16 distinct amounts in all
//   many-merchants  n / 50 merchants (at most 10^5), whose customers are few (n / 100) and buy everywhere
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "backend.hpp"

namespace ringscan::bench {

enum class Shape { uniform, power_law, hot_account, hot_near_miss, many_ties, many_merchants };
inline constexpr std::array<std::string_view, 6> shape_names = {"uniform",       "power-law", "hot-account",
                                                                "hot-near-miss", "many-ties", "many-merchants"};
constexpr std::string_view name(Shape shape) { return shape_names[static_cast<std::size_t>(shape)]; }

struct WorkloadOptions {
  Shape shape = Shape::uniform;
  std::uint64_t transactions = 1'000;  // at least 100
  std::uint32_t merchants = 100;  // listed; those without any row are left out, so at most a twentieth of n is wise
  std::uint64_t seed = 1;
  std::uint32_t assets = 1;
  friend bool operator==(const WorkloadOptions&, const WorkloadOptions&) = default;
};

struct Workload {
  WorkloadOptions options;
  Ledger ledger;  // names of accounts and ids of transactions are empty: no backend sees them
  std::vector<Merchant> merchants;
  std::uint64_t within = 0;           // what --within is asked: a hundredth of the time span, at least 8 times
  std::vector<Suspicion> planted;     // suspects under every rule, ascending
  std::vector<Account> hot_accounts;  // what is true of them is said above; none in the other shapes
};

// O(n): about 50 ns a row.
Workload make_workload(const WorkloadOptions& options);

}  // namespace ringscan::bench
