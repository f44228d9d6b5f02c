// --between auto: detect/burst, the reference's definition and the check of --verify agree, on intervals worked out by
// hand and on random times full of ties; what the ledger's index says is what its rows say.
#include "detect/burst.hpp"

#include <gtest/gtest.h>

#include "detect/check_burst.hpp"
#include "reference/burst.hpp"
#include "tests/packed_ledgers.hpp"
#include "tests/support.hpp"

namespace ringscan {
namespace {

constexpr std::uint32_t hour = 3600, day = 24 * hour;

using Times = std::vector<std::uint32_t>;

std::optional<Interval> burst(Times times, std::int64_t first_time = 0) {
  std::ranges::sort(times);
  return find_burst(times, first_time);
}

Times& put(Times& times, std::size_t purchases, std::uint32_t time) {
  times.insert(times.end(), purchases, time);
  return times;
}

// `purchases` spread evenly over `days`, from time 0.
Times spread(std::size_t purchases, std::uint32_t days) {
  Times times;
  for (std::size_t i = 0; i < purchases; ++i) times.push_back(std::uint32_t(i * days * day / (purchases - 1)));
  return times;
}

TEST(Burst, is_the_window_around_the_purchases_that_come_at_once) {
  Times times = spread(20, 100);
  put(times, 12, 40 * day + 7);
  EXPECT_EQ(burst(times), (Interval{40 * day + 6, 40 * day + 7 + hour + 1}));
  EXPECT_EQ(burst(times, 1'000'000'000), (Interval{1'000'000'000 + 40 * day + 6, 1'000'000'000 + 40 * day + 8 + hour}));
  put(times, 1, 40 * day + 7 + hour);  // the window is closed
  put(times, 1, 40 * day + 8 + hour);
  EXPECT_EQ(burst(times), (Interval{40 * day + 6, 40 * day + 8 + hour}));
}

TEST(Burst, of_a_campaign_of_days_is_as_long) {
  Times times = spread(100, 300);
  for (std::uint32_t i = 0; i < 50; ++i) times.push_back(100 * day + 7 * day * i / 49);
  EXPECT_EQ(burst(times)->before - burst(times)->after, 7 * day + 2);
}

TEST(Burst, has_ten_purchases_or_more_and_twice_those_expected) {
  EXPECT_EQ(burst({}), std::nullopt);
  EXPECT_EQ(burst({5}), std::nullopt);
  EXPECT_EQ(burst(spread(1000, 400)), std::nullopt) << "nothing rises";
  Times at_once;
  put(at_once, 50, 3);
  EXPECT_EQ(burst(at_once), std::nullopt) << "all in less than an hour: no hour has more than there are";
  Times nine = {0, 100 * day};
  put(nine, 9, 50 * day);
  EXPECT_EQ(burst(nine), std::nullopt);
  EXPECT_NE(burst(put(nine, 1, 50 * day)), std::nullopt);

  // 20 purchases in 2 D - 1 seconds and one more; half of them, in D each: k = 2 E holds and k < 2 E does not
  for (const std::uint32_t more : {0u, 1u}) {
    Times times = {0, 2 * hour - 2 + more};
    put(times, 18, 0);
    EXPECT_EQ(burst(times).has_value(), false) << "19 of 20 in an hour are fewer than twice 20 / 2";
    Times all = {2 * hour - 2 + more};
    put(all, 20, 0);  // 20 of 21, E = 21 / 2 less a little
    EXPECT_EQ(burst(all).has_value(), false);
  }
  Times edge = {4 * hour - 1};
  put(edge, 10, 0);
  put(edge, 9, 2 * hour);  // 10 of 20 in one of four hours: k = 10, E = 5
  EXPECT_EQ(burst(edge), (Interval{-1, hour + 1})) << "k = 2 E";
  edge.front() -= 1;
  EXPECT_EQ(burst(edge), std::nullopt) << "k < 2 E by a second";
}

TEST(Burst, is_the_earliest_of_equal_windows) {
  Times times = spread(10, 100);
  put(put(times, 11, 60 * day + 1), 11, 20 * day + 1);
  EXPECT_EQ(burst(times), (Interval{20 * day, 20 * day + 2 + hour}));
}

// In 36 hours 40 m purchases, 20 m of them in six hours and 10 m in one: k / E is 9 for the hour and 3 for the six, and
// (9)^10m = (3)^20m exactly.
Times with_equal_scores(std::size_t m, int later) {
  Times times = {0};
  put(times, 9 * m - 1, 0);
  put(put(times, 10 * m, 12 * hour), 10 * m, 17 * hour);
  put(put(times, 2 * m, 24 * hour), 9 * m, std::uint32_t(36 * int(hour) - 1 + later));
  return times;
}

TEST(Burst, takes_the_shorter_of_windows_whose_scores_are_equal) {
  const Interval of_an_hour = {12 * hour - 1, 13 * hour + 1}, of_six = {12 * hour - 1, 18 * hour + 1};
  for (const std::size_t m : {1, 10, 1000}) {
    EXPECT_EQ(burst(with_equal_scores(m, 0)), of_an_hour) << m;
    EXPECT_EQ(burst(with_equal_scores(m, -1)), of_an_hour) << m;
    EXPECT_EQ(burst(with_equal_scores(m, 1)), of_six) << m;
  }
}

// Nothing is claimed that is not so, and the definition and the check say the same.
void expect_agreement(Times times) {
  std::ranges::sort(times);
  const std::vector<std::int64_t> longer(times.begin(), times.end());
  const std::optional<Interval> found = find_burst(times, 0);
  ASSERT_EQ(found, burst_by_definition(longer));
  ASSERT_TRUE(is_burst(longer, found));
  ASSERT_FALSE(is_burst(longer, Interval{-7, 7}));
  if (!found) return;
  ASSERT_FALSE(is_burst(longer, std::nullopt));
  ASSERT_FALSE(is_burst(longer, Interval{found->after + 1, found->before + 1}));
  ASSERT_FALSE(is_burst(longer, Interval{found->after, found->before + 1}));
}

TEST(Burst, agrees_with_its_definition_on_random_times) {
  std::mt19937_64 random(1);
  const auto below = [&](std::uint64_t end) { return random() % end; };
  std::size_t found = 0;
  for (int round = 0; round < 1500; ++round) {
    SCOPED_TRACE(round);
    // few distinct times on a grid of an hour's parts: windows of every length tie, and end where purchases are
    const std::uint64_t step = std::vector<std::uint64_t>{1, 1800, hour, 6 * hour, day}[below(5)];
    const std::uint64_t places = 1 + below(200);
    Times times;
    for (std::uint64_t i = below(70); i > 0; --i) times.push_back(std::uint32_t(step * below(places)));
    for (std::uint64_t bursts = below(3); bursts > 0; --bursts) {
      const std::uint64_t begin = step * below(places), length = 1 + below(40 * day);
      for (std::uint64_t i = below(40); i > 0; --i) times.push_back(std::uint32_t(begin + below(length)));
    }
    ASSERT_NO_FATAL_FAILURE(expect_agreement(times));
    std::ranges::sort(times);
    found += find_burst(times, 0).has_value();
  }
  EXPECT_GT(found, 500u);
  EXPECT_LT(found, 1300u);
  for (const int later : {-1, 0, 1}) ASSERT_NO_FATAL_FAILURE(expect_agreement(with_equal_scores(1, later)));
}

// Purchases of everybody in every asset, whatever the way to them.
TEST(Bursts, are_the_same_by_index_and_by_rows) {
  const testing::TemporaryDirectory folder;
  std::mt19937_64 random(2);
  std::size_t found = 0;
  for (int round = 0; round < 40; ++round) {
    std::vector<testing::TestRow> rows;
    for (int i = 0; i < 4000; ++i)
      rows.push_back(testing::pay(std::int64_t(random() % (200 * day)), "x", "y" + std::to_string(random() % 50), 5));
    for (int m = 0; m < 4; ++m)
      for (std::uint64_t i = 10 + random() % 60; i > 0; --i)
        rows.push_back(testing::pay(m * 20 * day + std::int64_t(random() % (random() % 4 == 0 ? 40 * day : day)),
                                    "w" + std::to_string(random() % 9), "m" + std::to_string(m), 1 + random() % 9,
                                    random() % 2 == 0 ? "a" : "b"));
    const Ledger memory = testing::make_ledger(rows), file = testing::packed(folder, memory);
    std::vector<Account> merchants;
    for (int m = 0; m < 4; ++m) merchants.push_back(testing::account(memory, "m" + std::to_string(m)));
    const std::vector<std::optional<Interval>> by_rows = find_bursts(memory.view(), merchants);
    ASSERT_EQ(find_bursts(file.view(), merchants), by_rows);
    ASSERT_EQ(choose_backend("reference", {}).backend->find_bursts(memory.view(), merchants), by_rows);
    for (const std::optional<Interval>& one : by_rows) found += one.has_value();
  }
  EXPECT_GT(found, 100u);
  const Ledger empty = testing::make_ledger({});
  EXPECT_TRUE(find_bursts(empty.view(), {}).empty());
}

}  // namespace
}  // namespace ringscan
