// What calibration, decisions and groups promise: receivers change within their strata alone, a farm is gone from a
// permuted ledger, shares and cuts are counts; cleared accounts are told apart; assets are grouped.
#include <gtest/gtest.h>

#include <map>

#include "cpu/cpu.hpp"
#include "discover/discover.hpp"
#include "discover/farm.hpp"
#include "tests/support.hpp"

namespace ringscan {
namespace {

using namespace discover;
using testing::pay;
using testing::TestRow;

constexpr std::int64_t hour = 3600, day = 24 * hour;

// Shops, and a farm in which m pays `workers` accounts back through d.
std::vector<TestRow> trade(std::size_t workers, const std::string& asset = "native", unsigned seed = 5) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t end) { return random() % end; };
  const auto person = [&](std::uint64_t i) { return "person" + std::to_string(i); };
  std::vector<TestRow> rows;
  for (int i = 0; i < 900; ++i)
    rows.push_back(pay(std::int64_t(below(40)) * day, person(below(200)),
                       i % 2 == 0 ? "shop" + std::to_string(below(9)) : person(below(200)), 1000 + below(90'000),
                       asset));
  for (std::size_t w = 0; w < workers; ++w)
    for (int task = 0; task < 2; ++task) {
      const std::int64_t time = std::int64_t(below(20 * 24)) * hour;
      const std::uint64_t price = 1000 + below(90'000);
      rows.push_back(pay(time, person(w), "m", price, asset));
      rows.push_back(pay(time + 5 * hour, "m", "d", price + price / 10, asset));
      rows.push_back(pay(time + std::int64_t(10 + below(20)) * hour, "d", person(w),
                         price + price * (30 + below(60)) / 1000, asset));
    }
  return rows;
}

using Stratum = std::tuple<Wallet, std::uint64_t, int>;

TEST(Permutation, changes_receivers_within_payer_time_and_magnitude_alone) {
  std::mt19937_64 random(3);
  std::size_t moved = 0;
  for (int round = 0; round < 300; ++round) {
    const Ledger ledger = testing::make_ledger(testing::random_rows(random, 1 + random() % 80));
    const LedgerView view = ledger.view();
    std::vector<bool> is_left_out(view.size());
    for (std::size_t row = 0; row < view.size(); ++row) is_left_out[row] = random() % 5 == 0;
    const std::uint64_t period = 1 + random() % 20;
    const std::vector<Wallet> receivers = Permutation(view, period, is_left_out).receivers(std::uint64_t(round));
    ASSERT_EQ(receivers.size(), view.size());
    std::map<Stratum, std::multiset<Wallet>> before, after;
    for (Row row = 0; row < view.size(); ++row) {
      if (is_left_out[row]) {
        EXPECT_EQ(receivers[row], view.from[row]);
        continue;
      }
      int bits = 0;  // of the amount, as double
      std::frexp(nearest_double(view.amount_at(row)), &bits);
      const Stratum stratum(view.from[row], view.time[row] / period, bits);
      before[stratum].insert(view.to[row]), after[stratum].insert(receivers[row]);
      moved += receivers[row] != view.to[row];
    }
    ASSERT_EQ(before, after) << round;
  }
  EXPECT_GT(moved, 1000u);
}

TEST(Permutation, every_order_is_as_likely) {
  std::vector<TestRow> rows;
  for (int i = 0; i < 3; ++i) rows.push_back(pay(10 + i, "d", "w" + std::to_string(i), 1000));
  const Ledger ledger = testing::make_ledger(rows);
  const Permutation permutation(ledger.view(), 100, std::vector<bool>(3));
  std::map<std::vector<Wallet>, int> drawn;
  for (std::uint64_t replicate = 0; replicate < 6000; ++replicate) ++drawn[permutation.receivers(replicate)];
  ASSERT_EQ(drawn.size(), 6u);
  for (const auto& [order, count] : drawn) EXPECT_NEAR(count, 1000, 150);  // five standard deviations
}

TEST(Calibration, counts_reports_cuts_and_exceedance) {
  Calibration calibration;
  for (int i = 0; i < 20; ++i) calibration.scores.push_back({});
  calibration.scores[3] = {12.5, 7.25};
  calibration.scores[8] = {9.0004};
  EXPECT_EQ(calibration.reports(10), 1u);
  EXPECT_EQ(calibration.reports(7.25), 3u);
  EXPECT_DOUBLE_EQ(calibration.cut(), 9.001) << "12.5 alone is one in 20";
  EXPECT_DOUBLE_EQ(calibration.exceedance(9), 0.1);
  EXPECT_DOUBLE_EQ(calibration.exceedance(7), 0.1) << "the best of each counts";
  EXPECT_DOUBLE_EQ(calibration.exceedance(13), 0);
  calibration.scores[8].clear(), calibration.scores[3] = {12.5};
  EXPECT_DOUBLE_EQ(calibration.cut(), 0);
}

TEST(Calibration, is_the_same_for_any_threads_and_does_not_see_the_farm) {
  const Ledger ledger = testing::make_ledger(trade(14));
  const Result found = find_farms(*make_cpu({1}), ledger, {}, {1});
  ASSERT_EQ(found.farms.size(), 1u);
  const Calibration one = calibrate(*make_cpu({1}), ledger, {}, 6, {1}),
                    three = calibrate(*make_cpu({3}), ledger, {}, 6, {3});
  EXPECT_EQ(one.scores, three.scores);
  EXPECT_EQ(one.scores.size(), 6u);
  EXPECT_EQ(one.exceedance(found.farms.front().signals.score), 0);
  EXPECT_EQ(one.reports(DiscoverOptions().min_score), 0u);
  const Calibration fewer = calibrate(*make_cpu({2}), ledger, {}, 2, {2});
  EXPECT_TRUE(std::ranges::equal(fewer.scores, std::span(one.scores).first(2)));
}

TEST(Decisions, clear_a_farm_into_its_own_list_and_mark_what_is_confirmed) {
  const Ledger ledger = testing::make_ledger(trade(14));
  for (const std::string cleared : {"m", "d"}) {
    DiscoverOptions options;
    options.decisions = {{cleared, Verdict::cleared, "ours"}, {"nobody", Verdict::cleared, ""}};
    const Result result = find_farms(*make_cpu({2}), ledger, options, {2});
    EXPECT_EQ(result.farms.size(), 0u) << cleared;
    ASSERT_EQ(result.cleared.size(), 1u) << cleared;
    EXPECT_EQ(result.cleared.front().workers.size(), 14u);
    EXPECT_EQ(result.cleared.front().decisions, std::vector<std::uint32_t>{0});
  }
  DiscoverOptions options;  // a cleared worker is one all the same
  options.decisions = {
      {"d", Verdict::confirmed, ""}, {"person3", Verdict::cleared, ""}, {"shop1", Verdict::confirmed, ""}};
  const Result result = find_farms(*make_cpu({2}), ledger, options, {2});
  ASSERT_EQ(result.farms.size(), 1u);
  EXPECT_EQ(result.cleared.size(), 0u);
  EXPECT_EQ(result.farms.front().workers.size(), 14u);
  EXPECT_EQ(result.farms.front().decisions, (std::vector<std::uint32_t>{0, 1}));
}

TEST(Decisions, leave_what_is_a_farm_without_the_cleared) {
  std::vector<TestRow> rows = trade(14);
  for (TestRow row : trade(14)) {
    if (row.from != "m" && row.to != "m") continue;
    (row.from == "m" ? row.from : row.to) = "n";
    row.time += 1;
    rows.push_back(row);
    if (row.to == "n") rows.push_back(pay(row.time + 9 * hour, "d", row.from, row.amount.limbs[0] * 21 / 20));
  }
  const Ledger ledger = testing::make_ledger(rows);
  ASSERT_EQ(find_farms(*make_cpu({2}), ledger, {}, {2}).farms.front().merchants.size(), 2u);
  DiscoverOptions options;
  options.decisions = {{"n", Verdict::cleared, ""}};
  const Result result = find_farms(*make_cpu({2}), ledger, options, {2});
  ASSERT_EQ(result.farms.size(), 1u);
  EXPECT_EQ(result.farms.front().merchants, std::vector<Account>{testing::account(ledger, "m")});
  ASSERT_EQ(result.cleared.size(), 1u);
  EXPECT_EQ(result.cleared.front().merchants.size(), 2u);
}

Farm farm(std::uint32_t asset, std::vector<std::uint32_t> merchants, std::vector<std::uint32_t> delegations) {
  Farm farm;
  farm.asset = Asset(asset);
  for (const std::uint32_t account : merchants) farm.merchants.push_back(Account(account));
  for (const std::uint32_t account : delegations) farm.delegations.push_back(Account(account));
  return farm;
}

TEST(Groups, join_farms_that_share_accounts_across_assets) {
  //                               1: alone       2: shares 9 with 4   3: with 1, one asset  4            5: with 4 6
  std::vector<Farm> farms = {farm(0, {1}, {2}), farm(0, {3}, {9}), farm(0, {4}, {2}),
                             farm(1, {9}, {5}), farm(2, {6}, {5}), farm(3, {7}, {})};
  group_farms(farms);
  std::vector<std::uint32_t> groups;
  for (const Farm& one : farms) groups.push_back(one.group);
  EXPECT_EQ(groups, (std::vector<std::uint32_t>{1, 2, 3, 2, 2, 6}));
}

TEST(Groups, of_one_farm_in_two_assets_are_one) {
  std::vector<TestRow> rows = trade(14, "native"), others = trade(14, "token", 6);
  rows.insert(rows.end(), others.begin(), others.end());
  const Result result = find_farms(*make_cpu({2}), testing::make_ledger(rows), {}, {2});
  ASSERT_EQ(result.farms.size(), 2u);
  EXPECT_EQ(result.farms[0].group, 1u);
  EXPECT_EQ(result.farms[1].group, 1u);
}

}  // namespace
}  // namespace ringscan
