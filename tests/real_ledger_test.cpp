// Every backend, the device pipelines on the host among them, gives the same result on ledgers that nobody here wrote.
#include <gtest/gtest.h>

#include <cstdlib>

#include "cli/account_files.hpp"
#include "read/read_ledger.hpp"
#include "tests/support.hpp"

namespace ringscan {
namespace {

struct RealLedger {
  std::string file, merchants;
  ReadOptions reading;
};

std::vector<RealLedger> real_ledgers() {
  ReadOptions sales;
  sales.map = {{"from", "from"}, {"to", "to"},       {"value", "amount"},
               {"time", "time"}, {"asset", "asset"}, {"id", "tx_hash"}};
  sales.value_unit = "decimals:18";
  return {{"ethereum-etl/transactions_2017-03-06.csv.gz", "expected/eth_merchants.txt", {}},
          {"etherscan/erc20_cro.csv.gz", "expected/cro_merchants.txt", {}},
          {"nft/terraforms_public.csv.gz", "expected/nft_merchants.txt", sales}};
}

TEST(RealLedgers, give_the_same_result_from_every_backend) {
  const char* folder = std::getenv("RINGSCAN_TEST_DATA");
  if (folder == nullptr) GTEST_SKIP() << "RINGSCAN_TEST_DATA is not set";
  std::size_t found = 0;
  for (const RealLedger& real : real_ledgers()) {
    ReadReport report;
    const Ledger ledger =
        read_ledger({std::string(folder) + '/' + real.file}, real.reading, report, [](const ReadProgress&) {});
    ScanRequest request;
    request.quorum = 1;
    request.merchants = read_merchants(std::string(folder) + '/' + real.merchants, TimeAxis::seconds);
    for (const Model model : {Model::any, Model::enhanced, Model::advanced, Model::basic})
      for (const bool narrow : {false, true}) {
        request.model = model;
        request.within = narrow ? std::optional<std::uint64_t>(7200) : std::nullopt;
        request.max_gain = narrow && model != Model::basic ? parse_decimal("0.4") : std::nullopt;
        std::optional<ScanResult> first;
        for (const testing::BackendCase& backend : testing::backend_cases()) {
          if (backend.name == "reference") continue;  // minutes for advanced; tests/oracle/real.py runs it
          SCOPED_TRACE(real.file + ", " + backend.label + ", model " + std::to_string(int(model)));
          const ScanResult result = scan(*backend.make(), ledger, request);
          if (!first) first = result;
          ASSERT_EQ(result, *first);
        }
        found += first->workers.size();
      }
  }
  EXPECT_GT(found, 100u);
}

}  // namespace
}  // namespace ringscan
