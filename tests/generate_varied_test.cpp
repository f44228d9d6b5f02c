// Ledgers with a difficulty: what truth says of their farms stands in the rows and follows from the models, traits are
// those that were asked for, every story is told, and sizes are as asked for.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "generate/farm_profile.hpp"
#include "generate/stories.hpp"
#include "io/errors.hpp"
#include "tests/generated.hpp"

namespace ringscan::testing {
namespace {

struct Paid {  // one task
  Step purchase;
  std::vector<Step> before, after;  // fund and reward steps, in the order of the truth
};

std::map<std::uint32_t, Paid> tasks_of(const Farm& farm) {
  std::map<std::uint32_t, Paid> tasks;
  for (const Step& step : farm.steps) {
    Paid& task = tasks[step.task];
    if (step.kind == StepKind::purchase) task.purchase = step;
    if (step.kind == StepKind::fund) task.before.push_back(step);
    if (step.kind == StepKind::reward) task.after.push_back(step);
  }
  return tasks;
}

Amount sum_of(const std::vector<Step>& steps) {
  Amount sum;
  for (const Step& step : steps) sum = *add(sum, step.amount);
  return sum;
}

bool holds(const std::vector<AccountNumber>& accounts, AccountNumber account) {
  return std::ranges::find(accounts, account) != accounts.end();
}

// The steps that bring the worker its money, which has to be the price at least.
const std::vector<Step>& money_of(const Farm& farm, const Paid& task) {
  return farm.model == FarmModel::basic ? task.before : task.after;
}

void expect_model(const Farm& farm, const Paid& task) {
  const Step& purchase = task.purchase;
  const AccountNumber worker = purchase.from, merchant = purchase.to;
  EXPECT_TRUE(holds(farm.workers, worker) && holds(farm.merchants, merchant));
  const std::vector<Step>& money = money_of(farm, task);
  if (money.empty()) {
    EXPECT_TRUE(farm.traits.unpaid);
    return;
  }
  const auto longest = std::int64_t{farm.traits.longest_hours} * 3'600;
  for (const Step& step : money) {
    const bool first = farm.model == FarmModel::basic;
    EXPECT_EQ(step.to, worker);
    EXPECT_TRUE(first ? step.time < purchase.time : step.time > purchase.time);
    EXPECT_LE(std::abs(step.time - purchase.time), std::max<std::int64_t>(longest, 3'600 + longest / 2));
    if (farm.model == FarmModel::advanced)
      EXPECT_TRUE(holds(farm.delegations, step.from));
    else
      EXPECT_EQ(step.from, merchant);
  }
  EXPECT_GE(sum_of(money), purchase.amount);
  EXPECT_TRUE(farm.model == FarmModel::basic || sum_of(money) > purchase.amount);
  if (farm.model != FarmModel::advanced) return;
  ASSERT_EQ(task.before.size(), 1U);
  const Step& funding = task.before.front();
  EXPECT_TRUE(funding.from == merchant && funding.to == money.front().from);
  EXPECT_TRUE(farm.traits.prefunded ? funding.time < purchase.time
                                    : purchase.time < funding.time && funding.time < money.front().time);
}

TEST(Varied, FarmsAreInTheRowsAndOfTheirModel) {
  for (const Difficulty difficulty : {Difficulty::easy, Difficulty::medium, Difficulty::hard}) {
    const GeneratedLedger ledger = generate_ledger(small(difficulty));
    std::map<TransactionKey, const GeneratedRow*> row_of;
    for (const GeneratedRow& row : ledger.rows) EXPECT_TRUE(row_of.emplace(row.key, &row).second);
    std::set<AccountNumber> workers;
    EXPECT_EQ(ledger.farms.size(), 3U * small(difficulty).farms);
    for (const Farm& farm : ledger.farms) {
      for (const Step& step : farm.steps) {
        ASSERT_TRUE(step.transaction && row_of.contains(*step.transaction));
        const GeneratedRow& row = *row_of[*step.transaction];
        EXPECT_TRUE(row.from == step.from && row.to == step.to && row.time == step.time && row.amount == step.amount);
      }
      for (const auto& [number, task] : tasks_of(farm)) expect_model(farm, task);
      for (const AccountNumber worker : farm.workers) EXPECT_TRUE(workers.insert(worker).second);
      EXPECT_EQ(farm.delegations.empty(), farm.model != FarmModel::advanced);
    }
  }
}

TEST(Varied, FarmsAreOfTheSizesOfTheirDifficulty) {
  for (const Difficulty difficulty : {Difficulty::easy, Difficulty::medium, Difficulty::hard}) {
    const GeneratedLedger ledger = generate_ledger(small(difficulty));
    const FarmProfile profile = farm_profile(difficulty);
    const auto within = [](std::size_t size, Range range) { return size >= range.first && size <= range.last; };
    for (const Farm& farm : ledger.farms) {
      EXPECT_TRUE(within(farm.workers.size(), profile.workers) && within(farm.merchants.size(), profile.merchants));
      EXPECT_TRUE(farm.traits.exchange || farm.model != FarmModel::advanced ||
                  within(farm.delegations.size(), profile.delegations));
      std::uint64_t sales = 0;
      for (const GeneratedRow& row : ledger.rows) sales += holds(farm.merchants, row.to) ? 1 : 0;
      const std::uint64_t fake = tasks_of(farm).size();
      EXPECT_NEAR(100. * static_cast<double>(fake) / static_cast<double>(sales), farm.traits.fake_percent, 1.5);
    }
  }
}

using Shows = std::function<bool(const Farm&)>;

template <class Predicate>
Shows some_task(Predicate shows) {
  return [=](const Farm& farm) {
    return std::ranges::any_of(tasks_of(farm), [&](const auto& task) { return shows(farm, task.second); });
  };
}

bool one_payment_rewards_several(const Farm& farm) {
  std::map<TransactionKey, std::set<std::uint32_t>> tasks;
  for (const Step& step : farm.steps)
    if (step.kind == (farm.model == FarmModel::basic ? StepKind::fund : StepKind::reward))
      tasks[*step.transaction].insert(step.task);
  return std::ranges::any_of(tasks, [](const auto& rewarded) { return rewarded.second.size() > 1; });
}

bool all_rewards_follow_all_purchases(const Farm& farm) {
  std::int64_t last_purchase = 0, first_reward = std::numeric_limits<std::int64_t>::max();
  for (const Step& step : farm.steps) {
    if (step.kind == StepKind::purchase) last_purchase = std::max(last_purchase, step.time);
    if (step.kind == StepKind::reward) first_reward = std::min(first_reward, step.time);
  }
  return last_purchase < first_reward;
}

// Each trait, always and never.
TEST(Varied, TraitsAreThoseThatWereAskedFor) {
  struct Case {
    std::string trait;
    bool FarmTraits::*says;
    Shows shows;
    std::set<FarmModel> models;
  };
  const std::set<FarmModel> all = {FarmModel::basic, FarmModel::enhanced, FarmModel::advanced};
  const std::vector<Case> cases = {
      {"split", &FarmTraits::split,
       some_task([](const Farm& farm, const Paid& task) { return money_of(farm, task).size() > 1; }), all},
      {"batched", &FarmTraits::batched, one_payment_rewards_several, all},
      {"unpaid", &FarmTraits::unpaid,
       some_task([](const Farm& farm, const Paid& task) { return money_of(farm, task).empty(); }), all},
      {"prefunded",
       &FarmTraits::prefunded,
       some_task([](const Farm&, const Paid& task) {
         return !task.before.empty() && task.before[0].time < task.purchase.time;
       }),
       {FarmModel::advanced}},
      {"swept", &FarmTraits::swept, all_rewards_follow_all_purchases, {FarmModel::enhanced, FarmModel::advanced}}};
  for (const Case& one : cases)
    for (const bool asked : {true, false}) {
      GenerateOptions options = small(Difficulty::easy);
      options.transactions = 0;
      change_profile(options.profile, "workers=20,tasks=3-5,delay=48," + one.trait + (asked ? "=100" : "=0"));
      for (const Farm& farm : generate_ledger(options).farms) {
        if (!one.models.contains(farm.model)) continue;
        EXPECT_EQ(farm.traits.*one.says, asked) << one.trait << " " << name(farm.model);
        EXPECT_EQ(one.shows(farm), asked) << one.trait << " " << name(farm.model);
      }
    }
}

TEST(Varied, TraitsOfTheWholeFarm) {
  GenerateOptions options = small(Difficulty::easy);
  options.transactions = 0;
  options.models = {FarmModel::advanced};
  options.farms = 3;
  const auto farms_with = [&](const char* traits) {
    options.profile = farm_profile(Difficulty::easy);
    change_profile(options.profile, traits);
    return generate_ledger(options);
  };
  const GeneratedLedger exchange = farms_with("exchange=100");
  for (const Farm& farm : exchange.farms) {
    ASSERT_TRUE(farm.traits.exchange && farm.delegations.size() == 1);
    const auto actor = std::ranges::find(exchange.actors, farm.delegations[0], &Actor::account);
    ASSERT_NE(actor, exchange.actors.end());
    EXPECT_EQ(actor->story, "exchanges");
  }
  const GeneratedLedger shared = farms_with("shared=100,delegations=2");
  EXPECT_FALSE(shared.farms[0].traits.shared_delegation);
  for (const std::size_t farm : {1U, 2U}) {
    EXPECT_TRUE(shared.farms[farm].traits.shared_delegation);
    EXPECT_TRUE(holds(shared.farms[0].delegations, shared.farms[farm].delegations[0]));
  }
  const GeneratedLedger payroll = farms_with("payroll=100");
  for (const Farm& farm : payroll.farms) {
    std::map<AccountNumber, int> payments;  // of the delegations to others than workers
    for (const GeneratedRow& row : payroll.rows)
      if (holds(farm.delegations, row.from) && !holds(farm.workers, row.to)) ++payments[row.to];
    EXPECT_GE(payments.size(), 10U);
    EXPECT_TRUE(std::ranges::all_of(payments, [](const auto& employee) { return employee.second >= 8; }));
  }
  const GeneratedLedger drip = farms_with("drip=100,campaign=6");
  for (const Farm& farm : drip.farms) EXPECT_EQ(farm.traits.campaign_days, 18U);
}

TEST(Varied, EveryStoryIsTold) {
  const GeneratedLedger ledger = generate_ledger(small(Difficulty::hard));
  std::set<std::string_view> expected, told;
  for (const Story& story : stories()) expected.insert(story.name);
  for (const Actor& actor : ledger.actors) {
    told.insert(actor.story);
    EXPECT_LT(actor.account, ledger.account_count);
  }
  expected.erase("friends");  // nobody is more than a friend there
  EXPECT_EQ(told, expected);
}

// A part that only one story has shows how much of it there is.
TEST(Varied, AStoryCanBeEmphasised) {
  const auto rows_of_airdrops = [](const char* emphasised) {
    GenerateOptions options = small(Difficulty::hard);
    options.farms = 0;
    options.emphasised_story = emphasised;
    const GeneratedLedger ledger = generate_ledger(options);
    EXPECT_EQ(ledger.rows.size(), options.transactions);
    std::set<AccountNumber> payers;
    for (const Actor& actor : ledger.actors)
      if (actor.story == "airdrops") payers.insert(actor.account);
    return std::ranges::count_if(ledger.rows, [&](const GeneratedRow& row) { return payers.contains(row.from); });
  };
  EXPECT_NEAR(static_cast<double>(rows_of_airdrops("")), 20'000 * .03, 30);
  EXPECT_NEAR(static_cast<double>(rows_of_airdrops("airdrops")), 20'000 * .53 / 1.5, 100);
}

TEST(Varied, HasAsManyRowsAsAskedFor) {
  GenerateOptions options = small(Difficulty::medium);
  options.transactions = 0;
  const std::size_t planted = generate_ledger(options).rows.size();
  for (const std::uint64_t transactions : {1U, 20U, 777U, 30'000U}) {
    options.transactions = transactions;
    EXPECT_EQ(generate_ledger(options).rows.size(), planted + transactions);
  }
  options.farms = 0;
  options.accounts = 0;  // the fewest that a background can have
  const GeneratedLedger innocent = generate_ledger(options);
  EXPECT_EQ(innocent.rows.size(), 30'000U);
  EXPECT_TRUE(innocent.farms.empty());
  for (std::size_t i = 0; i < innocent.rows.size(); ++i) {
    EXPECT_NE(innocent.rows[i].from, innocent.rows[i].to);
    EXPECT_GT(innocent.rows[i].amount, Amount(0));
    EXPECT_TRUE(i == 0 || innocent.rows[i - 1].time <= innocent.rows[i].time);
  }
}

TEST(Varied, RefusesWhatMeansNothing) {
  FarmProfile profile = farm_profile(Difficulty::hard);
  for (const char* change : {"split", "split=", "split=x", "split=101", "split=5-4", "workers=0", "delay=481", "=5",
                             "splits=5", "split=5,=", "split=1-2-3"})
    EXPECT_THROW(change_profile(profile, change), UsageError) << change;
  EXPECT_EQ(profile.split.first, 5U);  // of "split=5,=", which failed at its second part
  change_profile(profile, "delay=24-48,split=7");
  EXPECT_TRUE(profile.longest_hours.first == 24 && profile.longest_hours.last == 48 && profile.split.last == 7);
  EXPECT_EQ(parse_difficulty("Hard"), std::nullopt);
  EXPECT_EQ(parse_difficulty("hard"), Difficulty::hard);

  GenerateOptions options = small(Difficulty::hard);
  options.days = 24;  // the longest delay has 18 of them
  EXPECT_THROW(generate_ledger(options), UsageError);
  options.days = 25;
  EXPECT_EQ(generate_ledger(options).farms.size(), 3U * options.farms);
  options.emphasised_story = "gossip";
  EXPECT_THROW(generate_ledger(options), UsageError);
  GenerateOptions plain = small();
  plain.emphasised_story = "airdrops";
  EXPECT_THROW(generate_ledger(plain), UsageError);
}

TEST(Varied, RoundsAmountsAsPeopleDo) {
  EXPECT_EQ(rounded(1'234, 1), 1'000U);
  EXPECT_EQ(rounded(1'284, 2), 1'300U);
  EXPECT_EQ(rounded(99, 1), 100U);
  EXPECT_EQ(rounded(7, 1), 7U);
  EXPECT_EQ(wei_of(5'000), Amount(5'000'000'000'000));
  EXPECT_LT(wei_of(1'234), wei_of(1'235));
  EXPECT_GE(wei_of(1'234), Amount(1'234'000'000'000));
  EXPECT_EQ(permille_of(18'000'000'000'000'000'000U, 1'000), 18'000'000'000'000'000'000U);
}

}  // namespace
}  // namespace ringscan::testing
