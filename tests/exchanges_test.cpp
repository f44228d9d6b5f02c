// What discover is built on: every backend collects the same exchanges and counts the same common accounts as maps and
// sets do, whatever the size of its chunks, and discover's result has the same bytes on each.
#include <gtest/gtest.h>

#include "cpu/cpu.hpp"
#include "discover/discover.hpp"
#include "reference/reference.hpp"
#include "tests/generated.hpp"
#include "tests/support.hpp"
#include "write/discover_result.hpp"

namespace ringscan {
namespace {

using testing::make_ledger;
using testing::pay;
using testing::TestRow;

// As random_rows, or more accounts of which a few are on one side of a third of the rows.
std::vector<TestRow> some_rows(std::mt19937_64& random, std::size_t size) {
  if (random() % 2 == 0) return testing::random_rows(random, size);
  const std::size_t accounts = 3 + random() % 40;
  const auto somebody = [&] { return "a" + std::to_string(random() % 3 == 0 ? random() % 3 : random() % accounts); };
  std::vector<TestRow> rows;
  for (std::size_t i = 0; i < size; ++i)
    rows.push_back(pay(std::int64_t(random() % 50), somebody(), somebody(), random() % 20,
                       random() % 8 == 0 ? "token" : "native"));
  return rows;
}

ExchangeQuestion some_question(std::mt19937_64& random, const Ledger& ledger) {
  ExchangeQuestion question{{}, std::uint32_t(random() % 3 == 0 ? 300 : 1 + random() % 12)};
  if (random() % 2 == 0)
    for (std::size_t i = 0; i < ledger.accounts.size(); ++i) question.excluded.push_back(random() % 8 == 0);
  return question;
}

CommonQuestion some_common_question(std::mt19937_64& random, const Ledger& ledger) {
  CommonQuestion question{{}, std::uint32_t(random() % 2 == 0 ? 1000 : random() % 8), {}};
  const bool bans = random() % 2 == 0;
  for (std::size_t i = 0; i < ledger.wallet_account.size(); ++i) question.banned.push_back(bans && random() % 6 == 0);
  for (std::size_t end = random() % 20; question.least_common.size() < end;)
    question.least_common.push_back(2 + std::uint32_t(random() % 4));
  return question;
}

class ExchangesOf : public ::testing::TestWithParam<testing::BackendCase> {
 protected:
  std::unique_ptr<Backend> backend_ = GetParam().make(), reference_ = make_reference({});
};

TEST_P(ExchangesOf, are_those_of_maps_and_sets) {
  std::mt19937_64 random(1);
  std::size_t pairs = 0, funded = 0, hubs = 0, dropped = 0;
  for (int round = 0; round < 400; ++round) {
    SCOPED_TRACE(round);
    const Ledger ledger = make_ledger(some_rows(random, random() % 300));
    const ExchangeQuestion question = some_question(random, ledger);
    const Exchanges exchanges = reference_->collect_exchanges(ledger.view(), question);
    ASSERT_EQ(backend_->collect_exchanges(ledger.view(), question), exchanges);
    const CommonQuestion common = some_common_question(random, ledger);
    const CommonCounts expected = reference_->count_common_accounts(exchanges, common);
    ASSERT_EQ(backend_->count_common_accounts(exchanges, common), expected);
    pairs += expected.pairs.size();
    funded += std::size_t(std::ranges::count(expected.pairs, true, &CommonAccounts::is_funded));
    hubs += std::size_t(std::ranges::count(exchanges.is_worker, 0));
    dropped += ledger.from.size() - exchanges.rows.size();
  }
  EXPECT_GT(funded, 1000u);
  EXPECT_GT(pairs, funded + 500);
  EXPECT_GT(hubs, 1000u);
  EXPECT_GT(dropped, 1000u);
}

TEST_P(ExchangesOf, an_empty_ledger_are_none) {
  const Ledger ledger = make_ledger({});
  const Exchanges none = backend_->collect_exchanges(ledger.view(), {{}, 300});
  EXPECT_EQ(none, reference_->collect_exchanges(ledger.view(), {{}, 300}));
  EXPECT_EQ(none.pairs.size(), 1u) << "the one behind the last";
  EXPECT_EQ(backend_->count_common_accounts(none, {{}, 1000, {}}), CommonCounts{});
}

// A payment of 0, one to oneself, and an account that is left out; w1 and w2 buy at m, which funds their payer d.
TEST_P(ExchangesOf, a_small_farm_are_what_a_hand_counts) {
  const Ledger ledger = make_ledger({pay(1, "w1", "m", 10), pay(2, "w2", "m", 10), pay(3, "w1", "m", 10),
                                     pay(4, "m", "d", 30), pay(5, "d", "w1", 21), pay(6, "d", "w2", 11),
                                     pay(7, "w1", "w1", 5), pay(8, "m", "w2", 0), pay(9, "x", "m", 10)});
  std::vector<bool> excluded(ledger.accounts.size());
  excluded[to_index(testing::account(ledger, "x"))] = true;
  const Exchanges found = backend_->collect_exchanges(ledger.view(), {excluded, 300});
  const auto wallet = [&](const char* name) {  // one asset: wallets are numbered as accounts
    return WalletNumber(to_index(testing::account(ledger, name)));
  };
  ASSERT_EQ(found.pairs.size(), 7u);
  const auto first = std::ranges::find(found.pairs, wallet("w1"), &Exchange::from);
  EXPECT_EQ(*first, (Exchange{wallet("w1"), wallet("m"), first->begin, 0, 2}));
  EXPECT_EQ(found.rows[first->begin], 0u);
  EXPECT_EQ(found.rows[first->begin + 1], 2u);
  EXPECT_EQ(found.payers[wallet("m")], 3u) << "the excluded one pays, too";
  EXPECT_EQ(found.is_worker[wallet("x")], 0);
  EXPECT_EQ(found.customers_begin[wallet("m") + 1] - found.customers_begin[wallet("m")], 2u);
  EXPECT_EQ(found.paid_back, std::vector<std::uint32_t>(found.payers.size()));
  EXPECT_EQ(found.activity[wallet("m")], 2u) << "d pays each of its customers";
  const CommonCounts common =
      backend_->count_common_accounts(found, {std::vector<bool>(found.payers.size()), 1000, {}});
  EXPECT_EQ(common.pairs, (std::vector<CommonAccounts>{{wallet("m"), wallet("d"), 2, true}}));
  EXPECT_EQ(common.paths, 2u);
}

std::string result_on(Backend& backend, const Ledger& ledger, std::uint32_t replicates) {
  DiscoverOptions options;
  options.pattern = Pattern::all;
  discover::Result result = find_farms(backend, ledger, options, {2});
  if (replicates > 0) result.calibration = calibrate(backend, ledger, options, replicates, {2});
  testing::TextSink sink;
  write_json(sink, ledger, options, result);
  return sink.text;
}

// On the device where there is one, and its pipelines on the host with chunks of a few paths.
TEST(Discover, has_the_same_bytes_on_every_backend) {
  for (const Difficulty difficulty : {Difficulty::easy, Difficulty::medium, Difficulty::hard}) {
    GenerateOptions options = testing::small(difficulty);
    options.accounts = 1'000, options.transactions = 8'000;
    const GeneratedLedger generated = generate_ledger(options);
    std::vector<TestRow> rows;
    for (const GeneratedRow& row : generated.rows)
      rows.push_back({row.time, generated.address(row.from), generated.address(row.to), row.amount});
    const Ledger ledger = make_ledger(rows);
    const std::string expected = result_on(*make_cpu({2}), ledger, 2);
    EXPECT_NE(expected.find("\"rank\": 1"), std::string::npos) << "nothing is told";
    for (const testing::BackendCase& one : testing::backend_cases()) {
      SCOPED_TRACE(one.label);
      EXPECT_EQ(result_on(*one.make(), ledger, 2), expected);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, ExchangesOf, ::testing::ValuesIn(testing::backend_cases()), testing::case_name);

}  // namespace
}  // namespace ringscan
