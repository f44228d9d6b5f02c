// One sweep over windows counts like the reference: whatever purchases it leaves open because it looks at few payments,
// however many pairs share a place, and with any number of threads.
#include "cpu/count_in_window.hpp"

#include <gtest/gtest.h>

#include "reference/reference.hpp"
#include "tests/support.hpp"

namespace ringscan::cpu {
namespace {

using testing::make_ledger;
using testing::TestRow;

constexpr int small_rounds = 1500, hot_rounds = 150;

class CountInWindow : public ::testing::Test {
 protected:
  std::size_t below(std::size_t end) { return std::size_t(random_() % end); }
  Rule random_rule(const Ledger& ledger, std::size_t times) {
    constexpr Model models[] = {Model::any, Model::enhanced, Model::basic, Model::advanced};
    Rule rule;
    rule.model = models[below(4)];
    rule.within = below(20) == 0 ? ~std::uint64_t{0} : below(times + 1);
    if (has_reward(rule.model) && below(3) != 0)
      rule.max_gain = parse_decimal(std::vector<std::string>{"0", "0.05", "0.5", "3"}[below(4)]);
    if (below(4) == 0) {
      rule.excluded.resize(ledger.accounts.size());
      for (std::size_t i = 0; i < rule.excluded.size(); ++i) rule.excluded[i] = below(6) == 0;
    }
    return rule;
  }
  void expect_the_reference_count(const Ledger& ledger, std::size_t times) {
    const Rule rule = random_rule(ledger, times);
    const Interval interval = below(3) == 0 ? Interval{std::int64_t(below(times)), std::int64_t(times)} : Interval{};
    const LedgerView view = ledger.view();
    const HitCount expected = make_reference({})->count_hits(view, rule, interval);
    const WindowLimits limits[] = {{}, {1 + below(3), 1 + below(3), 2}, {1 + below(20), 1 + below(20), 16}};
    for (const unsigned threads : {1u, 3u})
      for (const WindowLimits& some : limits) {
        SCOPED_TRACE(int(rule.model));
        ASSERT_EQ(count_in_window({threads}, Question(view, rule), interval, some), expected);
      }
    hits_[std::size_t(rule.model)] += expected.hits;
  }
  void expect_many_hits() {
    for (const Model model : {Model::any, Model::enhanced, Model::basic, Model::advanced})
      EXPECT_GT(hits_[std::size_t(model)], 50u);
  }

  std::mt19937_64 random_{11};
  std::array<std::uint64_t, 8> hits_{};
};

TEST_F(CountInWindow, agrees_on_small_ledgers) {
  for (int round = 0; round < small_rounds; ++round) {
    SCOPED_TRACE(round);
    const Ledger ledger = make_ledger(testing::random_rows(random_, below(40)));
    ASSERT_NO_FATAL_FAILURE(expect_the_reference_count(ledger, 30));
  }
  expect_many_hits();
}

// Wallets and pairs with long lists, that grow and are let go.
TEST_F(CountInWindow, agrees_on_hot_accounts) {
  for (int round = 0; round < hot_rounds; ++round) {
    SCOPED_TRACE(round);
    const std::size_t size = 200 + below(500), accounts = 3 + below(12), times = 1 + below(2 * size);
    std::vector<TestRow> rows;
    for (std::size_t i = 0; i < size; ++i) {
      const auto anybody = [&] { return below(3) == 0 ? "hot" : "a" + std::to_string(below(accounts)); };
      Amount amount{1 + below(round % 2 == 0 ? 12 : 3000)};
      if (round % 5 == 0) amount = *add(testing::power_of_two(70), amount);  // many share an odd code
      // Busy and quiet times in turn.
      const std::size_t time = i * times / size, quiet = i % 100 < 50 ? times : 0;
      rows.push_back(
          {std::int64_t(time + i / 100 * quiet), anybody(), anybody(), amount, below(6) == 0 ? "b" : "native", {}});
    }
    std::ranges::stable_sort(rows, {}, &TestRow::time);
    ASSERT_NO_FATAL_FAILURE(expect_the_reference_count(make_ledger(rows), times));
  }
  expect_many_hits();
}

}  // namespace
}  // namespace ringscan::cpu
