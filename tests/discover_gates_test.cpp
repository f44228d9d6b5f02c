// Small ledgers, each with one story: the farms of every model are found, and every innocent pattern is turned away by
// the gate that is meant for it.
#include <gtest/gtest.h>

#include "tests/discover_story.hpp"

namespace ringscan {
namespace {

using namespace discover;
using testing::day;
using testing::hour;
using testing::plant_farm;
using testing::Story;
using testing::with_gain;

std::vector<std::string> names(const Ledger& ledger, const std::vector<Account>& accounts) {
  std::vector<std::string> all;
  for (const Account account : accounts) all.push_back(testing::name(ledger, account));
  return all;
}

void expect_farm(const Story& story, Model model, const std::string& merchant, const std::vector<std::string>& payers,
                 std::size_t workers) {
  const Result result = story.discover();
  ASSERT_EQ(result.farms.size(), 1u);
  const Farm& farm = result.farms.front();
  const Ledger ledger = story.ledger();
  EXPECT_EQ(farm.model, model);
  EXPECT_EQ(names(ledger, farm.merchants), std::vector<std::string>{merchant});
  EXPECT_EQ(names(ledger, farm.delegations), payers);
  EXPECT_EQ(farm.workers.size(), workers);
  EXPECT_EQ(result.sweeps.size(), 0u);
}

TEST(FarmOf, the_enhanced_model_is_found) {
  Story story;
  plant_farm(story, 12, "m", "m", false);
  expect_farm(story, Model::enhanced, "m", {}, 12);
}

TEST(FarmOf, the_advanced_model_is_found) {
  Story story;
  plant_farm(story, 12, "m", "d", true);
  expect_farm(story, Model::advanced, "m", {"d"}, 12);
}

TEST(FarmOf, the_basic_model_is_found) {
  Story story;
  for (std::size_t w = 0; w < 12; ++w)
    for (int task = 0; task < 2; ++task) {
      const std::int64_t time = std::int64_t(story.below(20 * 24)) * hour;
      const std::uint64_t price = story.price();
      story.transfer(time, "m", Story::person(w), with_gain(price, 40));
      story.transfer(time + std::int64_t(1 + story.below(20)) * hour, Story::person(w), "m", price);
    }
  expect_farm(story, Model::basic, "m", {}, 12);
}

TEST(FarmOf, the_basic_model_has_accounts_that_were_given_just_the_price) {
  Story story;
  const auto give = [&](std::size_t person, std::uint64_t permille, bool gift_first) {
    const std::int64_t time = std::int64_t(story.below(20 * 24)) * hour;
    const std::uint64_t price = story.price();
    story.transfer(gift_first ? time : time + 9 * hour, "m", Story::person(person), with_gain(price, permille));
    story.transfer(time + hour, Story::person(person), "m", price);
  };
  for (std::size_t w = 0; w < 12; ++w) give(w, 40, true), give(w, 40, true);
  give(20, 0, true);
  give(21, 0, false);  // a refund
  expect_farm(story, Model::basic, "m", {}, 13);
}

TEST(FarmOf, batched_rewards_is_found_by_its_balance) {
  Story story;
  for (std::size_t w = 0; w < 12; ++w) {
    std::uint64_t spent = 0;
    const std::int64_t begin = std::int64_t(story.below(10)) * day;
    for (int task = 0; task < 3; ++task) {
      const std::uint64_t price = story.price();
      story.transfer(begin + task * day, Story::person(w), "m", price);
      spent += price;
    }
    story.transfer(begin + 3 * day, "m", Story::person(w), with_gain(spent, 50));
  }
  expect_farm(story, Model::enhanced, "m", {}, 12);
}

// Anybody's reward answers anybody's purchase; but everybody is paid as often as it bought.
TEST(FarmOf, one_price_is_found_by_its_totals) {
  Story story;
  for (std::size_t w = 0; w < 26; ++w)
    for (std::size_t task = 0; task < 1 + w % 5; ++task) {
      const std::int64_t time = std::int64_t(story.below(20 * 24)) * hour;
      story.transfer(time, Story::person(w), "m", 5000);
      story.transfer(time + 10 * hour, "m", Story::person(w), 5500 + story.below(200));
    }
  const Result result = story.discover();
  ASSERT_EQ(result.farms.size(), 1u);
  EXPECT_EQ(result.farms.front().workers.size(), 26u);
  EXPECT_GT(result.farms.front().signals.chance, 0.8);
  EXPECT_LT(result.farms.front().signals.chance_of_totals, 0.5);
}

TEST(FarmOf, several_merchants_is_one) {
  Story story;
  plant_farm(story, 12, "m", "m", false);
  plant_farm(story, 12, "n", "n", false);
  const Result result = story.discover();
  ASSERT_EQ(result.farms.size(), 1u);
  EXPECT_EQ(names(story.ledger(), result.farms.front().merchants), (std::vector<std::string>{"m", "n"}));
}

// The evaluation of (m, m), or of (m, d), by itself.
Gate gate(const Story& story, const std::string& merchant, const std::string& payer, Side side = Side::after) {
  const Ledger ledger = story.ledger();
  const DiscoverOptions options;
  const TradeGraph graph(ledger.view(), options, {}, *make_cpu({}), {});
  const auto node = [&](const std::string& name) {
    return Node(to_index(testing::account(ledger, name)));
  };  // one asset
  return Evaluator(graph, options).evaluate({{node(merchant)}, {node(payer)}}).gates[std::size_t(side)];
}

// Everybody goes without a reward at one of the merchants: the totals of all do not balance, those of each do.
TEST(FarmOf, several_merchants_that_balance_each_is_one) {
  Story story;
  for (std::size_t w = 0; w < 16; ++w)
    for (std::size_t m = 0; m < 4; ++m) {
      const std::int64_t begin = std::int64_t(story.below(20 * 24)) * hour;
      const std::string merchant = "m" + std::to_string(m);
      const std::uint64_t price = story.price();
      for (const std::int64_t later : {0, 5})  // a batched reward, or none
        story.transfer(begin + later * hour, Story::person(w), merchant, price);
      if (w % 4 != m) story.transfer(begin + 2 * day, merchant, Story::person(w), with_gain(2 * price, 50));
    }
  const Result result = story.discover();
  ASSERT_EQ(result.farms.size(), 1u);
  const Farm& farm = result.farms.front();
  EXPECT_EQ(names(story.ledger(), farm.merchants), (std::vector<std::string>{"m0", "m1", "m2", "m3"}));
  EXPECT_EQ(farm.signals.balanced, 16u);
  EXPECT_EQ(farm.workers.size(), 16u);
  for (const FarmWorker& worker : farm.workers) EXPECT_EQ(worker.evidence.size(), 9u);  // of three merchants
}

// Who waited longest was paid most, but of all the others that is not so.
TEST(FarmOf, one_late_and_generous_refund_is_no_lender) {
  Story story;
  plant_farm(story, 12, "m", "m", false);
  story.transfer(25 * day, Story::person(30), "m", 50'000);
  story.transfer(45 * day, "m", Story::person(30), with_gain(50'000, 195));
  expect_farm(story, Model::enhanced, "m", {}, 13);
}

TEST(Innocent, a_refund_of_a_failed_launch_is_a_sweep) {
  Story story;
  for (std::size_t i = 0; i < 20; ++i) {
    const std::uint64_t price = story.price();
    story.transfer(std::int64_t(story.below(10)) * day, Story::person(i), "launch", price);
    story.transfer(12 * day + std::int64_t(i) * hour / 8, "launch", Story::person(i), with_gain(price, 50));
  }
  EXPECT_EQ(gate(story, "launch", "launch"), Gate::sweep);
  const Result result = story.discover();
  EXPECT_EQ(result.farms.size(), 0u);
  ASSERT_EQ(result.sweeps.size(), 1u);  // told, as what it is
  EXPECT_EQ(result.sweeps.front().workers.size(), 20u);
}

TEST(Innocent, an_airdrop_before_the_sale_is_a_prefunded_sweep) {
  Story story;
  for (std::size_t i = 0; i < 20; ++i) {
    const std::uint64_t gift = story.price();
    story.transfer(std::int64_t(i) * hour / 4, "drop", Story::person(i), gift);
    story.transfer(day + std::int64_t(story.below(48)) * hour, Story::person(i), "drop", gift * 9 / 10);
  }
  EXPECT_EQ(gate(story, "drop", "drop", Side::before), Gate::prefunded_sweep);
  EXPECT_EQ(story.discover().farms.size(), 0u);
}

// Salaries, each some other sum, paid every week by somebody who pays many.
TEST(Innocent, a_payroll_pays_many_who_do_not_buy) {
  Story story;
  for (int week = 0; week < 8; ++week)
    for (std::size_t i = 0; i < 250; ++i)
      story.transfer(week * 7 * day + std::int64_t(i) * 60, "employer", Story::person(i), 50'000 + 100 * i);
  for (std::size_t i = 0; i < 10; ++i)
    story.transfer(10 * day, Story::person(i), "canteen", i < 4 ? 49'000 + 100 * i : 1'000);
  EXPECT_EQ(gate(story, "canteen", "employer"), Gate::wide_payer);
  EXPECT_EQ(story.discover().farms.size(), 0u);
}

// In and out in any order, now more and now less.
TEST(Innocent, an_exchange_pays_before_as_often_as_after) {
  Story story;
  for (std::size_t i = 0; i < 40; ++i)
    for (int trade = 0; trade < 3; ++trade) {
      const std::uint64_t price = story.price();
      const std::int64_t time = std::int64_t(story.below(30 * 24)) * hour,
                         later = time + std::int64_t(1 + story.below(48)) * hour;
      const bool in_first = i % 2 == 0;
      story.transfer(time, in_first ? Story::person(i) : "exchange", in_first ? "exchange" : Story::person(i), price);
      const std::uint64_t back = in_first ? with_gain(price, 20) : price * 49 / 50;
      story.transfer(later, in_first ? "exchange" : Story::person(i), in_first ? Story::person(i) : "exchange", back);
    }
  EXPECT_EQ(gate(story, "exchange", "exchange"), Gate::time_votes);
  EXPECT_EQ(story.discover().farms.size(), 0u);
}

TEST(Innocent, a_market_pays_less_as_often_as_more) {
  Story story;
  for (std::size_t i = 0; i < 40; ++i) {
    const std::uint64_t price = story.price();
    const std::int64_t time = std::int64_t(story.below(30 * 24)) * hour;
    story.transfer(time, Story::person(i), "market", price);
    story.transfer(time + day, "market", Story::person(i), i % 2 == 0 ? with_gain(price, 100) : price * 9 / 10);
  }
  EXPECT_EQ(gate(story, "market", "market"), Gate::amount_votes);
  EXPECT_EQ(story.discover().farms.size(), 0u);
}

// Most customers got back what they had paid; a few by chance a little more than for another purchase.
TEST(Innocent, a_payer_whose_payments_do_not_match_is_unexplained) {
  Story story;
  plant_farm(story, 6, "shop0", "agency", false);
  for (std::size_t i = 20; i < 40; ++i) {
    story.transfer(std::int64_t(i) * day, Story::person(i), "shop0", 1000);
    story.transfer(std::int64_t(i) * day + hour, "agency", Story::person(i), 70'000);
  }
  EXPECT_EQ(gate(story, "shop0", "agency"), Gate::unexplained);
  EXPECT_EQ(story.discover().farms.size(), 0u);
}

TEST(Innocent, a_casino_does_not_balance) {
  Story story;
  for (std::size_t i = 0; i < 30; ++i)
    for (int bet = 0; bet < 6; ++bet) {
      const std::int64_t time = std::int64_t(story.below(30 * 24)) * hour;
      const std::uint64_t stake = story.price();
      story.transfer(time, Story::person(i), "casino", stake);
      if (bet < 3) story.transfer(time + hour, "casino", Story::person(i), with_gain(stake, 100));
    }
  EXPECT_EQ(gate(story, "casino", "casino"), Gate::unbalanced);
  EXPECT_EQ(story.discover().farms.size(), 0u);
}

TEST(Innocent, arbitrage_within_a_minute_is_immediate) {
  Story story;
  for (std::size_t i = 0; i < 12; ++i)
    for (int trade = 0; trade < 3; ++trade) {
      const std::int64_t time = std::int64_t(story.below(30 * 24)) * hour;
      const std::uint64_t price = story.price();
      story.transfer(time, Story::person(i), "pool", price);
      story.transfer(time + 12, "pool", Story::person(i), with_gain(price, 10 + story.below(20)));
    }
  EXPECT_EQ(gate(story, "pool", "pool"), Gate::immediate);
  EXPECT_EQ(story.discover().farms.size(), 0u);
}

TEST(Innocent, a_lender_pays_the_more_the_later) {
  Story story;
  for (std::size_t i = 0; i < 20; ++i)
    for (int loan = 0; loan < 2; ++loan) {
      const std::int64_t days = 2 + std::int64_t(story.below(18)), time = std::int64_t(story.below(30)) * day;
      const std::uint64_t price = story.price();
      story.transfer(time, Story::person(i), "bank", price);
      story.transfer(time + days * day, "bank", Story::person(i), with_gain(price, std::uint64_t(8 * days)));
    }
  EXPECT_EQ(gate(story, "bank", "bank"), Gate::interest);
  EXPECT_EQ(story.discover().farms.size(), 0u);
}

// Somebody sends money through them, once each; the fee stays with them.
TEST(Innocent, a_forwarder_passes_through) {
  Story story;
  for (std::size_t i = 0; i < 12; ++i) {
    const std::int64_t time = std::int64_t(story.below(30 * 24)) * hour;
    const std::uint64_t price = story.price();
    story.transfer(time, "source", Story::person(i), with_gain(price, 20));
    story.transfer(time + 2 * hour, Story::person(i), "sink", price);
  }
  EXPECT_EQ(gate(story, "sink", "source", Side::before), Gate::pass_through);
  EXPECT_EQ(story.discover().farms.size(), 0u);
}

// Expenses with a lump sum on top: the shop has no part in it.
TEST(Innocent, an_employer_that_reimburses_is_not_funded_by_the_shop) {
  Story story;
  plant_farm(story, 12, "shop3", "employer", false);
  EXPECT_EQ(gate(story, "shop3", "employer"), Gate::unfunded);
  EXPECT_EQ(story.discover().farms.size(), 0u);
}

// Everything has one price, so anybody's payment answers anybody's purchase.
TEST(Innocent, what_strangers_match_as_well_is_chance) {
  Story story;
  for (std::size_t i = 0; i < 5; ++i) {
    story.transfer(std::int64_t(i) * hour, Story::person(i), "kiosk", 5000);
    story.transfer(std::int64_t(i) * hour + day, "kiosk", Story::person(i), 5250);
    story.transfer(3 * day, Story::person(i), "kiosk", 5000);
    story.transfer(4 * day, "kiosk", Story::person(i), 5250);
  }
  EXPECT_EQ(gate(story, "kiosk", "kiosk"), Gate::by_chance);
}

TEST(Excluded, accounts_take_no_part) {
  Story story;
  plant_farm(story, 12, "m", "d", true);
  for (const std::string name : {"m", "d"}) {
    DiscoverOptions options;
    options.excluded = {name};
    EXPECT_EQ(story.discover(options).farms.size(), 0u) << name;
  }
  DiscoverOptions options;
  options.excluded = {"person0", "stranger"};
  const Result result = story.discover(options);
  ASSERT_EQ(result.farms.size(), 1u);
  EXPECT_EQ(result.farms.front().workers.size(), 11u);
}

}  // namespace
}  // namespace ringscan
