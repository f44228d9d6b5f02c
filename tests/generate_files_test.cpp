// The files of `ringscan generate`: the same bytes for the same options, every row and merchant in them, and nothing
// written where something stands already.
#include <gtest/gtest.h>
#include <xxhash.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "files.hpp"
#include "io/errors.hpp"
#include "tests/generated.hpp"

namespace ringscan::testing {
namespace {

TEST(WriteGenerated, SameOptionsSameBytes) {
  const TemporaryDirectory folder;
  GenerateOptions options = small();
  write_generated(generate_ledger(options), folder / "a", false);
  write_generated(generate_ledger(options), folder / "b/deeper", false);
  options.seed = 2;
  write_generated(generate_ledger(options), folder / "c", false);
  std::string all;
  for (const char* file : {"transactions.csv", "merchants.txt", "truth.json"}) {
    const std::string text = content_of(folder / ("a/" + std::string(file)));
    EXPECT_EQ(text, content_of(folder / ("b/deeper/" + std::string(file))));
    EXPECT_NE(text, content_of(folder / ("c/" + std::string(file))));
    all += text;
  }
  // Of another machine, compiler or library the same; it changes only when the generator is meant to change.
  EXPECT_EQ(XXH3_64bits(all.data(), all.size()), 17466209254660365996U);
}

TEST(WriteGenerated, SameOptionsSameBytesWithADifficulty) {
  const TemporaryDirectory folder;
  write_generated(generate_ledger(small(Difficulty::hard)), folder.path(), false);
  std::string all;
  for (const char* file : {"transactions.csv", "merchants.txt", "truth.json"}) all += content_of(folder / file);
  EXPECT_EQ(XXH3_64bits(all.data(), all.size()), 15096727537656688511U);
}

TEST(WriteGenerated, WritesWhatItShould) {
  const TemporaryDirectory folder;
  const GeneratedLedger ledger = generate_ledger(small());
  write_generated(ledger, folder.path(), false);

  std::istringstream transactions(content_of(folder / "transactions.csv"));
  std::string line;
  std::getline(transactions, line);
  EXPECT_EQ(line,
            "hash,nonce,block_hash,block_number,transaction_index,from_address,to_address,value,gas,gas_price,input,"
            "block_timestamp,max_fee_per_gas,max_priority_fee_per_gas,transaction_type");
  for (const GeneratedRow& row : ledger.rows) {
    ASSERT_TRUE(std::getline(transactions, line));
    std::vector<std::string> fields;
    std::istringstream parts(line);
    for (std::string field; std::getline(parts, field, ',');) fields.push_back(field);
    ASSERT_EQ(fields.size(), 15U);
    EXPECT_EQ(fields[0], ledger.transaction_hash(row.key));
    EXPECT_EQ(fields[3] + " " + fields[4], std::to_string(row.block) + " " + std::to_string(row.index));
    EXPECT_EQ(fields[5] + fields[6], ledger.address(row.from) + ledger.address(row.to));
    EXPECT_EQ(fields[7] + " " + fields[11], to_string(row.amount) + " " + std::to_string(row.time));
  }
  EXPECT_FALSE(std::getline(transactions, line));

  std::string expected, found;
  for (const Farm& farm : ledger.farms)
    for (const AccountNumber merchant : farm.merchants) expected += ledger.address(merchant) + "\n";
  std::istringstream merchants(content_of(folder / "merchants.txt"));
  while (std::getline(merchants, line))
    if (!line.empty() && line[0] != '#') found += line + "\n";
  EXPECT_EQ(found, expected);

  const std::string truth = content_of(folder / "truth.json");
  EXPECT_TRUE(truth.starts_with("{\"schema\": \"ringscan.truth/1\",\n \"seed\": 1,\n"));
  for (const Farm& farm : ledger.farms)
    for (const Step& step : farm.steps)
      EXPECT_TRUE(!step.transaction || truth.find(ledger.transaction_hash(*step.transaction)) != std::string::npos);
  EXPECT_EQ(std::ranges::count(truth, '{'), std::ranges::count(truth, '}'));
}

TEST(WriteGenerated, LeavesExistingFilesAlone) {
  const TemporaryDirectory folder;
  folder.write("truth.json", "mine");
  const GeneratedLedger ledger = generate_ledger(small());
  EXPECT_THROW(write_generated(ledger, folder.path(), false), OutputError);
  EXPECT_EQ(content_of(folder / "truth.json"), "mine");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
  write_generated(ledger, folder.path(), true);
  EXPECT_TRUE(content_of(folder / "truth.json").starts_with("{\"schema\""));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 3);
  EXPECT_THROW(write_generated(ledger, folder / "truth.json/below", true), OutputError);
}

}  // namespace
}  // namespace ringscan::testing
