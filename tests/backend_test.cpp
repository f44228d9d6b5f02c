// Every backend on ledgers worked out by hand, one per sentence of the rules. Each drawing shows time: from -> to
// amount.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support.hpp"

namespace ringscan {
namespace {

using testing::BackendCase;
using testing::make_ledger;
using testing::pay;
using testing::TestRow;

class Backends : public ::testing::TestWithParam<BackendCase> {
 protected:
  // "customer@merchant: purchase row, reward row, funding row" for every suspicion; rows count from 0, - is none.
  std::string accuse(const std::vector<TestRow>& rows, const Rule& rule, const std::vector<std::string>& merchants,
                     Interval interval = {}) {
    const Ledger ledger = make_ledger(rows);
    std::vector<Merchant> asked;
    for (const std::string& merchant : merchants) asked.push_back({testing::account(ledger, merchant), interval});
    const std::unique_ptr<Backend> backend = GetParam().make();
    const std::vector<Suspicion> suspects = backend->find_suspects(ledger.view(), rule, asked);
    const std::vector<Evidence> evidence = backend->find_evidence(ledger.view(), rule, asked, suspects);
    const auto row_text = [](Row row) { return row == no_row ? "-" : std::to_string(row); };
    std::string text;
    for (std::size_t i = 0; i < suspects.size(); ++i)
      text += testing::name(ledger, suspects[i].customer) + '@' + merchants[suspects[i].merchant] + ": " +
              row_text(evidence[i].purchase) + ' ' + row_text(evidence[i].reward) + ' ' +
              row_text(evidence[i].funding) + '\n';
    return text;
  }

  static Rule rule(Model model = Model::any) { return {model, {}, {}, {}}; }
  static Rule within(Model model, std::uint64_t time) { return {model, time, {}, {}}; }
  static Rule gaining(Model model, const char* gain) { return {model, {}, parse_decimal(gain), {}}; }
};

TEST_P(Backends, the_one_asked_for_is_the_one_that_runs) { EXPECT_EQ(GetParam().make()->name(), GetParam().name); }

TEST_P(Backends, ring_is_strict_in_time_and_amount) {
  // 1: w -> m 10   then 2: x -> w 11 pays back more, later
  EXPECT_EQ(accuse({pay(1, "w", "m", 10), pay(2, "x", "w", 11)}, rule(), {"m"}), "w@m: 0 1 -\n");
  EXPECT_EQ(accuse({pay(1, "w", "m", 10), pay(2, "x", "w", 10)}, rule(), {"m"}), "") << "equal amount";
  EXPECT_EQ(accuse({pay(1, "w", "m", 10), pay(1, "x", "w", 11)}, rule(), {"m"}), "") << "equal time";
  EXPECT_EQ(accuse({pay(2, "w", "m", 10), pay(1, "x", "w", 11)}, rule(), {"m"}), "") << "before";
  EXPECT_EQ(accuse({pay(1, "w", "m", 10), pay(2, "x", "w", 11, "token")}, rule(), {"m"}), "") << "another asset";
}

TEST_P(Backends, evidence_is_the_first_purchase_and_its_first_reward) {
  // rows: 0 has no reward above 50; 1 and 3 are purchases with rewards 4 (first after 1 above 5) and 5
  EXPECT_EQ(accuse({pay(1, "w", "m", 50), pay(2, "w", "m", 5), pay(3, "x", "w", 5), pay(4, "w", "m", 3),
                    pay(5, "y", "w", 6), pay(6, "x", "w", 40)},
                   rule(), {"m"}),
            "w@m: 1 4 -\n");
}

TEST_P(Backends, within_is_inclusive) {
  const std::vector<TestRow> rows = {pay(10, "w", "m", 5), pay(13, "x", "w", 6)};
  EXPECT_EQ(accuse(rows, within(Model::any, 3), {"m"}), "w@m: 0 1 -\n");
  EXPECT_EQ(accuse(rows, within(Model::any, 2), {"m"}), "");
  EXPECT_EQ(accuse(rows, within(Model::any, ~std::uint64_t{0}), {"m"}), "w@m: 0 1 -\n");
  EXPECT_EQ(accuse(rows, within(Model::any, 0), {"m"}), "") << "no reward is later and within 0";
}

TEST_P(Backends, max_gain_is_inclusive_and_skips_larger_rewards) {
  // 100 may gain a quarter: 126 is too much, 125 is not, though it comes later
  const std::vector<TestRow> rows = {pay(1, "w", "m", 100), pay(2, "x", "w", 126), pay(3, "x", "w", 125)};
  EXPECT_EQ(accuse(rows, gaining(Model::any, "0.25"), {"m"}), "w@m: 0 2 -\n");
  EXPECT_EQ(accuse(rows, gaining(Model::any, "0.2499999999999999999999999999999999"), {"m"}), "");
  EXPECT_EQ(accuse(rows, gaining(Model::any, "0.26"), {"m"}), "w@m: 0 1 -\n");
  EXPECT_EQ(accuse(rows, gaining(Model::any, "0"), {"m"}), "");
  EXPECT_EQ(accuse(rows, gaining(Model::any, "999999999999999999999999999999999999999999"), {"m"}), "w@m: 0 1 -\n");
}

TEST_P(Backends, max_gain_is_exact_where_order_codes_are_not) {
  const Amount price = testing::power_of_two(200);
  const auto plus = [&](std::uint64_t more) { return *add(testing::power_of_two(201), Amount{more}); };
  // twice the price is 2^201: one unit more is too much, and shares its order code with three more
  const auto ledger = [&](std::uint64_t more) {
    return std::vector<TestRow>{{1, "w", "m", price}, {2, "x", "w", plus(more)}, {3, "x", "z", plus(3)}};
  };
  EXPECT_EQ(accuse(ledger(0), gaining(Model::any, "1"), {"m"}), "w@m: 0 1 -\n");
  EXPECT_EQ(accuse(ledger(1), gaining(Model::any, "1"), {"m"}), "");
}

TEST_P(Backends, amounts_that_share_an_order_code_are_told_apart) {
  const Amount base = testing::power_of_two(200);
  const TestRow purchase{1, "w", "m", *add(base, Amount{1})};
  EXPECT_EQ(accuse({purchase, {2, "x", "w", *add(base, Amount{3})}}, rule(), {"m"}), "w@m: 0 1 -\n");
  EXPECT_EQ(accuse({purchase, {2, "x", "w", *add(base, Amount{1})}}, rule(), {"m"}), "");
  EXPECT_EQ(
      accuse({{1, "m", "w", *add(base, Amount{1})}, {2, "w", "m", *add(base, Amount{3})}}, rule(Model::basic), {"m"}),
      "");
}

TEST_P(Backends, enhanced_wants_the_merchant_itself_to_pay) {
  const std::vector<TestRow> rows = {pay(1, "w", "m", 10), pay(2, "x", "w", 99), pay(3, "m", "w", 11),
                                     pay(4, "n", "w", 12)};
  EXPECT_EQ(accuse(rows, rule(Model::enhanced), {"m", "n"}), "w@m: 0 2 -\n");
}

TEST_P(Backends, advanced_wants_a_delegation_paid_in_between) {
  const auto suspects = [&](const std::vector<TestRow>& rows) { return accuse(rows, rule(Model::advanced), {"m"}); };
  EXPECT_EQ(suspects({pay(1, "w", "m", 10), pay(2, "m", "d", 1), pay(3, "d", "w", 11)}), "w@m: 0 2 1\n");
  EXPECT_EQ(suspects({pay(1, "w", "m", 10), pay(1, "m", "d", 1), pay(3, "d", "w", 11)}), "")
      << "paid with the purchase";
  EXPECT_EQ(suspects({pay(1, "w", "m", 10), pay(3, "m", "d", 1), pay(3, "d", "w", 11)}), "") << "paid with the reward";
  EXPECT_EQ(suspects({pay(1, "w", "m", 10), pay(2, "m", "d", 1), pay(3, "x", "w", 11)}), "") << "another pays";
  EXPECT_EQ(suspects({pay(1, "w", "m", 10), pay(2, "m", "m", 1), pay(3, "m", "w", 11)}), "") << "m is no third party";
  EXPECT_EQ(suspects({pay(1, "w", "m", 10), pay(2, "m", "w", 1), pay(3, "w", "w", 11)}), "") << "nor is w";
  EXPECT_EQ(suspects({pay(1, "w", "m", 10), pay(2, "m", "d", 1, "token"), pay(3, "d", "w", 11)}), "")
      << "another asset";
}

TEST_P(Backends, advanced_takes_the_first_reward_over_all_delegations) {
  // e rewards first (row 5), though d was paid first; the first payment to e after the purchase is row 3
  EXPECT_EQ(accuse({pay(1, "m", "e", 7), pay(2, "w", "m", 10), pay(3, "m", "d", 1), pay(4, "m", "e", 1),
                    pay(5, "m", "e", 1), pay(6, "e", "w", 11), pay(7, "d", "w", 12)},
                   rule(Model::advanced), {"m"}),
            "w@m: 1 5 3\n");
}

TEST_P(Backends, basic_wants_the_merchant_to_have_funded_the_purchase) {
  const auto suspects = [&](const std::vector<TestRow>& rows, Rule asked) { return accuse(rows, asked, {"m"}); };
  EXPECT_EQ(suspects({pay(1, "m", "w", 10), pay(2, "w", "m", 10)}, rule(Model::basic)), "w@m: 1 - 0\n");
  EXPECT_EQ(suspects({pay(1, "m", "w", 9), pay(2, "w", "m", 10)}, rule(Model::basic)), "");
  EXPECT_EQ(suspects({pay(2, "m", "w", 10), pay(2, "w", "m", 10)}, rule(Model::basic)), "");
  EXPECT_EQ(suspects({pay(1, "m", "w", 10), pay(4, "w", "m", 10)}, within(Model::basic, 3)), "w@m: 1 - 0\n");
  EXPECT_EQ(suspects({pay(1, "m", "w", 10), pay(4, "w", "m", 10)}, within(Model::basic, 2)), "");
  EXPECT_EQ(suspects({pay(1, "m", "w", 10), pay(3, "m", "w", 10), pay(4, "w", "m", 10)}, within(Model::basic, 2)),
            "w@m: 2 - 1\n");
}

TEST_P(Backends, basic_keeps_nothing_apart_from_zero) {
  EXPECT_EQ(accuse({pay(2, "w", "m", 0)}, rule(Model::basic), {"m"}), "") << "received nothing";
  EXPECT_EQ(accuse({pay(1, "m", "w", 0), pay(2, "w", "m", 0)}, rule(Model::basic), {"m"}), "w@m: 1 - 0\n");
}

TEST_P(Backends, an_interval_is_open_and_bounds_the_purchase_alone) {
  const std::vector<TestRow> rows = {pay(5, "w", "m", 1), pay(9, "x", "w", 2)};
  EXPECT_EQ(accuse(rows, rule(), {"m"}, {4, 6}), "w@m: 0 1 -\n");
  EXPECT_EQ(accuse(rows, rule(), {"m"}, {5, 9}), "");
  EXPECT_EQ(accuse(rows, rule(), {"m"}, {4, 5}), "");
  EXPECT_EQ(accuse(rows, rule(Model::purchase_only), {"m"}, {4, 6}), "w@m: 0 - -\n");
}

TEST_P(Backends, excluded_accounts_neither_buy_nor_pay) {
  const std::vector<TestRow> rows = {pay(1, "w", "m", 1), pay(2, "hub", "w", 9), pay(3, "x", "w", 5),
                                     pay(4, "v", "m", 1), pay(5, "hub", "v", 9)};
  const Ledger ledger = make_ledger(rows);
  Rule asked = rule();
  asked.excluded.assign(ledger.accounts.size(), false);
  asked.excluded[to_index(testing::account(ledger, "hub"))] = true;
  EXPECT_EQ(accuse(rows, asked, {"m"}), "w@m: 0 2 -\n");
  asked.excluded[to_index(testing::account(ledger, "w"))] = true;
  EXPECT_EQ(accuse(rows, asked, {"m"}), "");
}

TEST_P(Backends, wallets_of_one_account_are_one_suspect) {
  // w buys in token first; the earliest purchase over both assets is the evidence
  EXPECT_EQ(
      accuse({pay(1, "w", "m", 4, "token"), pay(2, "w", "m", 5), pay(3, "x", "w", 6), pay(4, "x", "w", 5, "token")},
             rule(), {"m"}),
      "w@m: 0 3 -\n");
}

TEST_P(Backends, customers_are_counted_over_all_assets) {
  const Ledger ledger =
      make_ledger({pay(1, "a", "m", 1), pay(2, "a", "m", 1, "token"), pay(3, "b", "m", 1), pay(4, "a", "n", 1)});
  const std::vector<Merchant> merchants = {
      {testing::account(ledger, "n")}, {testing::account(ledger, "m")}, {testing::account(ledger, "a")}};
  EXPECT_EQ(GetParam().make()->count_customers(ledger.view(), merchants), (std::vector<std::uint64_t>{1, 2, 0}));
}

TEST_P(Backends, workers_are_suspects_at_quorum_merchants) {
  const Ledger ledger = make_ledger({pay(1, "a", "b", 1), pay(1, "c", "d", 1)});
  const std::vector<Suspicion> suspects = {
      {0, Account{1}}, {0, Account{3}}, {1, Account{1}}, {2, Account{1}}, {2, Account{2}}};
  const auto workers = [&](std::uint64_t quorum) {
    return GetParam().make()->find_workers(ledger.view(), suspects, quorum).size();
  };
  EXPECT_EQ(workers(1), 3u);
  EXPECT_EQ(workers(3), 1u);
  EXPECT_EQ(workers(4), 0u);
  EXPECT_EQ(GetParam().make()->find_workers(ledger.view(), suspects, 2), std::vector<Account>{Account{1}});
}

INSTANTIATE_TEST_SUITE_P(All, Backends, ::testing::ValuesIn(testing::backend_cases()), testing::case_name);

}  // namespace
}  // namespace ringscan
