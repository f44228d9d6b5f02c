// The second count of --verify agrees with the reference on random ledgers, for every rule that both can be asked.
#include "detect/recount.hpp"

#include <gtest/gtest.h>

#include "reference/reference.hpp"
#include "tests/support.hpp"

namespace ringscan {
namespace {

TEST(Recount, agrees_with_the_reference) {
  std::mt19937_64 random(6);
  std::size_t found = 0;
  for (int round = 0; round < 600; ++round) {
    SCOPED_TRACE(round);
    const Ledger ledger = testing::make_ledger(testing::random_rows(random, random() % 90));
    const auto [rule, merchants] = testing::random_question(random, ledger);
    ScanRequest request;
    request.rule = rule.model == Model::purchase_only ? RuleName::time : RuleName::ring;
    if (rule.model != Model::purchase_only) request.model = rule.model;
    request.within = rule.within;
    request.max_gain = rule.max_gain;
    request.quorum = 1;
    for (const Merchant& merchant : merchants)
      request.merchants.push_back({testing::name(ledger, merchant.account), merchant.interval});
    if (merchants.empty()) request.merchants.push_back({"nobody", Interval{}});
    for (std::uint32_t account = 0; account < ledger.accounts.size(); ++account)
      if (rule.excludes(Account(account))) request.excluded.push_back(testing::name(ledger, Account(account)));
    const ScanResult result = scan(*make_reference({}), ledger, request);
    const Recount second = recount(ledger, request);
    std::vector<std::uint64_t> suspects(result.merchants.size());
    for (const auto& [merchant, customer] : second.suspicions) ++suspects.at(merchant);
    std::size_t listed = 0;
    for (const WorkerResult& worker : result.workers)
      for (const AccusedAt& at : worker.merchants) {
        const std::pair suspicion(at.merchant, worker.account);
        ASSERT_TRUE(std::ranges::binary_search(second.suspicions, suspicion));
        ++listed;
      }
    ASSERT_EQ(listed, second.suspicions.size());
    for (std::size_t m = 0; m < suspects.size(); ++m) {
      ASSERT_EQ(second.merchants[m], result.merchants[m].account);
      ASSERT_EQ(second.customers[m], result.merchants[m].customers);
      ASSERT_EQ(suspects[m], result.merchants[m].suspects);
    }
    found += listed;
  }
  EXPECT_GT(found, 600u);
}

}  // namespace
}  // namespace ringscan
