// `scan --between auto`: each merchant's purchases count in its burst alone, for every rule, model and backend; who has
// an interval of its own keeps it, who has no burst has no suspects, and --verify notices another interval.
#include <gtest/gtest.h>

#include "detect/verify.hpp"
#include "tests/packed_ledgers.hpp"
#include "tests/requests.hpp"
#include "tests/support.hpp"

namespace ringscan {
namespace {

using testing::asking;
using testing::backend_cases;
using testing::BackendCase;
using testing::make_ledger;
using testing::of_rule;
using testing::pay;
using testing::TestRow;

constexpr std::int64_t hour = 3600, day = 24 * hour;

ScanRequest asking_auto(const std::vector<std::string>& merchants, std::optional<std::uint64_t> quorum = 1) {
  ScanRequest request = asking(merchants, quorum);
  request.is_between_auto = true;
  return request;
}

ScanResult ask(const Ledger& ledger, const ScanRequest& request) {
  std::optional<ScanResult> first;
  for (const BackendCase& backend : backend_cases()) {
    const ScanResult result = scan(*backend.make(), ledger, request);
    if (!first) first = result;
    EXPECT_EQ(result, *first) << backend.label;
  }
  return first.value();
}

// At m twelve workers buy within an hour of day 50 and are paid; h, who is paid as well, buys on day 10. n sells
// evenly.
std::vector<TestRow> shops() {
  std::vector<TestRow> rows = {pay(10 * day, "h", "m", 100), pay(11 * day, "x", "h", 110), pay(99 * day, "g", "m", 1)};
  for (int i = 0; i < 12; ++i) {
    const std::string worker = "w" + std::to_string(i);
    rows.push_back(pay(50 * day + 60 * i, worker, "m", 100, i < 6 ? "native" : "token"));
    rows.push_back(pay(50 * day + 60 * i, worker, "n", 100));
    rows.push_back(pay(60 * day, "x", worker, 110));
    rows.push_back(pay(60 * day, "x", worker, 110, "token"));
  }
  for (int i = 0; i < 40; ++i) rows.push_back(pay(40 * day + i * 12 * hour, "c" + std::to_string(i), "n", 1));
  return rows;
}

TEST(BetweenAuto, counts_purchases_in_the_burst_of_each_merchant_alone) {
  const Ledger ledger = make_ledger(shops());
  const ScanResult result = ask(ledger, asking_auto({"m", "nobody"}));
  EXPECT_EQ(result.merchants[0].customers, 14u);
  EXPECT_EQ(result.merchants[0].suspects, 12u) << "without h, and in both assets";
  EXPECT_EQ(result.merchants[0].between, (Interval{50 * day - 1, 50 * day + hour + 1}));
  EXPECT_EQ(result.merchants[1].between, std::nullopt);
  EXPECT_EQ(result.merchants[1].customers, 0u);
  EXPECT_EQ(ask(ledger, asking({"m"})).merchants[0].suspects, 13u);

  ScanRequest time = of_rule(asking_auto({"m"}), RuleName::time);
  EXPECT_EQ(ask(ledger, time).workers.size(), 12u);
  ScanRequest share = testing::with_share(of_rule(asking_auto({"m"}), RuleName::share), "0.8");
  EXPECT_EQ(ask(ledger, share).workers.size(), 12u) << "12 of 14 customers";
}

TEST(BetweenAuto, without_a_burst_nobody_is_a_suspect) {
  std::vector<TestRow> rows;
  for (int i = 0; i < 40; ++i) {
    rows.push_back(pay(i * day, "c" + std::to_string(i), "n", 1));
    rows.push_back(pay(i * day + 5, "x", "c" + std::to_string(i), 2));
  }
  const ScanResult result = ask(make_ledger(rows), asking_auto({"n"}));
  EXPECT_EQ(result.merchants[0].customers, 40u);
  EXPECT_EQ(result.merchants[0].suspects, 0u);
  EXPECT_EQ(result.merchants[0].between, std::nullopt);
  EXPECT_EQ(ask(make_ledger(rows), asking({"n"})).merchants[0].suspects, 40u);
}

TEST(BetweenAuto, leaves_a_merchant_its_own_interval) {
  ScanRequest request = asking_auto({"m", "n"});
  request.merchants[0].interval = Interval{10 * day - 1, 10 * day + 1};
  const ScanResult result = ask(make_ledger(shops()), request);
  EXPECT_EQ(result.merchants[0].between, request.merchants[0].interval);
  EXPECT_EQ(result.merchants[0].suspects, 1u) << "h";
  EXPECT_EQ(result.merchants[1].between, (Interval{50 * day - 1, 50 * day + hour + 1}));
}

TEST(BetweenAuto, leaves_excluded_merchants_their_zeros_and_excluded_customers_their_purchases) {
  ScanRequest request = asking_auto({"m", "n"});
  request.excluded = {"n", "w1", "w2", "w3"};
  const ScanResult result = ask(make_ledger(shops()), request);
  EXPECT_EQ(result.merchants[1].between, std::nullopt);
  EXPECT_EQ(result.merchants[1].customers, 0u);
  EXPECT_EQ(result.merchants[0].between, (Interval{50 * day - 1, 50 * day + hour + 1}))
      << "12 purchases, 9 of suspects";
  EXPECT_EQ(result.merchants[0].suspects, 9u);
}

std::string objection(const ScanRequest& request, TimeAxis axis = TimeAxis::seconds) {
  try {
    check_request(request, axis);
    return "";
  } catch (const UsageError& error) {
    return error.what();
  }
}

TEST(BetweenAuto, is_refused_where_it_means_nothing) {
  EXPECT_EQ(objection(asking_auto({"m"})), "");
  EXPECT_EQ(objection(of_rule(asking_auto({"m"}), RuleName::time)), "") << "no interval is missing";
  EXPECT_NE(objection(asking_auto({"m"}), TimeAxis::block).find("blocks and steps"), std::string::npos);
  EXPECT_NE(objection(asking_auto({"m"}), TimeAxis::step).find("blocks and steps"), std::string::npos);
  EXPECT_EQ(objection(asking({"m"}), TimeAxis::step), "");
  ScanRequest all;
  all.all_merchants = all.is_between_auto = true;
  EXPECT_NE(objection(all).find("--merchants all takes --between T1,T2"), std::string::npos);
  Ledger blocks = make_ledger(shops());
  blocks.time_axis = TimeAxis::block;
  EXPECT_THROW(scan(*backend_cases().front().make(), blocks, asking_auto({"m"})), UsageError) << "scan asks too";
}

TEST(BetweenAuto, is_verified) {
  const Ledger ledger = make_ledger(shops());
  const std::unique_ptr<Backend> reference = choose_backend("reference", {}).backend;
  const ScanRequest request = asking_auto({"m", "n", "nobody"});
  const ScanResult right = scan(*choose_backend("cpu", {}).backend, ledger, request);
  const std::vector<std::string> said = verify(ledger, request, right, *reference);
  ASSERT_EQ(said.size(), 4u);
  EXPECT_EQ(said[0], "a second count of each merchant's purchases finds the same intervals");
  const auto objection = [&](auto change) {
    ScanResult wrong = right;
    change(wrong.merchants);
    try {
      verify(ledger, request, wrong, *reference);
    } catch (const WrongAnswer& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  using Merchants = std::vector<MerchantResult>;
  EXPECT_EQ(objection([](Merchants&) {}), "");
  const auto expect_refused = [&](auto change) {
    EXPECT_NE(objection(change).find("interval is not the one of its burst"), std::string::npos);
  };
  expect_refused([](Merchants& merchants) { merchants[0].between->before += 1; });
  expect_refused([](Merchants& merchants) { merchants[0].between.reset(); });
  expect_refused([](Merchants& merchants) { merchants[0].between = Interval{50 * day - 1, 50 * day + 6 * hour + 1}; });
  expect_refused([](Merchants& merchants) { merchants[2].between = merchants[0].between; });
}

TEST(BetweenAuto, is_answered_alike_by_all_backends_on_random_ledgers) {
  std::mt19937_64 random(3);
  const testing::TemporaryDirectory folder;
  std::size_t bursts = 0, workers = 0;
  for (int round = 0; round < 150; ++round) {
    SCOPED_TRACE(round);
    std::vector<TestRow> rows = testing::random_rows(random, 150 + random() % 100);
    const std::int64_t tick = std::vector<std::int64_t>{1, 900, hour, day}[random() % 4];
    for (TestRow& row : rows)
      if (random() % 3 == 0)
        row.time = 10 * tick + std::int64_t(random() % 600);  // a busy hour
      else
        row.time *= tick * (1 + std::int64_t(random() % 3));
    const Ledger ledger = make_ledger(rows);
    ScanRequest request = testing::as_request(testing::random_question(random, ledger), ledger);
    request.between.reset();
    request.is_between_auto = true;
    if (request.merchants.empty()) continue;
    if (random() % 2 == 0) request.quorum = 1;
    if (random() % 3 == 0) request.min_share = parse_decimal("0.2");
    for (MerchantAsked& merchant : request.merchants)
      if (merchant.interval == Interval{}) merchant.interval.reset();
    const ScanResult result = ask(ledger, request);
    const Ledger file = testing::packed(folder, ledger);
    ASSERT_EQ(scan(*choose_backend("cpu", {}).backend, file, request), result);
    ASSERT_NO_THROW(verify(ledger, request, result, *choose_backend("reference", {}).backend));
    for (const MerchantResult& merchant : result.merchants) bursts += merchant.between.has_value();
    workers += result.workers.size();
  }
  EXPECT_GT(bursts, 150u);
  EXPECT_GT(workers, 100u) << "answers without workers prove little";
}

}  // namespace
}  // namespace ringscan
