// detect/verify: it accepts the true answer of every backend, for each rule and model, and refuses every answer that
// was made wrong here on purpose, for the reason that it is wrong.
#include "detect/verify.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/support.hpp"

namespace ringscan {
namespace {

using testing::backend_cases;
using testing::BackendCase;
using testing::make_ledger;
using testing::pay;
using testing::TestRow;

// Every model accuses w at m: purchase 1 or 2; rewards 6 (any), 7 (advanced), 8 (enhanced); funding 5 (advanced), 0
// (basic).
const std::vector<TestRow> rows = {
    pay(1, "m", "w", 10),            // 0
    pay(2, "w", "m", 10),            // 1  the purchase
    pay(3, "h", "m", 10),            // 2  h is honest
    pay(4, "x", "h", 10),            // 3  no more than h spent
    pay(4, "x", "w", 9),             // 4
    pay(5, "m", "d", 1),             // 5
    pay(6, "x", "w", 12),            // 6
    pay(7, "d", "w", 12),            // 7
    pay(8, "m", "w", 12),            // 8
    pay(90, "x", "w", 12),           // 9  late
    pay(91, "x", "w", 99),           // 10 much
    pay(92, "hub", "w", 12),         // 11 excluded below
    pay(93, "x", "w", 12, "token"),  // 12
    pay(94, "w", "w", 12),           // 13
    pay(95, "m", "w", 9),            // 14
    pay(96, "w", "m", 10),           // 15
};

ScanRequest asking(std::optional<Model> model) {
  ScanRequest request;
  request.merchants = {{"m", {}}};
  request.model = model;
  request.excluded = {"hub"};
  if (!model) request.rule = RuleName::time, request.between = Interval{1, 3};
  return request;
}

const std::optional<Model> purchases_alone;  // rule time
const std::vector<std::optional<Model>> all_models = {Model::any, Model::enhanced, Model::advanced, Model::basic,
                                                      purchases_alone};

std::unique_ptr<Backend> reference() { return choose_backend("reference", {}).backend; }

using Change = std::function<void(ScanResult&)>;

// What verify says against the true answer after `change`; "" if it accepts.
std::string objection(const ScanRequest& request, const Change& change,
                      const std::vector<TestRow>& ledger_rows = rows) {
  const Ledger ledger = make_ledger(ledger_rows);
  ScanResult result = scan(*choose_backend("cpu", {}).backend, ledger, request);
  change(result);
  try {
    verify(ledger, request, result, *reference());
    return "";
  } catch (const WrongAnswer& wrong) {
    return wrong.what();
  }
}

Change evidence(std::function<void(Evidence&)> change) {
  return [change](ScanResult& result) { change(result.workers.at(0).merchants.at(0).evidence); };
}
Change purchase(Row row) {
  return evidence([=](Evidence& found) { found.purchase = row; });
}
Change reward(Row row) {
  return evidence([=](Evidence& found) { found.reward = row; });
}
Change funding(Row row) {
  return evidence([=](Evidence& found) { found.funding = row; });
}

void expect_refused(const ScanRequest& request, const Change& change, std::string_view because) {
  const std::string said = objection(request, change);
  EXPECT_NE(said.find(because), std::string::npos) << "said \"" << said << "\", not " << because;
}

TEST(Verify, accepts_the_true_answer_of_every_backend_for_every_model) {
  const Ledger ledger = make_ledger(rows);
  for (const std::optional<Model> model : all_models)
    for (const BackendCase& backend : backend_cases()) {
      const ScanResult result = scan(*backend.make(), ledger, asking(model));
      ASSERT_EQ(result.workers.size(), 1u) << "or this proves nothing";
      const std::vector<std::string> said = verify(ledger, asking(model), result, *reference());
      ASSERT_EQ(said.size(), 3u);
      const int rows_checked = !model ? 1 : *model == Model::advanced ? 3 : 2;
      EXPECT_EQ(said[0], std::to_string(rows_checked) + " evidence transactions satisfy the rule on exact amounts");
      EXPECT_EQ(said[2], "the reference gives the same result");
    }
}

TEST(Verify, accepts_true_answers_with_every_refinement) {
  ScanRequest request = asking(Model::any);
  request.within = 4;
  request.max_gain = parse_decimal("0.2");
  request.min_share = parse_decimal("0.4");
  request.quorum = 1;
  request.merchants = {{"m", Interval{1, 3}}, {"nobody", {}}};
  EXPECT_EQ(objection(request, [](ScanResult& result) { ASSERT_EQ(result.workers.size(), 1u); }), "");
}

TEST(Verify, refuses_an_invented_worker_for_every_model) {
  const Account h = testing::account(make_ledger(rows), "h");
  for (const std::optional<Model> model : all_models) {
    expect_refused(
        asking(model),
        [&](ScanResult& result) {
          result.workers.insert(result.workers.begin(), WorkerResult{h, result.workers[0].merchants});
          ++result.merchants[0].workers;
        },
        "worker h at merchant m: the purchase is not the worker's");
    if (model)  // with h's own purchase, and the reward or funding of w
      expect_refused(
          asking(model),
          [&](ScanResult& result) {
            result.workers[0].account = h;
            result.workers[0].merchants[0].evidence.purchase = 2;
          },
          *model == Model::basic ? "does not fund the worker" : "the reward is not the worker's");
  }
}

TEST(Verify, refuses_a_wrong_purchase_for_every_model) {
  for (const std::optional<Model> model : all_models) {
    expect_refused(asking(model), purchase(2), "the purchase is not the worker's at the merchant");
    expect_refused(asking(model), purchase(13), "the purchase is not the worker's at the merchant");
    expect_refused(asking(model), purchase(no_row), "the purchase is no transaction of the ledger");
    expect_refused(asking(model), purchase(rows.size()), "the purchase is no transaction of the ledger");
  }
  expect_refused(asking(Model::any), purchase(15), "the reward is not later");
  expect_refused(asking(purchases_alone), purchase(15), "outside its interval");
  ScanRequest own = asking(Model::any);
  own.merchants[0].interval = Interval{1, 90};
  expect_refused(own, purchase(15), "outside its interval");
}

TEST(Verify, refuses_a_wrong_reward_for_every_model_that_has_one) {
  for (const Model model : {Model::any, Model::enhanced, Model::advanced}) {
    expect_refused(asking(model), reward(4), "not larger");
    expect_refused(asking(model), reward(14), "not larger");
    expect_refused(asking(model), reward(3), "not the worker's");
    expect_refused(asking(model), reward(12), "of another asset");
    expect_refused(asking(model), reward(11), "an excluded account pays");
    expect_refused(asking(model), reward(no_row), "the reward is missing");
    expect_refused(
        asking(model),
        [](ScanResult& result) {
          result.workers[0].merchants[0].evidence = {15, 10, no_row};
        },
        model == Model::advanced ? "the funding is missing" : "not later");
    ScanRequest bounded = asking(model);
    bounded.within = 6;
    expect_refused(bounded, reward(9), "too late");
    bounded = asking(model);
    bounded.max_gain = parse_decimal("0.2");
    expect_refused(bounded, reward(10), "gains too much");
  }
  expect_refused(asking(Model::enhanced), reward(9), "the merchant does not pay");
  expect_refused(asking(Model::advanced), reward(9), "does not fund the delegation");
  expect_refused(asking(Model::basic), reward(8), "not of this model");
  expect_refused(asking(purchases_alone), reward(8), "not of this model");
}

TEST(Verify, refuses_a_wrong_funding) {
  expect_refused(asking(Model::any), funding(5), "the funding is missing, or not of this model");
  expect_refused(asking(Model::enhanced), funding(5), "not of this model");
  expect_refused(asking(purchases_alone), funding(0), "not of this model");
  expect_refused(asking(Model::advanced), funding(no_row), "the funding is missing");
  expect_refused(asking(Model::advanced), funding(6), "does not fund the delegation");
  expect_refused(asking(Model::basic), funding(no_row), "the funding is missing");
  expect_refused(asking(Model::basic), funding(6), "does not fund the worker");
  expect_refused(asking(Model::basic), funding(8), "later or smaller");

  ScanRequest recent = asking(Model::basic);
  recent.within = 1;
  const auto with = [](const ScanRequest& request, std::vector<TestRow> more, Evidence found) {
    std::vector<TestRow> ledger_rows = {pay(0, "m", "w", 50)};
    ledger_rows.insert(ledger_rows.end(), more.begin(), more.end());
    return objection(request, evidence([=](Evidence& evidence) { evidence = found; }), ledger_rows);
  };
  const std::vector<TestRow> funded = {pay(1, "m", "w", 9), pay(1, "m", "w", 10), pay(2, "m", "w", 10),
                                       pay(2, "w", "m", 10)};
  EXPECT_NE(with(recent, funded, {4, no_row, 0}).find("too old"), std::string::npos);
  EXPECT_NE(with(recent, funded, {4, no_row, 1}).find("later or smaller"), std::string::npos);
  EXPECT_NE(with(recent, funded, {4, no_row, 3}).find("later or smaller"), std::string::npos);
  EXPECT_EQ(with(recent, funded, {4, no_row, 2}), "");
  // d is paid with the purchase, in between, and with the reward; and the merchant and the worker are no third party
  const std::vector<TestRow> delegated = {pay(1, "m", "d", 1), pay(1, "w", "m", 10), pay(2, "m", "d", 1),
                                          pay(2, "m", "m", 1), pay(2, "m", "w", 1),  pay(3, "d", "w", 11),
                                          pay(3, "m", "d", 1), pay(3, "m", "w", 11), pay(3, "w", "w", 11)};
  const auto advanced = [&](Row r2, Row r3) { return with(asking(Model::advanced), delegated, {2, r2, r3}); };
  EXPECT_EQ(advanced(6, 3), "");
  EXPECT_NE(advanced(6, 1).find("between purchase and reward"), std::string::npos);
  EXPECT_NE(advanced(6, 7).find("between purchase and reward"), std::string::npos);
  EXPECT_NE(advanced(8, 4).find("no third party"), std::string::npos);
  EXPECT_NE(advanced(9, 5).find("no third party"), std::string::npos);
}

TEST(Verify, refuses_wrong_counts_of_a_merchant) {
  const auto merchant = [](std::function<void(MerchantResult&)> change) {
    return [change](ScanResult& result) { change(result.merchants.at(0)); };
  };
  for (const std::optional<Model> model : all_models) {
    expect_refused(asking(model), merchant([](auto& m) { ++m.workers; }), "its workers are miscounted");
    expect_refused(asking(model), merchant([](auto& m) { m.workers = 0; }), "its workers are miscounted");
    expect_refused(asking(model), merchant([](auto& m) { m.suspects = 0; }), "its suspects are miscounted");
    expect_refused(asking(model), merchant([](auto& m) { m.customers = 0; }), "its customers are miscounted");
    expect_refused(asking(model), merchant([](auto& m) { ++m.customers; }), "its customers are miscounted");
    expect_refused(asking(model), merchant([](auto& m) { m.share *= 2; }), "its share is miscalculated");
  }
}

TEST(Verify, the_second_count_misses_what_is_left_out) {
  for (const std::optional<Model> model : all_models) {
    expect_refused(
        asking(model),
        [](ScanResult& result) {
          result.workers.clear();
          result.merchants[0].suspects = result.merchants[0].workers = 0;
          result.merchants[0].share = 0;
        },
        "its suspects are miscounted");
    expect_refused(
        asking(model), [](ScanResult& result) { result.workers.clear(); }, "a worker that the answer leaves out");
  }
}

TEST(Verify, the_reference_refuses_evidence_that_is_not_the_first) {
  expect_refused(asking(Model::any), reward(9), "the reference gives another result");
}

TEST(Verify, refuses_who_may_not_be_accused) {
  const Ledger ledger = make_ledger(rows);
  const ScanResult result = scan(*reference(), ledger, asking(Model::any));
  const auto said = [&](const ScanRequest& request) -> std::string {
    try {
      verify(ledger, request, result, *reference());
      return "";
    } catch (const WrongAnswer& wrong) {
      return wrong.what();
    }
  };
  for (const char* excluded : {"w", "m"}) {
    ScanRequest request = asking(Model::any);
    request.excluded = {excluded};
    EXPECT_NE(said(request).find("an excluded account is accused"), std::string::npos) << said(request);
  }
  ScanRequest request = asking(Model::any);
  request.merchants = {{"n", {}}};
  EXPECT_NE(said(request).find("nobody asked about this merchant"), std::string::npos) << said(request);
}

// One purchase, its reward, and payments that concern nobody.
Ledger large_ledger(std::size_t size) {
  std::vector<TestRow> many = {pay(0, "w", "m", 1), pay(1, "x", "w", 2)};
  while (many.size() < size) many.push_back(pay(2, "y", "z", 1));
  return make_ledger(many);
}

TEST(Verify, says_where_the_reference_was_not_run) {
  ScanRequest request;
  request.merchants = {{"m", {}}};
  const auto said = [&](const Ledger& ledger) {
    const ScanResult result = scan(*choose_backend("cpu", {}).backend, ledger, request);
    EXPECT_EQ(result.workers.size(), 1u);
    return verify(ledger, request, result, *reference()).back();
  };
  EXPECT_EQ(said(large_ledger(100'000)), "the reference gives the same result");
  const Ledger larger = large_ledger(100'001);
  EXPECT_EQ(said(larger), "the reference was not run: merchants * transactions^2 exceeds 10^10");
  ScanResult incomplete = scan(*choose_backend("cpu", {}).backend, larger, request);
  incomplete.workers.clear();
  EXPECT_THROW(verify(larger, request, incomplete, *reference()), WrongAnswer) << "complete without the reference too";
  ScanResult wrong = scan(*choose_backend("cpu", {}).backend, larger, request);
  wrong.workers[0].merchants[0].evidence.reward = 2;
  EXPECT_THROW(verify(larger, request, wrong, *reference()), WrongAnswer) << "evidence is checked nevertheless";

  ScanRequest all;
  all.all_merchants = true;
  EXPECT_EQ(verify(larger, all, HitCount{1, 1}, *reference()).back(),
            "the reference was not run: merchants * transactions^2 exceeds 10^10");
}

TEST(Verify, counts_are_held_against_the_reference) {
  ScanRequest all;
  all.all_merchants = true;
  const Ledger ledger = make_ledger({pay(1, "w", "a", 10), pay(2, "w", "a", 10), pay(3, "x", "w", 20)});
  EXPECT_EQ(verify(ledger, all, HitCount{2, 1}, *reference()),
            std::vector<std::string>{"the reference gives the same counts"});
  EXPECT_THROW(verify(ledger, all, HitCount{2, 2}, *reference()), WrongAnswer);
  EXPECT_THROW(verify(ledger, all, HitCount{1, 1}, *reference()), WrongAnswer);
}

}  // namespace
}  // namespace ringscan
