// Generated ledgers: the same for the same options, and what truth says was planted is there, by loops over the rows
// that know DESIGN section 2 and no backend.
#include "generate/generate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "generate/random.hpp"
#include "io/errors.hpp"
#include "tests/generated.hpp"

namespace ringscan::testing {
namespace {

GenerateOptions farms_only() {
  GenerateOptions options = small();
  options.honest_customers = 0;
  options.transactions = 0;
  return options;
}

bool funds(const GeneratedRow& fund, const GeneratedRow& purchase) {
  return fund.from == purchase.to && fund.to == purchase.from && fund.time < purchase.time &&
         fund.amount >= purchase.amount;
}
bool rewards(const GeneratedRow& reward, const GeneratedRow& purchase) {
  return reward.to == purchase.from && reward.amount > purchase.amount && reward.time > purchase.time;
}

// Is `worker` a suspect at `merchant` under the model?
bool is_suspect(const std::vector<GeneratedRow>& rows, FarmModel model, AccountNumber worker, AccountNumber merchant) {
  for (const GeneratedRow& purchase : rows) {
    if (purchase.from != worker || purchase.to != merchant) continue;
    for (const GeneratedRow& other : rows) {
      if (model == FarmModel::basic && funds(other, purchase)) return true;
      if (model == FarmModel::basic || !rewards(other, purchase)) continue;
      if (model == FarmModel::enhanced && other.from == merchant) return true;
      if (model == FarmModel::enhanced || other.from == merchant || other.from == worker) continue;
      for (const GeneratedRow& funding : rows)
        if (funding.from == merchant && funding.to == other.from && funding.time > purchase.time &&
            funding.time < other.time)
          return true;
    }
  }
  return false;
}

TEST(Random, IsThePublishedGenerator) {
  static_assert(mix(0) == 0xe220a8397b1dcdaf);  // splitmix64's first word for seed 0
  Random random(1);
  std::set<std::uint64_t> below, zipf;
  for (int i = 0; i < 1'000; ++i) {
    below.insert(random.below(5));
    zipf.insert(random.zipf_below(6));
    EXPECT_EQ(random.below(1), 0U);
    EXPECT_EQ(random.zipf_below(1), 0U);
  }
  EXPECT_EQ(below, (std::set<std::uint64_t>{0, 1, 2, 3, 4}));
  EXPECT_EQ(zipf, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5}));
}

TEST(Generate, PlantsWhatTheModelsSay) {
  for (const std::uint32_t rounds : {1U, 2U}) {
    GenerateOptions options = small();
    options.rounds = rounds;
    const GeneratedLedger ledger = generate_ledger(options);
    ASSERT_EQ(ledger.farms.size(), 3U);
    for (const Farm& farm : ledger.farms) {
      EXPECT_EQ(farm.merchants.size(), 3U);
      EXPECT_EQ(farm.workers.size(), 10U);
      EXPECT_EQ(farm.delegations.size(), farm.model == FarmModel::advanced ? 2U : 0U);
      for (const AccountNumber merchant : farm.merchants)
        for (const AccountNumber worker : farm.workers)
          EXPECT_TRUE(is_suspect(ledger.rows, farm.model, worker, merchant)) << name(farm.model);
    }
  }
}

TEST(Generate, PlantsNoOtherModelAndSuspectsNobodyElse) {
  const GeneratedLedger ledger = generate_ledger(farms_only());
  for (const Farm& farm : ledger.farms)
    for (const FarmModel model : {FarmModel::basic, FarmModel::enhanced, FarmModel::advanced})
      for (const AccountNumber merchant : farm.merchants)
        for (AccountNumber account = 0; account < ledger.account_count; ++account) {
          const bool is_worker = std::ranges::find(farm.workers, account) != farm.workers.end();
          EXPECT_EQ(is_suspect(ledger.rows, model, account, merchant), is_worker && model == farm.model);
        }
}

TEST(Generate, StepsFollowEachOtherAndStandInTheRows) {
  const std::map<FarmModel, std::string> expected = {
      {FarmModel::basic, "fund purchase "},
      {FarmModel::enhanced, "post_task purchase return_result reward "},
      {FarmModel::advanced, "post_task post_task purchase return_result return_result fund reward "}};
  const GeneratedLedger ledger = generate_ledger(small());
  std::map<TransactionKey, const GeneratedRow*> row_of;
  for (const GeneratedRow& row : ledger.rows) EXPECT_TRUE(row_of.emplace(row.key, &row).second);
  for (const Farm& farm : ledger.farms) {
    std::map<std::uint32_t, std::vector<Step>> tasks;
    for (const Step& step : farm.steps) tasks[step.task].push_back(step);
    EXPECT_EQ(tasks.size(), 3U * 10U);
    for (const auto& [number, steps] : tasks) {
      std::string kinds;
      for (std::size_t i = 0; i < steps.size(); ++i) {
        kinds += std::string(name(steps[i].kind)) + " ";
        EXPECT_TRUE(i == 0 || steps[i - 1].time < steps[i].time);
        const bool is_message = steps[i].kind == StepKind::post_task || steps[i].kind == StepKind::return_result;
        ASSERT_EQ(steps[i].transaction.has_value(), !is_message);
        if (is_message) continue;
        ASSERT_TRUE(row_of.contains(*steps[i].transaction));
        const GeneratedRow& row = *row_of[*steps[i].transaction];
        EXPECT_TRUE(row.from == steps[i].from && row.to == steps[i].to && row.time == steps[i].time &&
                    row.amount == steps[i].amount);
      }
      EXPECT_EQ(kinds, expected.at(farm.model));
    }
  }
}

TEST(Generate, TheDelegationGetsWhatItPaysAndMore) {
  const GeneratedLedger ledger = generate_ledger(farms_only());
  std::map<TransactionKey, Amount> funds;
  std::map<TransactionKey, std::uint64_t> paid;
  TransactionKey funding = 0;
  for (const Step& step : ledger.farms.back().steps) {
    if (step.kind == StepKind::fund) funds[funding = *step.transaction] = step.amount;
    if (step.kind == StepKind::reward) paid[funding] += step.amount.limbs[0];
  }
  EXPECT_EQ(funds.size(), 3U * 2U);  // ten workers are two batches at each merchant
  for (const auto& [key, amount] : funds) EXPECT_LT(Amount(paid[key]), amount);
}

TEST(Generate, RowsStandInTheOrderOfTheChain) {
  GenerateOptions options = small();
  const GeneratedLedger ledger = generate_ledger(options);
  const std::uint64_t last_block = options.first_block + options.days * blocks_a_day - 1;
  std::set<std::string> hashes, addresses;
  bool blocks_are_shared = false;
  for (std::size_t i = 0; i < ledger.rows.size(); ++i) {
    const GeneratedRow& row = ledger.rows[i];
    EXPECT_GT(row.amount, Amount(0));
    EXPECT_NE(row.from, row.to);
    EXPECT_LT(std::max(row.from, row.to), ledger.account_count);
    EXPECT_GE(row.block, options.first_block);
    EXPECT_LE(row.block, last_block);
    EXPECT_EQ(row.time,
              options.start_time + static_cast<std::int64_t>(row.block - options.first_block) * block_seconds);
    const bool opens_block = i == 0 || ledger.rows[i - 1].block < row.block;
    EXPECT_EQ(row.index, opens_block ? 0 : ledger.rows[i - 1].index + 1);
    EXPECT_TRUE(i == 0 || ledger.rows[i - 1].block <= row.block);
    blocks_are_shared |= !opens_block;
    EXPECT_TRUE(hashes.insert(ledger.transaction_hash(row.key)).second);
  }
  EXPECT_TRUE(blocks_are_shared);
  for (AccountNumber account = 0; account < ledger.account_count; ++account)
    EXPECT_TRUE(addresses.insert(ledger.address(account)).second);
  const auto shape = [](const std::string& text, std::size_t digits) {
    return text.size() == digits + 2 && text.starts_with("0x") &&
           text.find_first_not_of("0123456789abcdef", 2) == std::string::npos;
  };
  EXPECT_TRUE(std::ranges::all_of(addresses, [&](const auto& text) { return shape(text, 40); }));
  EXPECT_TRUE(std::ranges::all_of(hashes, [&](const auto& text) { return shape(text, 64); }));
}

TEST(Generate, HasAsManyRowsAsAskedFor) {
  GenerateOptions options = farms_only();
  const std::size_t planted = generate_ledger(options).rows.size();
  // Each of 30 tasks: fund, purchase; purchase, reward; purchase, reward and a sixth of them the funding of a batch.
  EXPECT_EQ(planted, 30U * 6 + 6);
  for (const std::uint64_t transactions : {1U, 2U, 777U}) {
    options.transactions = transactions;
    EXPECT_EQ(generate_ledger(options).rows.size(), planted + transactions);
  }
  options.accounts = 0;  // the fewest that a background can have
  EXPECT_EQ(generate_ledger(options).rows.size(), planted + 777);
  options.farms = 0;
  EXPECT_EQ(generate_ledger(options).rows.size(), 777U);
  options.farms = 1;
  options.honest_customers = 20;
  const GeneratedLedger ledger = generate_ledger(options);
  EXPECT_EQ(ledger.honest_customers.size(), 3U * 20);
  EXPECT_GE(ledger.rows.size(), planted + 777 + 3 * 20);
}

TEST(Generate, RefusesOptionsThatMeanNothing) {
  const auto refused = [](auto change) {
    GenerateOptions options = farms_only();
    change(options);
    EXPECT_THROW(generate_ledger(options), UsageError);
  };
  refused([](GenerateOptions& options) { options.models.clear(); });
  refused([](GenerateOptions& options) { options.merchants = 0; });
  refused([](GenerateOptions& options) { options.workers = 0; });
  refused([](GenerateOptions& options) { options.delegations = 0; });
  refused([](GenerateOptions& options) { options.rounds = 0; });
  refused([](GenerateOptions& options) { options.days = 0; });
  refused([](GenerateOptions& options) { options.start_time = -1; });
  refused([](GenerateOptions& options) { options.merchants = options.workers = 100'000; });
  EXPECT_EQ(parse_farm_models("all")->size(), 3U);
  EXPECT_EQ(parse_farm_models("basic"), std::vector{FarmModel::basic});
  EXPECT_EQ(parse_farm_models("Basic"), std::nullopt);
}

TEST(Generate, StopsWhenInterrupted) {
  const std::atomic<bool> interrupted = true;
  GenerateOptions options = small();
  options.interrupted = &interrupted;
  EXPECT_THROW(generate_ledger(options), Interrupted);
}

}  // namespace
}  // namespace ringscan::testing
