// Every backend answers on a packed ledger as in memory, with indexes and without; with them, few merchants are
// answered without looking at the columns.
#include <gtest/gtest.h>

#include "cpu/cpu.hpp"
#include "detect/burst.hpp"
#include "reference/reference.hpp"
#include "tests/packed_ledgers.hpp"

namespace ringscan {
namespace {

using testing::BackendCase;
using testing::make_ledger;
using testing::RandomQuestion;
using testing::TestRow;

class PackedBackends : public ::testing::TestWithParam<BackendCase> {
 protected:
  void expect_same_answers(const Ledger& file, const Ledger& memory, const RandomQuestion& question) {
    const LedgerView found = file.view(), expected = memory.view();
    const auto& [rule, merchants] = question;
    const std::vector<Suspicion> suspects = backend_->find_suspects(expected, rule, merchants);
    ASSERT_EQ(backend_->find_suspects(found, rule, merchants), suspects);
    ASSERT_EQ(backend_->count_customers(found, merchants), backend_->count_customers(expected, merchants));
    ASSERT_EQ(backend_->find_evidence(found, rule, merchants, suspects),
              backend_->find_evidence(expected, rule, merchants, suspects));
    std::vector<Suspicion> some;
    for (std::size_t i = 0; i < suspects.size(); i += 2) some.push_back(suspects[i]);
    ASSERT_EQ(backend_->find_evidence(found, rule, merchants, some),
              backend_->find_evidence(expected, rule, merchants, some));
    ASSERT_EQ(backend_->count_hits(found, rule, {}), backend_->count_hits(expected, rule, {}));
    found_ += suspects.size();
  }

  testing::TemporaryDirectory folder_;
  std::unique_ptr<Backend> backend_ = GetParam().make();
  std::size_t found_ = 0;
};

TEST_P(PackedBackends, AnswerAsInMemory) {
  std::mt19937_64 random(1);
  for (unsigned round = 0; round < 240; ++round) {
    SCOPED_TRACE(round);
    const Ledger ledger = make_ledger(testing::rows_with_shared_codes(random, random() % 90));
    PackedOptions options;
    options.index = PackedIndex(round % 3);
    options.wide_rows = round % 2 == 0;
    const Ledger file = testing::packed(folder_, ledger, options);
    ASSERT_NO_FATAL_FAILURE(expect_same_answers(file, ledger, testing::random_question(random, ledger)));
  }
  EXPECT_GT(found_, 200u);
}

// A wallet with hundreds of receipts and purchases, for all models.
TEST_P(PackedBackends, AnswerAsInMemoryOnHotAccounts) {
  std::mt19937_64 random(2);
  for (const Model model : {Model::any, Model::enhanced, Model::advanced, Model::basic})
    for (int round = 0; round < 6; ++round) {
      std::vector<TestRow> rows;
      for (int i = 0; i < 300; ++i) {
        const std::string other = "m" + std::to_string(random() % 5), asset = random() % 4 == 0 ? "b" : "a";
        const std::int64_t time = std::int64_t(random() % 300);
        const int kind = int(random() % 5);
        const std::string payer = kind < 2 ? "hot" : kind < 4 ? (round % 2 == 0 ? "d" : other) : other;
        rows.push_back({time, payer, kind < 2 ? other : kind < 4 ? "hot" : "d", Amount{1 + random() % 60}, asset});
      }
      const Ledger ledger = make_ledger(rows);
      RandomQuestion question;
      question.rule = {model,
                       round < 2 ? std::optional<std::uint64_t>() : 40,
                       round < 4 || model == Model::basic ? std::optional<Decimal>() : parse_decimal("0.3"),
                       {}};
      for (int m = 0; m < 5; ++m) question.merchants.push_back({testing::account(ledger, "m" + std::to_string(m))});
      ASSERT_NO_FATAL_FAILURE(expect_same_answers(testing::packed(folder_, ledger), ledger, question));
    }
  EXPECT_GT(found_, 20u);
}

INSTANTIATE_TEST_SUITE_P(All, PackedBackends, ::testing::ValuesIn(testing::backend_cases()), testing::case_name);

// By the pair marks, of which others hold where an interval or a window leaves purchases out.
TEST(PackedCounts, AreThoseOfTheReference) {
  const testing::TemporaryDirectory folder;
  const std::unique_ptr<Backend> reference = make_reference({});
  std::mt19937_64 random(4);
  std::uint64_t pairs = 0;
  for (unsigned round = 0; round < 600; ++round) {
    SCOPED_TRACE(round);
    const Ledger ledger = make_ledger(testing::rows_with_shared_codes(random, random() % 200));
    PackedOptions options;
    options.index = PackedIndex::receiver;
    const Ledger file = testing::packed(folder, ledger, options);
    Rule rule = testing::random_question(random, ledger).rule;
    rule.model = Model::any;
    rule.max_gain.reset();
    if (round % 2 == 0) rule.within.reset();
    const std::int64_t first = ledger.first_time;
    const Interval some{first + std::int64_t(random() % 20), first + 10 + std::int64_t(random() % 30)};
    for (const Interval& interval : {Interval{}, some}) {
      const HitCount expected = reference->count_hits(ledger.view(), rule, interval);
      ASSERT_EQ(make_cpu({1 + round % 3})->count_hits(file.view(), rule, interval), expected);
      pairs += expected.pairs;
    }
  }
  EXPECT_GT(pairs, 3000u);
}

// Tells what a question makes a ledger look at.
class Watch final : public Guard {
 public:
  void need(const void*, std::size_t bytes) const override { looked_at += bytes; }
  void need_row(Row) const override { ++rows; }
  void need_rows() const override { all = true; }
  void need_rows(Row, Row) const override { all = true; }
  void need_wallets() const override { all = true; }
  [[noreturn]] void reject(const void*) const override { throw std::logic_error("nothing is wrong here"); }

  mutable std::atomic<std::uint64_t> looked_at = 0, rows = 0;
  mutable std::atomic<bool> all = false;
};

// A worker whose purchases are all paid back by the last of its receipts: nobody looks at the others once a purchase.
TEST(FewMerchants, FindTheRewardBehindManySmallReceipts) {
  const testing::TemporaryDirectory folder;
  std::vector<TestRow> rows;
  for (int m = 0; m < 40; ++m) rows.push_back(testing::pay(m, "worker", "m" + std::to_string(m), 50));
  for (int i = 0; i < 5000; ++i) rows.push_back(testing::pay(100 + i, "other", "worker", 1 + i % 49));
  rows.push_back(testing::pay(6000, "other", "worker", 60));
  const Ledger ledger = make_ledger(rows), file = testing::packed(folder, ledger);
  std::vector<Merchant> merchants;
  for (int m = 0; m < 40; ++m) merchants.push_back({testing::account(ledger, "m" + std::to_string(m))});
  std::ranges::sort(merchants, {}, &Merchant::account);
  BackendWork work;
  BackendOptions options{1};
  options.work = &work;
  const std::unique_ptr<Backend> cpu = make_cpu(options);
  const std::vector<Suspicion> suspects = cpu->find_suspects(file.view(), {}, merchants);
  ASSERT_EQ(suspects.size(), 40u);
  EXPECT_EQ(cpu->find_evidence(file.view(), {}, merchants, suspects),
            make_reference({})->find_evidence(ledger.view(), {}, merchants, suspects));
  EXPECT_LT(work.rows, 15'000u);
}

TEST(FewMerchants, TouchTheirOwnReceiptsAndThoseOfTheirCustomers) {
  const testing::TemporaryDirectory folder;
  std::vector<TestRow> rows;
  for (int i = 0; i < 30000; ++i)
    rows.push_back(testing::pay(i, "a" + std::to_string(i % 997), "b" + std::to_string(i % 1009), 5));
  for (int i = 0; i < 10; ++i) {
    const std::string worker = "w" + std::to_string(i);
    rows.push_back(testing::pay(100 + i, worker, "shop", 50));
    rows.push_back(testing::pay(150 + i, "shop", "boss", 60));
    rows.push_back(testing::pay(200 + i, "boss", worker, 55));
  }
  const Ledger file = testing::packed(folder, make_ledger(rows));
  const Watch watch;
  LedgerView view = file.view();
  view.guard = view.receipts_of.guard = view.payments_of.guard = view.wallets_of.guard = view.amounts.guard =
      view.plain_hits.guard = &watch;
  const std::vector<Merchant> shop = {{testing::account(file, "shop")}};
  const std::unique_ptr<Backend> cpu = make_cpu({1, nullptr});
  EXPECT_EQ(cpu->find_suspects(view, {}, shop).size(), 10u);
  EXPECT_LT(watch.looked_at, 1500u) << "bytes: of the plain rule no receipts but the merchants'";
  for (const Model model : {Model::any, Model::advanced}) {
    const Rule rule{model, 1000, parse_decimal("0.2"), {}};
    const std::vector<Suspicion> suspects = cpu->find_suspects(view, rule, shop);
    EXPECT_EQ(suspects.size(), 10u);
    EXPECT_EQ(cpu->find_evidence(view, rule, shop, suspects).size(), 10u);
  }
  EXPECT_EQ(cpu->count_customers(view, shop), std::vector<std::uint64_t>{10});
  EXPECT_EQ(find_bursts(view, std::vector<Account>{shop[0].account}),
            std::vector<std::optional<Interval>>{std::nullopt});
  EXPECT_FALSE(watch.all);
  EXPECT_EQ(watch.rows, 0u);
  EXPECT_LT(watch.looked_at, 20000u) << "bytes";
  cpu->count_hits(view, {}, {});
  EXPECT_TRUE(watch.all) << "what looks at every row says so";
}

}  // namespace
}  // namespace ringscan
