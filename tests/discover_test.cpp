// What discovery promises as a whole: the same answer for any threads and any order of rows, work that grows as the
// ledger does, loops, assets that never meet, and Ctrl-C.
#include <gtest/gtest.h>

#include "cpu/cpu.hpp"
#include "discover/discover.hpp"
#include "discover/loops.hpp"
#include "discover/pool.hpp"
#include "tests/support.hpp"
#include "write/discover_result.hpp"

namespace ringscan {
namespace {

using namespace discover;
using testing::pay;
using testing::TestRow;
using testing::TextSink;

std::string json(const std::vector<TestRow>& rows, unsigned threads, const DiscoverOptions& options) {
  const Ledger ledger = testing::make_ledger(rows);
  TextSink sink;
  write_json(sink, ledger, options, find_farms(*make_cpu({threads}), ledger, options, {threads}));
  return sink.text;
}

constexpr std::int64_t hour = 3600;

// Honest trade of `accounts`, the i-th about 1/i as active as the first, and farms of all models among them.
std::vector<TestRow> world(std::size_t rows, std::size_t accounts, unsigned seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t end) { return random() % end; };
  const auto some = [&] {
    const double u = double(below(1 << 30)) / double(1 << 30);
    return std::size_t(std::pow(double(accounts), u)) - 1;
  };
  std::vector<TestRow> all;
  for (std::size_t i = 0; i < rows; ++i)
    all.push_back(pay(std::int64_t(below(90 * 24)) * hour, "a" + std::to_string(some()), "a" + std::to_string(some()),
                      1000 + below(9000)));
  for (int farm = 0; farm < 6; ++farm)
    for (std::size_t w = 0; w < 15; ++w)
      for (int task = 0; task < 2; ++task) {
        const std::string merchant = "m" + std::to_string(farm);
        const std::string payer = farm % 3 == 1 ? "d" + std::to_string(farm) : merchant;
        const std::string worker = "a" + std::to_string(accounts / 2 + 40 * std::size_t(farm) + w);
        const std::int64_t time = std::int64_t(below(60 * 24)) * hour;
        const std::uint64_t price = 1000 + below(9000), reward = price + price * (20 + below(80)) / 1000;
        const std::int64_t delay = std::int64_t(1 + below(40)) * hour;
        all.push_back(pay(time, worker, merchant, price));
        if (farm % 3 == 1) all.push_back(pay(time + hour / 2, merchant, payer, reward));
        all.push_back(pay(farm % 3 == 2 ? time - delay : time + delay, payer, worker, reward));
      }
  return all;
}

TEST(Discover, answers_the_same_whatever_the_threads_and_the_order_of_rows) {
  std::vector<TestRow> rows = world(20'000, 2'000, 1);
  DiscoverOptions options;
  options.pattern = Pattern::all;
  const std::string one = json(rows, 1, options);
  EXPECT_NE(one.find("\"rank\": 3"), std::string::npos);
  EXPECT_EQ(json(rows, 2, options), one);
  EXPECT_EQ(json(rows, 5, options), one);
  std::ranges::shuffle(rows, std::mt19937_64(2));
  EXPECT_EQ(json(rows, 2, options), one);
}

std::uint64_t work(const std::vector<TestRow>& rows) {
  DiscoverOptions options;
  options.hub_degree = 30;  // so that these small ledgers have hubs
  options.rewards_a_purchase = 16;
  options.max_recipients = 100;
  options.overlap_recipients = 30;
  return find_farms(*make_cpu({2}), testing::make_ledger(rows), options, {2}).work.total();
}

double exponent(std::uint64_t small, std::uint64_t large, double factor) {
  return std::log(double(large) / double(small)) / std::log(factor);
}

TEST(Growth, is_that_of_the_rows_where_accounts_are_a_power_law) {
  const std::uint64_t small = work(world(20'000, 2'000, 3)), large = work(world(160'000, 16'000, 3));
  EXPECT_LT(exponent(small, large, 8), 1.05) << small << " to " << large;
}

// One account buys from everybody and is paid by everybody, one merchant sells to everybody and pays everybody back.
std::vector<TestRow> hot(std::size_t size) {
  std::vector<TestRow> rows;
  for (std::size_t i = 0; i < size; ++i) {
    const std::string person = "a" + std::to_string(i), next = "a" + std::to_string((i * 7 + 1) % size);
    const std::int64_t time = std::int64_t(i % 1000) * hour;
    rows.push_back(pay(time, person, "shop", 1000 + i % 50));
    rows.push_back(pay(time + hour, "shop", next, 1040 + i % 50));
    rows.push_back(pay(time, "hub", person, 1000 + i % 50));
    rows.push_back(pay(time + 2 * hour, person, "hub", 1000 + i % 50));
    rows.push_back(pay(time, "robot", "robot's pool", 1000));  // two accounts, ever so many payments
    rows.push_back(pay(time + hour, "robot's pool", "robot", 1050));
  }
  return rows;
}

TEST(Growth, is_that_of_the_rows_where_one_account_has_them_all) {
  const std::uint64_t small = work(hot(4'000)), large = work(hot(32'000));
  EXPECT_LT(exponent(small, large, 8), 1.05) << small << " to " << large;
}

Evaluation accepted(std::vector<Node> merchants, std::vector<Node> payers, std::vector<Node> workers, double score) {
  Evaluation evaluation;
  evaluation.candidate = {std::move(merchants), std::move(payers)};
  evaluation.workers = std::move(workers);
  evaluation.signals.gate = Gate::none;
  evaluation.signals.score = score;
  evaluation.signals.funded = 1;
  return evaluation;
}

TEST(Reports, tell_of_a_farm_once) {
  const std::vector<Evaluation> reports = select_reports(
      {
          accepted({1}, {2}, {10, 11, 12}, 30), accepted({1}, {3}, {20, 21, 22}, 29),  // a merchant told of
          accepted({4}, {5}, {10, 11, 23, 24}, 28),                                    // half of its workers told of
          accepted({10, 30}, {31}, {40, 41}, 27),                                      // a worker as a merchant
          accepted({32}, {11}, {42, 43}, 26),     // half of its accounts are workers
          accepted({6}, {2}, {50, 51, 52}, 25),   // a payer of two farms is no obstacle
          accepted({7}, {8}, {60, 61, 62}, 9.9),  // below the cut
      },
      {});
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0].signals.score, 30);
  EXPECT_EQ(reports[1].signals.score, 25);
  Evaluation unfunded = accepted({1}, {2}, {10, 11, 12}, 30);
  unfunded.signals.funded = 0.4;
  EXPECT_EQ(select_reports({unfunded}, {}).size(), 0u);
}

TEST(Unions, replace_their_parts_where_they_score_nearly_as_much) {
  const std::vector<Evaluation> parts = {accepted({1}, {2}, {10, 11, 12, 13}, 20), accepted({3}, {2}, {12, 13}, 15),
                                         accepted({4}, {5}, {20, 21}, 12)};
  for (const double score : {15.5, 14.5}) {
    const std::vector<Evaluation> merged = merge(parts, {}, [&](std::vector<Candidate> unions) {
      std::vector<Evaluation> evaluations;
      for (Candidate& all : unions) {
        EXPECT_EQ(all, (Candidate{{1, 3}, {2}}));
        evaluations.push_back(accepted(all.merchants, all.payers, {10, 11, 12, 13}, score));
      }
      return evaluations;
    });
    EXPECT_EQ(merged.size(), score > 15 ? 2u : 3u) << score;
  }
}

TEST(Assets, never_meet) {
  std::vector<TestRow> rows = world(5'000, 1'000, 4);
  for (TestRow& row : rows)
    if (row.from.starts_with("m") || row.from.starts_with("d")) row.asset = "token";  // all that farms pay
  EXPECT_NE(json(rows, 2, {}).find("\"farms\": []"), std::string::npos);
}

TEST(Loops, are_trips_there_and_back_of_about_the_same_amount) {
  const DiscoverOptions options;
  const auto trips = [&](std::vector<discover::Payment> there, std::vector<discover::Payment> back) {
    std::vector<std::pair<Row, Row>> rows;
    for (const Trip& trip : match_trips(there, back, options)) rows.emplace_back(trip.there, trip.back);
    return rows;
  };
  using Rows = std::vector<std::pair<Row, Row>>;
  EXPECT_EQ(trips({{100, 10, 0}}, {{100, 20, 1}}), (Rows{{0, 1}}));
  EXPECT_EQ(trips({{100, 20, 1}}, {{100, 10, 0}}), (Rows{{0, 1}}));  // in either order
  EXPECT_EQ(trips({{100, 10, 0}}, {{100, 10, 1}}), Rows{});          // not at once
  EXPECT_EQ(trips({{100, 10, 0}}, {{125, 20, 1}}), (Rows{{0, 1}}));  // within a quarter
  EXPECT_EQ(trips({{100, 10, 0}}, {{126, 20, 1}}), Rows{});
  EXPECT_EQ(trips({{100, 0, 0}}, {{100, 30 * 86'400, 1}}), (Rows{{0, 1}}));  // within 30 days
  EXPECT_EQ(trips({{100, 0, 0}}, {{100, 30 * 86'400 + 1, 1}}), Rows{});
  EXPECT_EQ(trips({{100, 10, 0}}, {{100, 20, 1}, {100, 30, 2}}), (Rows{{0, 1}}));  // each payment once
  EXPECT_EQ(trips({{100, 10, 0}, {100, 40, 3}}, {{100, 20, 1}, {100, 50, 4}}), (Rows{{0, 1}, {3, 4}}));
}

TEST(Loops, join_where_they_share_an_account) {
  std::vector<TestRow> rows;
  const auto trip = [&](std::int64_t time, const std::string& a, const std::string& b) {
    rows.push_back(pay(time, a, b, 100));
    rows.push_back(pay(time + 5, b, a, 100));
  };
  for (const std::int64_t time : {10, 20, 30}) trip(time, "a", "b");
  for (const std::int64_t time : {10, 20}) trip(time, "b", "c");
  for (const std::int64_t time : {10, 20}) trip(time, "x", "y");
  trip(10, "p", "q");  // once is no habit
  const Ledger ledger = testing::make_ledger(rows);
  DiscoverOptions options;
  options.pattern = Pattern::loops;
  const Result result = find_farms(*make_cpu({2}), ledger, options, {2});
  ASSERT_EQ(result.loops.size(), 2u);
  EXPECT_EQ(result.loops[0].accounts.size(), 3u);
  EXPECT_EQ(result.loops[0].trips.size(), 5u);
  EXPECT_EQ(result.loops[1].accounts.size(), 2u);
  options.decisions = {{"b", Verdict::cleared, ""}, {"x", Verdict::confirmed, ""}};
  EXPECT_EQ(find_farms(*make_cpu({2}), ledger, options, {2}).loops.size(), 1u);
  options.decisions.clear();
  options.top = 1;
  EXPECT_EQ(find_farms(*make_cpu({2}), ledger, options, {2}).loops.size(), 1u);
}

TEST(Discover, stops_when_asked) {
  const std::atomic<bool> interrupted = true;
  const Ledger ledger = testing::make_ledger(world(2'000, 500, 5));
  EXPECT_THROW(find_farms(*make_cpu({2}), ledger, {}, {2, &interrupted}), Interrupted);
}

TEST(Discover, has_an_answer_for_next_to_nothing) {
  for (const std::vector<TestRow>& rows : {std::vector<TestRow>{}, {pay(1, "a", "b", 1)}, {pay(1, "a", "a", 0)}})
    EXPECT_NE(json(rows, 1, {}).find("\"farms\": []"), std::string::npos);
}

}  // namespace
}  // namespace ringscan
