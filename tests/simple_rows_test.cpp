// Proves that the quick way from a row's bytes to a batch agrees with RowReader, whatever the row: it reads the same
// payment, drops for the same reason, or leaves the row alone.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "read/hex.hpp"
#include "read/simple_rows.hpp"

namespace ringscan::testing {
namespace {

using Result = SimpleRows::Result;

const std::vector<std::string> transactions = {"hash",       "block_number", "transaction_index", "from_address",
                                               "to_address", "value",        "block_timestamp",   "receipt_status"};
const std::vector<std::string> transfers = {"token_address", "from_address",     "to_address",     "value",
                                            "log_index",     "transaction_hash", "block_timestamp"};

class Row {
 public:
  explicit Row(std::uint64_t seed) : random_(seed) {}
  std::string field(std::string_view column) {
    if (below(40) == 0) return odd();
    if (column.ends_with("address")) return address();
    if (column == "hash" || column == "transaction_hash") return below(3) ? "0x" + hex(64) : "id" + number(3);
    if (column == "value") return number(1 + below(below(4) ? 19 : 82));
    if (column == "receipt_status") return below(3) ? "1" : below(2) ? "" : "0";
    if (column == "block_timestamp") return number(below(12) ? 10 : 1 + below(20));
    return number(1 + below(6));
  }
  std::size_t below(std::size_t end) { return std::size_t(random_() % end); }

 private:
  std::string hex(std::size_t digits) {
    std::string text(digits, '0');
    const bool mixed = below(4) == 0;
    for (char& c : text) c = (mixed ? "0123456789abcdefABCDEF" : "0123456789abcdef")[below(mixed ? 22 : 16)];
    return text;
  }
  std::string address() {
    if (below(20) == 0) return "";
    std::string text = "0x" + (below(3) ? hex(40) : std::string(40, "ab"[below(2)]));
    if (below(30) == 0) text[below(text.size())] = char(random_());
    if (below(30) == 0) text += ' ';
    return text;
  }
  std::string number(std::size_t digits) {
    std::string text(digits, '0');
    for (char& c : text) c = char('0' + below(10));
    if (below(25) == 0) text.assign(digits, '0');
    if (below(40) == 0) text[below(text.size())] = char(random_());
    return text;
  }
  std::string odd() {
    constexpr std::string_view odd_ones[] = {"",     "-1", "+1",    "1.0",        "1e18",
                                             "0x10", " 7", "1,000", "2017-03-06", "null"};
    return std::string(odd_ones[below(std::size(odd_ones))]);
  }
  std::mt19937_64 random_;
};

void expect_same(const RowBatch& a, const RowBatch& b) {
  EXPECT_EQ(a.positions, b.positions);
  EXPECT_EQ(a.codes, b.codes);
  EXPECT_EQ(a.tails, b.tails);
  EXPECT_EQ(a.huge, b.huge);
  EXPECT_TRUE(std::ranges::equal(a.accounts.keys(), b.accounts.keys()));
  EXPECT_EQ(a.assets, b.assets);
  EXPECT_EQ(a.asset_names, b.asset_names);
  EXPECT_EQ(a.packed_ids.bytes().size(), b.packed_ids.bytes().size());
  EXPECT_TRUE(std::ranges::equal(a.packed_ids.bytes(), b.packed_ids.bytes()));
}

// Counts how each of many random rows went.
std::array<int, 4> compare(const std::vector<std::string>& header, const ReadOptions& options, std::uint64_t seed,
                           bool has_numbers = false) {
  const RowRules rules(options);
  const Binding binding = bind_schema("file", header, options);
  RowReader reader(header, binding, rules);
  const std::optional<SimpleRows> simple = SimpleRows::of(binding, rules, reader.columns(), header.size());
  EXPECT_TRUE(simple.has_value());
  Row random(seed);
  std::array<int, 4> results{};
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::string> texts;
    for (const std::size_t column : reader.columns()) texts.push_back(random.field(header[column]));
    const std::vector<std::string_view> fields(texts.begin(), texts.end());
    Record record;
    record.field_count = random.below(50) ? header.size() : header.size() - 1;
    record.fields = fields;
    RowBatch quick, careful;
    // What is a number may come as one, without its text.
    std::vector<std::string_view> left = fields;
    std::vector<std::uint64_t> numbers(fields.size(), no_number);
    for (std::size_t i = 0; has_numbers && i < fields.size(); ++i) {
      const std::optional<std::uint64_t> number = parse_count(fields[i]);
      if (!number || fmt::format("{}", *number) != fields[i] || random.below(3) == 0) continue;
      numbers[i] = *number;
      left[i] = {};
    }
    Record with_numbers = record;
    with_numbers.fields = left;
    with_numbers.numbers = numbers;
    const Result result = simple->add(with_numbers, {}, quick);
    ++results[std::size_t(result)];
    ReadRow row;
    reader.read(record, row);
    if (result == Result::not_simple) continue;
    const std::optional<Drop> expected = result == Result::dropped_zero      ? std::optional(Drop::zero_amount)
                                         : result == Result::dropped_outside ? std::optional(Drop::outside_filter)
                                                                             : std::nullopt;
    EXPECT_EQ(row.drop, expected);
    if (!row.drop) careful.add(row.payment, {}, false);
    expect_same(quick, careful);
    if (::testing::Test::HasFailure()) {
      for (const std::string& text : texts) ADD_FAILURE() << text;
      return results;
    }
  }
  return results;
}

TEST(SimpleRows, AgreeWithTheCarefulReader) {
  ReadOptions options;
  std::array<int, 4> results = compare(transactions, options, 1);
  for (const Result result : {Result::added, Result::dropped_zero, Result::not_simple})
    EXPECT_GT(results[std::size_t(result)], 300);
  options.keep_zero = options.keep_self = true;
  options.start = 3'000'000'000, options.end = 7'000'000'000;
  results = compare(transactions, options, 2);
  for (const Result result : {Result::added, Result::dropped_outside, Result::not_simple})
    EXPECT_GT(results[std::size_t(result)], 300);
  options = {};
  options.time_axis = TimeAxis::block;
  compare(transactions, options, 3);
  EXPECT_GT(compare(transfers, {}, 4)[std::size_t(Result::added)], 300);
  EXPECT_GT(compare(transactions, {}, 5, true)[std::size_t(Result::added)], 300);
  EXPECT_GT(compare(transfers, {}, 6, true)[std::size_t(Result::added)], 300);
  options = {};
  options.map = {
      {"from", "nonce"}, {"to", "block_number"}, {"value", "value"}, {"time", "block_timestamp"}, {"id", "gas"}};
  const std::vector<std::string> numbered = {"nonce", "block_number", "value", "block_timestamp", "gas"};
  EXPECT_GT(compare(numbered, options, 7, true)[std::size_t(Result::added)], 300);
}

TEST(SimpleRows, LeavesOtherFilesAlone) {
  const auto reads = [](const std::vector<std::string>& header, const ReadOptions& options) {
    const RowRules rules(options);
    const Binding binding = bind_schema("file", header, options);
    return SimpleRows::of(binding, rules, RowReader(header, binding, rules).columns(), header.size()).has_value();
  };
  EXPECT_TRUE(reads(transactions, {}));
  ReadOptions options;
  options.min_amount = Amount{5};
  EXPECT_FALSE(reads(transactions, options));
  options = {};
  options.time_format = "unix_ms";
  EXPECT_FALSE(reads(transactions, options));
  options = {};
  options.value_unit = "ether";
  EXPECT_FALSE(reads(transactions, options));
  EXPECT_FALSE(reads({"Txhash", "UnixTimestamp", "From", "To", "Value_IN(ETH)", "Value_OUT(ETH)"}, {}));
}

TEST(Hex, IsDecodedAlikeByEveryWay) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 20'000; ++round) {
    std::string digits(40, '0');
    for (char& c : digits) c = "0123456789abcdefABCDEF"[random() % 22];
    if (round % 3 == 0) digits[random() % 40] = char(random());
    std::array<std::uint8_t, 20> plain{}, quick{};
    const bool is_valid = digits.find_first_not_of("0123456789abcdefABCDEF") == digits.npos;
    EXPECT_EQ(decode_address(digits.data(), plain.data(), Vectors::none), is_valid);
    EXPECT_EQ(decode_address(digits.data(), quick.data()), is_valid);
    if (!is_valid) continue;
    EXPECT_EQ(plain, quick);
    EXPECT_EQ(plain[0], std::stoi(digits.substr(0, 2), nullptr, 16));
    EXPECT_EQ(plain[19], std::stoi(digits.substr(38), nullptr, 16));
  }
}

}  // namespace
}  // namespace ringscan::testing
