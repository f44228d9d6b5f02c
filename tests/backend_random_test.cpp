// Every backend gives the reference's answers on random ledgers full of ties, for every question of the seam, and what
// must not change an answer does not: names, order of rows, rows that have nothing to do with it, the unit of amounts.
#include <gtest/gtest.h>

#include <algorithm>

#include <map>

#include "reference/reference.hpp"
#include "tests/support.hpp"

namespace ringscan {
namespace {

using testing::BackendCase;
using testing::make_ledger;
using testing::power_of_two;
using testing::RandomQuestion;
using testing::TestRow;

// Rounds are few where sanitizers make each slow.
constexpr int rounds = 400;

class RandomLedgers : public ::testing::TestWithParam<BackendCase> {
 protected:
  // Asks everything and expects what the reference says.
  void expect_reference_answers(const Ledger& ledger, const RandomQuestion& question) {
    const LedgerView view = ledger.view();
    const auto& [rule, merchants] = question;
    const std::vector<Suspicion> suspects = reference_->find_suspects(view, rule, merchants);
    ASSERT_EQ(backend_->find_suspects(view, rule, merchants), suspects);
    ASSERT_EQ(backend_->count_customers(view, merchants), reference_->count_customers(view, merchants));
    for (const std::uint64_t quorum : {1, 2, 3})
      ASSERT_EQ(backend_->find_workers(view, suspects, quorum), reference_->find_workers(view, suspects, quorum));
    ASSERT_EQ(backend_->find_evidence(view, rule, merchants, suspects),
              reference_->find_evidence(view, rule, merchants, suspects));
    std::vector<Suspicion> some;
    for (std::size_t i = 0; i < suspects.size(); i += 2) some.push_back(suspects[i]);
    ASSERT_EQ(backend_->find_evidence(view, rule, merchants, some),
              reference_->find_evidence(view, rule, merchants, some));
    const Interval interval = {1, 20};
    ASSERT_EQ(backend_->count_hits(view, rule, interval), reference_->count_hits(view, rule, interval));
    ASSERT_EQ(backend_->count_hits(view, rule, {}), reference_->count_hits(view, rule, {}));
    found_ += suspects.size();
  }

  std::unique_ptr<Backend> backend_ = GetParam().make();
  std::unique_ptr<Backend> reference_ = make_reference({1, nullptr});
  std::size_t found_ = 0;
};

TEST_P(RandomLedgers, agree_with_the_reference) {
  std::mt19937_64 random(1);
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE(round);
    const Ledger ledger = make_ledger(testing::random_rows(random, random() % 90));
    ASSERT_NO_FATAL_FAILURE(expect_reference_answers(ledger, testing::random_question(random, ledger)));
  }
  EXPECT_GT(found_, std::size_t{rounds}) << "the random questions must find something";
}

TEST_P(RandomLedgers, agree_at_small_sizes) {
  std::mt19937_64 random(2);
  for (std::size_t size = 0; size < 14; ++size)
    for (int round = 0; round < 30; ++round) {
      SCOPED_TRACE(size);
      const Ledger ledger = make_ledger(testing::random_rows(random, size));
      ASSERT_NO_FATAL_FAILURE(expect_reference_answers(ledger, testing::random_question(random, ledger)));
    }
}

// One wallet with hundreds of receipts and purchases, few delegations: the searches that short lists never reach.
TEST_P(RandomLedgers, agree_on_hot_accounts) {
  std::mt19937_64 random(3);
  for (const Model model : {Model::any, Model::enhanced, Model::advanced, Model::basic})
    for (int round = 0; round < 6; ++round) {
      std::vector<TestRow> rows;
      for (int i = 0; i < 220; ++i) {
        const std::string other = "m" + std::to_string(random() % 5);
        const std::int64_t time = std::int64_t(random() % 300);
        const Amount amount{1 + random() % 60};
        const int kind = int(random() % 5);
        if (kind < 2)
          rows.push_back({time, "hot", other, amount});
        else if (kind < 4)
          rows.push_back({time, round % 2 == 0 ? "d" : other, "hot", amount});
        else
          rows.push_back({time, other, "d", amount});
      }
      const Ledger ledger = make_ledger(rows);
      RandomQuestion question;
      question.rule = {model,
                       round < 2 ? std::optional<std::uint64_t>() : 40,
                       round < 4 || model == Model::basic ? std::optional<Decimal>() : parse_decimal("0.3"),
                       {}};
      for (int m = 0; m < 5; ++m) question.merchants.push_back({testing::account(ledger, "m" + std::to_string(m))});
      ASSERT_NO_FATAL_FAILURE(expect_reference_answers(ledger, question));
    }
  EXPECT_GT(found_, 20u);
}

// All receivers on longer ledgers: accounts whose receipts rise, fall or repeat, so that what a wallet is known by
// grows, shrinks and is outlived, in windows from nothing to everything.
TEST_P(RandomLedgers, count_all_receivers_like_the_reference) {
  std::mt19937_64 random(5);
  const auto below = [&](std::size_t end) { return std::size_t(random() % end); };
  std::uint64_t hits = 0;
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE(round);
    const std::size_t size = 100 + below(500), accounts = 2 + below(40), times = 1 + below(2 * size);
    const int trend = round % 4;
    std::vector<TestRow> rows;
    for (std::size_t i = 0; i < size; ++i) {
      const std::int64_t time = std::int64_t(i * times / size);
      const std::size_t amount = trend == 0   ? 1 + below(1000)
                                 : trend == 1 ? 1 + i + below(20)
                                 : trend == 2 ? 1 + size - i + below(20)
                                              : 1 + below(4);
      Amount exact{amount};
      if (round % 3 == 0) exact = *add(power_of_two(70), exact);  // many share an odd code
      const std::string payer = "a" + std::to_string(below(accounts));
      const std::string payee = below(3) == 0 ? "hot" : "a" + std::to_string(below(accounts));
      rows.push_back({time, below(3) == 0 ? "hot" : payer, payee, exact, below(5) == 0 ? "b" : "native", {}});
    }
    const Ledger ledger = make_ledger(rows);
    Rule rule = testing::random_question(random, ledger).rule;
    rule.model = Model::any;
    for (const std::uint64_t within : {std::size_t{0}, std::size_t{1}, below(times + 1), times + 5}) {
      if (below(4) == 0)
        rule.within.reset();
      else
        rule.within = within;
      const Interval interval = below(2) == 0 ? Interval{} : Interval{std::int64_t(below(times)), std::int64_t(times)};
      const HitCount expected = reference_->count_hits(ledger.view(), rule, interval);
      ASSERT_EQ(backend_->count_hits(ledger.view(), rule, interval), expected);
      hits += expected.hits;
    }
  }
  EXPECT_GT(hits, 1000u);
}

// One wallet that receives thousands in every window: more than any search looks at one by one.
TEST_P(RandomLedgers, count_long_windows_like_the_reference) {
  std::mt19937_64 random(6);
  std::vector<TestRow> rows;
  for (int i = 0; i < 2600; ++i) {
    const std::string other = "a" + std::to_string(random() % 30);
    if (random() % 8 == 0)
      rows.push_back({i / 2, "hot", other, Amount{1000 + random() % 3000}, "native", {}});
    else
      rows.push_back({i / 2, other, "hot", Amount{1 + random() % (i % 5 == 0 ? 4000 : 1000)}, "native", {}});
  }
  const Ledger ledger = make_ledger(rows);
  for (const char* gain : {"0.001", "0.01", "1"})
    for (const std::optional<std::uint64_t> within :
         {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(900)}) {
      const Rule rule{Model::any, within, parse_decimal(gain), {}};
      const HitCount expected = reference_->count_hits(ledger.view(), rule, {});
      EXPECT_EQ(backend_->count_hits(ledger.view(), rule, {}), expected);
      EXPECT_GT(expected.hits, 10u);
    }
}

// Delegations with all receivers: one worker with more receipts than are looked at one by one, from few payers in long
// runs, who buys at many merchants that pay little (searched from the worker's side) and at one that pays much.
TEST_P(RandomLedgers, count_delegations_like_the_reference) {
  std::mt19937_64 random(7);
  const auto below = [&](std::size_t end) { return std::size_t(random() % end); };
  const auto one_of = [&](const char* name, std::size_t count) { return name + std::to_string(below(count)); };
  std::uint64_t hits = 0;
  for (int round = 0; round < 18; ++round) {
    SCOPED_TRACE(round);
    const std::size_t size = 250 + below(500), times = size / (1 + below(4)), payers = 1 + below(4);
    std::vector<TestRow> rows;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t kind = below(100);
      const std::string merchant = below(3) == 0 ? "m0" : one_of("m", 30);
      std::string from = one_of("m", 30), to = one_of("d", payers);
      if (kind < 50)
        from = to, to = "hot";
      else if (kind < 75)
        from = "hot", to = merchant;
      else if (kind < 93)
        from = merchant;
      else if (kind < 97)
        from = to = kind % 2 == 0 ? "hot" : merchant;
      Amount amount{1 + below(round % 2 == 0 ? 4000 : 60)};
      if (round % 3 == 0) amount = *add(power_of_two(70), amount);  // many share an odd code
      rows.push_back({std::int64_t(i * times / size), from, to, amount, below(9) == 0 ? "b" : "native", {}});
    }
    const Ledger ledger = make_ledger(rows);
    for (const char* gain : {"", "0.01", "0.3"})
      for (const std::size_t within : {std::size_t{0}, times / 8, times}) {
        Rule rule{Model::advanced, {}, {}, {}};
        if (*gain != 0) rule.max_gain = parse_decimal(gain);
        if (within != 0) rule.within = within;
        const Interval interval =
            below(3) == 0 ? Interval{std::int64_t(below(times)), std::int64_t(times)} : Interval{};
        const HitCount expected = reference_->count_hits(ledger.view(), rule, interval);
        ASSERT_EQ(backend_->count_hits(ledger.view(), rule, interval), expected);
        hits += expected.hits;
      }
  }
  EXPECT_GT(hits, 1000u);
}

// An answer by names, so that ledgers with other numbers can be compared.
std::vector<std::string> answer_by_name(Backend& backend, const std::vector<TestRow>& rows, const Rule& rule,
                                        const std::map<std::string, std::string>& names) {
  const Ledger ledger = make_ledger(rows);
  const auto original = [&](Account account) {
    const std::string name = testing::name(ledger, account);
    const auto place = names.find(name);
    return place == names.end() ? name : place->second;
  };
  std::vector<Merchant> merchants;
  for (std::uint32_t account = 0; account < ledger.accounts.size(); ++account)
    if (original(Account(account)) < "a5") merchants.push_back({Account(account)});
  std::vector<std::string> answer;
  for (const Suspicion& suspicion : backend.find_suspects(ledger.view(), rule, merchants))
    answer.push_back(original(suspicion.customer) + '@' + original(merchants[suspicion.merchant].account));
  std::ranges::sort(answer);
  return answer;
}

TEST_P(RandomLedgers, do_not_depend_on_what_is_irrelevant) {
  std::mt19937_64 random(4);
  for (int round = 0; round < rounds / 4; ++round) {
    SCOPED_TRACE(round);
    std::vector<TestRow> rows = testing::random_rows(random, 50);
    for (TestRow& row : rows) row.amount = Amount{row.amount.limbs[0] % 1000};
    Rule rule = testing::random_question(random, make_ledger({})).rule;
    rule.excluded.clear();
    const std::vector<std::string> answer = answer_by_name(*backend_, rows, rule, {});

    std::vector<TestRow> shuffled = rows;
    std::ranges::shuffle(shuffled, random);
    EXPECT_EQ(answer_by_name(*backend_, shuffled, rule, {}), answer) << "order of rows";

    std::map<std::string, std::string> original;
    std::vector<TestRow> renamed = rows;
    for (TestRow& row : renamed)
      for (std::string* name : {&row.from, &row.to}) {
        const std::string other = "0x" + std::to_string(99 - name->back()) + *name;
        original[other] = *name;
        *name = other;
      }
    EXPECT_EQ(answer_by_name(*backend_, renamed, rule, original), answer) << "names";

    std::vector<TestRow> scaled = rows;
    for (TestRow& row : scaled) row.amount = *times_power_of_ten(row.amount, 60);
    EXPECT_EQ(answer_by_name(*backend_, scaled, rule, {}), answer) << "unit of amounts";

    std::vector<TestRow> with_strangers = rows;
    for (int i = 0; i < 20; ++i) with_strangers.push_back(testing::pay(i, "z1", "z2", 5));
    EXPECT_EQ(answer_by_name(*backend_, with_strangers, rule, {}), answer) << "strangers";

    if (rule.model == Model::any && !rule.max_gain) {
      std::vector<TestRow> rewarded = rows;
      rewarded.push_back({29, "z1", "a1", Amount{100000}, rows.front().asset, {}});
      const std::vector<std::string> more = answer_by_name(*backend_, rewarded, rule, {});
      EXPECT_TRUE(std::ranges::includes(more, answer)) << "a further reward never clears anybody";
    }
  }
}

// Blocks of rows are what tasks take: sizes around one block's end.
TEST_P(RandomLedgers, agree_around_the_edge_of_a_block) {
  if (GetParam().name != "cpu") GTEST_SKIP() << "only the cpu backend has blocks of rows";
  for (const std::size_t size : {(1u << 18) - 1, 1u << 18, (1u << 18) + 1}) {
    std::vector<TestRow> rows;
    for (std::size_t i = 0; i < size; ++i) rows.push_back(testing::pay(std::int64_t(i), "filler", "filler2", 1));
    rows[size - 2] = testing::pay(std::int64_t(size - 2), "w", "m", 10);
    rows[size - 1] = testing::pay(std::int64_t(size - 1), "x", "w", 11);
    rows[0] = testing::pay(0, "v", "m", 10);
    rows[1] = testing::pay(1, "x", "v", 11);
    const Ledger ledger = make_ledger(rows);
    const std::vector<Merchant> merchants = {{testing::account(ledger, "m")}};
    const std::vector<Suspicion> suspects = backend_->find_suspects(ledger.view(), {}, merchants);
    ASSERT_EQ(suspects.size(), 2u);
    const std::vector<Evidence> evidence = backend_->find_evidence(ledger.view(), {}, merchants, suspects);
    EXPECT_EQ(evidence[0], (Evidence{0, 1, no_row}));
    EXPECT_EQ(evidence[1], (Evidence{size - 2, size - 1, no_row}));
    EXPECT_EQ(backend_->count_hits(ledger.view(), {}, {}), (HitCount{2, 2}));
  }
}

INSTANTIATE_TEST_SUITE_P(All, RandomLedgers, ::testing::ValuesIn(testing::backend_cases()), testing::case_name);

}  // namespace
}  // namespace ringscan
