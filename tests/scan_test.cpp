// detect/scan on ledgers worked out by hand, one per sentence of the rules: who is a worker, and what a merchant's line
// says. Every answer is asked of every backend and must be the same.
#include "detect/scan.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/requests.hpp"
#include "tests/support.hpp"

namespace ringscan {
namespace {

using testing::asking;
using testing::backend_cases;
using testing::BackendCase;
using testing::make_ledger;
using testing::of_model;
using testing::of_rule;
using testing::pay;
using testing::TestRow;
using testing::with_share;

// The same from every backend.
ScanResult ask(const Ledger& ledger, const ScanRequest& request) {
  std::optional<ScanResult> first;
  for (const BackendCase& backend : backend_cases()) {
    const ScanResult result = scan(*backend.make(), ledger, request);
    if (!first) first = result;
    EXPECT_EQ(result, *first) << backend.label;
  }
  return first.value();
}

// "merchant: customers suspects workers share" a line, in the order of the result.
std::string merchants_of(const std::vector<TestRow>& rows, const ScanRequest& request) {
  std::string text;
  for (const MerchantResult& merchant : ask(make_ledger(rows), request).merchants) {
    std::ostringstream line;
    line << merchant.account << ": " << merchant.customers << ' ' << merchant.suspects << ' ' << merchant.workers << ' '
         << merchant.share << '\n';
    text += line.str();
  }
  return text;
}

// "worker: merchant purchase reward funding, ..." a line, in the order of the result; rows count from 0, - is none.
std::string workers_of(const std::vector<TestRow>& rows, const ScanRequest& request) {
  const Ledger ledger = make_ledger(rows);
  const ScanResult result = ask(ledger, request);
  const auto row_text = [](Row row) { return row == no_row ? std::string("-") : std::to_string(row); };
  std::string text;
  for (const WorkerResult& worker : result.workers) {
    std::string line = testing::name(ledger, worker.account) + ':';
    for (const AccusedAt& at : worker.merchants)
      line += (line.back() == ':' ? " " : ", ") + result.merchants[at.merchant].account + ' ' +
              row_text(at.evidence.purchase) + ' ' + row_text(at.evidence.reward) + ' ' + row_text(at.evidence.funding);
    text += line + '\n';
  }
  return text;
}

// w is a suspect at a and b, v at a alone, and c has a customer but no suspect.
const std::vector<TestRow> two_and_one = {pay(1, "w", "a", 10), pay(2, "w", "b", 10), pay(3, "v", "a", 10),
                                          pay(4, "u", "c", 99), pay(5, "x", "w", 20), pay(6, "x", "v", 20)};

TEST(Scan, quorum_all_is_every_merchant_with_a_suspect) {
  EXPECT_EQ(workers_of(two_and_one, asking({"a", "b", "c"})), "w: a 0 4 -, b 1 4 -\n");
  EXPECT_EQ(merchants_of(two_and_one, asking({"a", "b", "c"})), "a: 2 2 1 0.5\nb: 1 1 1 1\nc: 1 0 0 0\n");
  EXPECT_EQ(workers_of(two_and_one, asking({"a", "c"})), "v: a 2 5 -\nw: a 0 4 -\n")
      << "the empty one asks for nothing";
  EXPECT_EQ(workers_of(two_and_one, asking({"c"})), "") << "all are empty";
}

TEST(Scan, quorum_is_a_number_of_merchants) {
  EXPECT_EQ(workers_of(two_and_one, asking({"a", "b", "c"}, 1)), "v: a 2 5 -\nw: a 0 4 -, b 1 4 -\n");
  EXPECT_EQ(workers_of(two_and_one, asking({"a", "b", "c"}, 2)), "w: a 0 4 -, b 1 4 -\n");
  EXPECT_EQ(workers_of(two_and_one, asking({"a", "b", "c"}, 3)), "");
}

// a sells to w alone; b to the suspects w and u and to h1 and h2: shares 1 and 2/4.
const std::vector<TestRow> half_of_b = {pay(1, "w", "a", 10),  pay(2, "w", "b", 10), pay(3, "u", "b", 10),
                                        pay(4, "h1", "b", 10), pay(5, "h2", "b", 1), pay(6, "x", "w", 20),
                                        pay(7, "x", "u", 20)};

TEST(Scan, a_worker_stays_with_one_boosted_merchant_and_lists_all_of_its_merchants) {
  const ScanRequest request = with_share(asking({"a", "b"}, 1), "0.6");
  EXPECT_EQ(workers_of(half_of_b, request), "w: a 0 5 -, b 1 5 -\n");
  EXPECT_EQ(merchants_of(half_of_b, request), "a: 1 1 1 1\nb: 4 2 1 0.5\n") << "workers after, share before u left";
  EXPECT_EQ(workers_of(half_of_b, of_rule(request, RuleName::share)), "w: a 0 5 -, b 1 5 -\n") << "the rule's own name";
}

TEST(Scan, a_share_is_compared_as_an_exact_rational) {
  const auto suspects = [&](const char* share) {
    return ask(make_ledger(half_of_b), with_share(asking({"b"}), share)).workers.size();
  };
  EXPECT_EQ(suspects("0.5"), 0u) << "a share of 1/2 is not above 1/2";
  EXPECT_EQ(suspects("0.500000000000000000000000000000"), 0u);
  EXPECT_EQ(suspects("0.499999999999999999999999999999"), 2u);
  EXPECT_EQ(suspects("0.500000000000000000000000000001"), 0u);
  EXPECT_EQ(suspects("0"), 2u);
  EXPECT_EQ(suspects("1"), 0u);

  const std::vector<TestRow> third = {pay(1, "w", "m", 1), pay(2, "h", "m", 1), pay(3, "i", "m", 1),
                                      pay(4, "x", "w", 2)};
  EXPECT_EQ(workers_of(third, with_share(asking({"m"}), "0.333333333333333333333333333333")), "w: m 0 3 -\n");
  EXPECT_EQ(workers_of(third, with_share(asking({"m"}), "0.333333333333333333333333333334")), "");
}

TEST(Scan, a_share_divides_by_customers_of_all_times_and_assets) {
  ScanRequest request = asking({"m"});
  request.between = Interval{0, 2};
  const std::vector<TestRow> rows = {pay(1, "w", "m", 1), pay(2, "h", "m", 1), pay(3, "i", "m", 1, "token"),
                                     pay(4, "x", "w", 2), pay(5, "w", "m", 1)};
  EXPECT_EQ(merchants_of({rows.begin(), rows.begin() + 4}, request), "m: 3 1 1 0.333333\n");
  EXPECT_EQ(merchants_of(rows, request), "m: 3 1 1 0.333333\n") << "w is one customer, however often";
}

TEST(Scan, excluded_and_absent_merchants_are_listed_with_zeros) {
  ScanRequest request = asking({"nobody", "b", "a"});
  request.excluded = {"a", "stranger"};
  EXPECT_EQ(merchants_of(two_and_one, request), "a: 0 0 0 0\nb: 1 1 1 1\nnobody: 0 0 0 0\n");
  EXPECT_EQ(workers_of(two_and_one, request), "w: b 1 4 -\n");
  EXPECT_EQ(merchants_of({}, asking({"m"})), "m: 0 0 0 0\n") << "an empty ledger knows nobody";
}

TEST(Scan, excluded_accounts_are_customers_but_never_workers_or_payers) {
  ScanRequest request = asking({"a"});
  request.excluded = {"v"};
  EXPECT_EQ(merchants_of(two_and_one, request), "a: 2 1 1 0.5\n");
  request.excluded = {"x"};
  EXPECT_EQ(merchants_of(two_and_one, request), "a: 2 0 0 0\n");
}

TEST(Scan, a_merchants_own_interval_wins) {
  ScanRequest request = of_rule(asking({"a", "b"}, 1), RuleName::time);
  request.between = Interval{0, 10};
  request.merchants[0].interval = Interval{10, 20};
  const std::vector<TestRow> rows = {pay(5, "v", "a", 1),  pay(5, "v", "b", 1),  pay(10, "t", "a", 1),
                                     pay(10, "t", "b", 1), pay(15, "w", "a", 1), pay(15, "w", "b", 1)};
  EXPECT_EQ(workers_of(rows, request), "v: b 1 - -\nw: a 4 - -\n") << "and 10 lies in neither: intervals are open";
}

TEST(Scan, between_bounds_the_purchase_and_not_the_reward) {
  ScanRequest request = asking({"a", "b"});
  request.between = Interval{1, 3};
  EXPECT_EQ(workers_of(two_and_one, request), "w: b 1 4 -\n");
}

TEST(Scan, each_model_has_its_evidence) {
  const std::vector<TestRow> rows = {pay(1, "m", "w", 10), pay(2, "w", "m", 10), pay(3, "m", "d", 1),
                                     pay(4, "x", "w", 12), pay(5, "d", "w", 12), pay(6, "m", "w", 12)};
  EXPECT_EQ(workers_of(rows, asking({"m"})), "w: m 1 3 -\n");
  EXPECT_EQ(workers_of(rows, of_model(asking({"m"}), Model::any)), "w: m 1 3 -\n");
  EXPECT_EQ(workers_of(rows, of_model(asking({"m"}), Model::advanced)), "w: m 1 4 2\n");
  EXPECT_EQ(workers_of(rows, of_model(asking({"m"}), Model::enhanced)), "w: m 1 5 -\n");
  EXPECT_EQ(workers_of(rows, of_model(asking({"m"}), Model::basic)), "w: m 1 - 0\n");
  ScanRequest request = asking({"m"});
  request.within = 1;
  EXPECT_EQ(workers_of(rows, request), "") << "within reaches the backend";
  request.within = 2;
  EXPECT_EQ(workers_of(rows, request), "w: m 1 3 -\n");
  request.max_gain = parse_decimal("0.19");
  EXPECT_EQ(workers_of(rows, request), "") << "and so does max_gain";
}

TEST(Scan, merchants_and_workers_stand_in_the_order_of_their_bytes) {
  // in the order of the ledger and of the question it would be z, \xff, a, B
  const std::vector<TestRow> rows = {pay(1, "z", "\xff", 1), pay(2, "\xff", "z", 1), pay(3, "a", "z", 1),
                                     pay(4, "B", "z", 1), pay(5, "B", "\xff", 1)};
  ScanRequest request = of_rule(asking({"z", "nobody", "\xff", "B"}, 1), RuleName::time);
  request.between = Interval{0, 9};
  EXPECT_EQ(merchants_of(rows, request), "B: 0 0 0 0\nnobody: 0 0 0 0\nz: 3 3 3 1\n\xff: 2 2 2 1\n");
  EXPECT_EQ(workers_of(rows, request), "B: z 3 - -, \xff 4 - -\na: z 2 - -\nz: \xff 0 - -\n\xff: z 1 - -\n");
}

TEST(Scan, phases_are_told_in_their_order) {
  std::string phases;
  const auto backend = backend_cases().front().make();
  scan(*backend, make_ledger(two_and_one), asking({"a"}),
       [&](std::string_view phase) { phases += std::string(phase) + ' '; });
  EXPECT_EQ(phases, "customers suspects workers evidence ");
}

TEST(Scan, count_all_counts_purchases_and_pairs_of_every_receiver) {
  // w buys twice at a and once at b, each before x pays 20; x's own payments are followed by nothing
  const Ledger ledger =
      make_ledger({pay(1, "w", "a", 10), pay(2, "w", "a", 10), pay(3, "w", "b", 10), pay(4, "x", "w", 20)});
  const auto count = [&](const ScanRequest& request) {
    std::optional<HitCount> first;
    for (const BackendCase& backend : backend_cases()) {
      const HitCount result = count_all(*backend.make(), ledger, request);
      if (!first) first = result;
      EXPECT_EQ(result, *first) << backend.label;
    }
    return std::pair(first->hits, first->pairs);
  };
  ScanRequest request;
  request.all_merchants = true;
  EXPECT_EQ(count(request), std::pair(std::uint64_t{3}, std::uint64_t{2}));
  request.between = Interval{1, 3};
  EXPECT_EQ(count(request), std::pair(std::uint64_t{1}, std::uint64_t{1}));
  request.between = {};
  request.excluded = {"a"};
  EXPECT_EQ(count(request), std::pair(std::uint64_t{1}, std::uint64_t{1}));
  request.excluded = {"x"};
  EXPECT_EQ(count(request), std::pair(std::uint64_t{0}, std::uint64_t{0}));
}

TEST(Scan, backends_agree_on_random_ledgers) {
  std::mt19937_64 random(20220103669);
  std::size_t found = 0;
  for (int round = 0; round < 300; ++round) {
    const Ledger ledger = make_ledger(testing::random_rows(random, random() % 60));
    const testing::RandomQuestion question = testing::random_question(random, ledger);
    ScanRequest request = testing::as_request(question, ledger);
    if (!request.merchants.empty() && random() % 2 == 0) request.quorum = 1 + random() % request.merchants.size();
    if (random() % 3 == 0) request.min_share = parse_decimal("0.5");
    found += ask(ledger, request).workers.size();
  }
  EXPECT_GT(found, 100u) << "answers without workers prove little";
}

}  // namespace
}  // namespace ringscan
