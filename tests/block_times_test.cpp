// Proves that a table of block times gives each block its own time, whatever the table's order and gaps, and that a
// table which cannot be trusted is refused.
#include "read/block_times.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "files.hpp"
#include "io/errors.hpp"

namespace ringscan::testing {
namespace {

using Blocks = std::vector<std::pair<std::uint64_t, std::int64_t>>;

TEST(BlockTimes, AgreeWithAMapInRunsAndInGaps) {
  std::mt19937_64 random(7);
  for (const std::uint64_t step : {1, 2, 8, 100}) {
    std::map<std::uint64_t, std::int64_t> expected;
    Blocks blocks;
    std::uint64_t block = random() % 1000;
    for (int i = 0; i < 300; ++i, block += step == 1 ? 1 : 1 + random() % (2 * step - 1)) {
      expected[block] = std::int64_t(random() % 100'000) - 50'000;
      blocks.insert(blocks.end(), 1 + random() % 2, {block, expected[block]});
    }
    std::ranges::shuffle(blocks, random);
    const BlockTimes times(blocks, "table");
    EXPECT_EQ(times.is_dense(), step < 4) << step;
    for (std::uint64_t at = 0; at < block + 10; ++at) {
      const auto known = expected.find(at);
      EXPECT_EQ(times.time_of(at), known == expected.end() ? std::nullopt : std::optional(known->second)) << at;
    }
  }
}

TEST(BlockTimes, HoldTheWholeRangeOfNumbers) {
  constexpr std::uint64_t last = ~std::uint64_t{0};
  const BlockTimes times({{last, 4'294'967'293}, {0, -1}}, "table");
  EXPECT_EQ(times.time_of(0), -1);
  EXPECT_EQ(times.time_of(last), 4'294'967'293);
  EXPECT_EQ(times.time_of(1), std::nullopt);
  const BlockTimes one({{last, 5}}, "table");
  EXPECT_EQ(one.time_of(last), 5);
  EXPECT_EQ(one.time_of(last - 1), std::nullopt);
  EXPECT_EQ(one.time_of(0), std::nullopt);
}

TEST(BlockTimes, AreRefusedWhereTheyContradictThemselves) {
  const auto message = [](Blocks blocks) {
    return message_of<BadInput>([&] { BlockTimes(std::move(blocks), "table"); });
  };
  EXPECT_EQ(message({{5, 1}, {7, 2}, {5, 3}}), "table gives block 5 two times, 1 and 3");
  EXPECT_EQ(message({{5, 1}, {5, 1}}), "");
  EXPECT_TRUE(contains(message({}), "no blocks"));
  EXPECT_TRUE(contains(message({{1, 0}, {2, 4'294'967'295}}), "span 2^32 - 1 seconds or more, from 0 at block 1"));
}

class TableOfBlocks : public ::testing::Test {
 protected:
  BlockTimes read(const std::string& content, const std::string& format = "auto") {
    return read_block_times(folder.write("blocks.csv", content), TimeFormat(format));
  }
  std::string bad(const std::string& content) {
    return message_of<BadInput>([&] { read(content); });
  }
  TemporaryDirectory folder;
};

TEST_F(TableOfBlocks, IsReadByTheNamesOfItsColumns) {
  const BlockTimes times = read(
      "number,hash,parent_hash,nonce,timestamp,transaction_count\r\n46147,0x1,0x2,1,1438918233,1\r\n"
      "46148,0x2,0x3,1,1438918250,0");
  EXPECT_EQ(times.time_of(46147), 1438918233);
  EXPECT_EQ(times.time_of(46148), 1438918250);
  EXPECT_EQ(times.time_of(46149), std::nullopt);
  EXPECT_EQ(read("Height\tTime\n 7 \t 1970-01-01 00:00:50 UTC \n").time_of(7), 50);
  EXPECT_EQ(read("block_number,block_timestamp\n7,50000\n", "unix_ms").time_of(7), 50);
}

TEST_F(TableOfBlocks, IsRefusedAtTheFirstBadRow) {
  EXPECT_TRUE(contains(bad("number,timestamp\n1,1\nx,2\n"), "blocks.csv:3: 'x' is not a block number"));
  EXPECT_TRUE(contains(bad("number,timestamp\n1,\n"), "blocks.csv:2: '' is not a time"));
  EXPECT_TRUE(contains(bad("number,timestamp\n1,1488775107000\n"), "unix_ms"));
  EXPECT_TRUE(contains(bad("number,timestamp\n1,1\n\"2\n"), "never closed"));
  EXPECT_TRUE(contains(bad("number,timestamp\n"), "no blocks"));
  EXPECT_TRUE(contains(bad(""), "is empty"));
  EXPECT_TRUE(contains(bad("from,timestamp\n"), "no column of block numbers (number, block_number"));
  EXPECT_TRUE(contains(bad("number,when\n"), "no column of times (timestamp"));
  EXPECT_THROW(read_block_times(folder / "none.csv", TimeFormat("auto")), MissingInput);
}

}  // namespace
}  // namespace ringscan::testing
