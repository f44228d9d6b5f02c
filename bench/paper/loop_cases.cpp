#include "loop_cases.hpp"

#include <algorithm>
#include <set>

#include "generate/random.hpp"

namespace ringscan {
namespace {

constexpr std::uint32_t user_count = 50;

std::vector<Suspicion> listed(const std::set<Suspicion>& suspects) { return {suspects.begin(), suspects.end()}; }

}  // namespace

LoopLedger make_loop_ledger(LoopCase which, std::uint64_t n, std::uint32_t m) {
  LoopLedger loop;
  Ledger& ledger = loop.ledger;
  const std::uint32_t accounts = m + user_count;  // the merchants first
  for (std::uint32_t account = 0; account < accounts; ++account) {
    ledger.wallet_account.push_back(Account(account));
    ledger.wallet_asset.push_back(Asset(0));
    ledger.accounts.push_back_packed("");
  }
  ledger.assets.push_back_packed("native");
  for (std::uint32_t merchant = 0; merchant < m; ++merchant) loop.merchants.push_back({Account(merchant)});
  const auto add = [&](std::uint64_t from, std::uint64_t to, std::uint64_t amount) {
    ledger.time.push_back(std::uint32_t(ledger.time.size()));
    ledger.from.push_back(Wallet(std::uint32_t(from)));
    ledger.to.push_back(Wallet(std::uint32_t(to)));
    ledger.amount.push_back(order_code(Amount{amount}));
  };
  Random random(1);
  for (std::uint64_t row = 0; row < n; ++row) {
    const std::uint64_t user = m + random.below(user_count), merchant = random.below(m);
    const std::uint64_t amount = 1 + random.below(1'000'000);
    if (which == LoopCase::none)
      add(user, m + (user - m + 1) % user_count, amount);
    else if (which == LoopCase::random)
      random.below(2) == 0 ? add(user, merchant, amount) : add(merchant, user, amount);
    else
      add(row % m, (row + 1) % m, which == LoopCase::all ? row + 1 : n - row);
  }
  return loop;
}

LoopRun count_operations(const LoopLedger& loop) {
  const Ledger& T = loop.ledger;
  LoopRun run;
  std::set<Suspicion> suspects;
  for (std::uint32_t m = 0; m < loop.merchants.size(); ++m)
    for (Row r1 = 0; r1 < T.from.size(); ++r1) {
      ++run.operations.merchant_tests;
      if (to_index(T.to[r1]) != to_index(loop.merchants[m].account)) continue;
      for (Row r2 = 0; r2 < T.from.size(); ++r2) {
        ++run.operations.pair_tests;
        if (T.to[r2] == T.from[r1] && T.amount[r2] > T.amount[r1] && T.time[r2] > T.time[r1]) {
          suspects.insert({m, Account(std::uint32_t(T.from[r1]))});
          break;
        }
      }
    }
  run.suspects = listed(suspects);
  return run;
}

std::optional<Operations> operations_by_formula(LoopCase which, std::uint64_t n, std::uint32_t m) {
  switch (which) {
    case LoopCase::none:
      return Operations{m * n, 0};
    case LoopCase::all_in_vain:
      return Operations{m * n, n * n};
    case LoopCase::all: {
      // Row r is completed by row r + m - 1, where there is one: r + m looks; the last m - 1 rows take n each.
      const std::uint64_t completed = n - (m - 1);
      return Operations{m * n, completed * (completed - 1) / 2 + completed * m + (m - 1) * n};
    }
    case LoopCase::random:
      break;
  }
  return std::nullopt;
}

std::vector<Suspicion> suspects_by_later_maximum(const LoopLedger& loop) {
  const Ledger& T = loop.ledger;
  std::vector<AmountKey> later(T.wallet_account.size());
  std::set<Suspicion> suspects;
  for (Row row = T.from.size(); row-- > 0;) {  // no two rows share a time; merchants are numbered by their account
    const auto to = std::uint32_t(T.to[row]), from = std::uint32_t(T.from[row]);
    if (to < loop.merchants.size() && later[from] > T.amount[row]) suspects.insert({to, Account(from)});
    later[to] = std::max(later[to], T.amount[row]);
  }
  return listed(suspects);
}

}  // namespace ringscan
