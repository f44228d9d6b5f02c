// Proves that the quick way from columns to a batch agrees with RowReader, whatever the rows: it reads the same
// payment, drops for the same reason, or leaves the row alone.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "read/hex.hpp"
#include "read/simple_columns.hpp"

namespace ringscan::testing {
namespace {

using Result = SimpleResult;

const std::vector<std::string> transactions = {"hash",       "block_number", "transaction_index", "from_address",
                                               "to_address", "value",        "block_timestamp",   "receipt_status"};
const std::vector<std::string> transfers = {"token_address", "from_address",     "to_address",     "value",
                                            "log_index",     "transaction_hash", "block_timestamp"};
const std::vector<std::string> items = {"type", "hash", "from_address", "to_address", "value", "block_timestamp"};

class Row {
 public:
  explicit Row(std::uint64_t seed) : random_(seed) {}
  std::string field(std::string_view column) {
    if (below(40) == 0) return odd();
    if (column.ends_with("address")) return address();
    if (column == "hash" || column == "transaction_hash") return below(3) ? "0x" + hex(64) : "id" + number(3);
    if (column == "value") return number(1 + below(below(4) ? 19 : 82));
    if (column == "type") return below(6) ? "transaction" : below(2) ? "trace" : "";
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

std::optional<Drop> drop_of(Result result) {
  if (result == Result::dropped_zero) return Drop::zero_amount;
  return result == Result::dropped_outside ? std::optional(Drop::outside_filter) : std::nullopt;
}

constexpr std::uint64_t last_dated_second = 253'402'300'799;  // of the year 9999

// A column of rows: what is a number or a time may come as one, without its text.
struct Cells {
  std::vector<std::string> texts;
  std::vector<std::uint64_t> numbers, times;
  std::vector<std::string_view> left;

  Cells(Row& random, std::string_view name, std::size_t rows) : numbers(rows, no_number), times(rows, no_number) {
    const bool has_times = name == "block_timestamp" && random.below(2) == 0, has_numbers = random.below(3) > 0;
    for (std::size_t row = 0; row < rows; ++row) {
      std::string text = random.field(name);
      const std::optional<std::uint64_t> number = parse_count(text);
      if (number && has_times && *number <= last_dated_second) {
        text = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time_t(times[row] = *number)));
      } else if (number && has_numbers && *number != no_number && fmt::format("{}", *number) == text) {
        if (random.below(3) > 0) numbers[row] = *number;
      }
      texts.push_back(std::move(text));
    }
    for (std::size_t row = 0; row < rows; ++row)
      left.push_back(numbers[row] == no_number && times[row] == no_number ? std::string_view(texts[row]) : "");
    if (!has_times) times.clear();
    if (!has_numbers) numbers.clear();
  }
};

// The same names, some of them as numbers.
void tell_names(RowBatch& batch) {
  if (batch.account_numbers.empty()) return;
  TextKeys names;
  auto next = batch.accounts.keys().begin();
  for (const std::uint64_t number : batch.account_numbers)
    names.push_back(number == no_number ? std::string((next++)->text()) : fmt::format("t{}", number));
  EXPECT_EQ(next, batch.accounts.keys().end());
  batch.accounts = names;
}

std::array<int, 4> compare_columns(const std::vector<std::string>& header, const ReadOptions& options,
                                   std::uint64_t seed) {
  const RowRules rules(options);
  const Binding binding = bind_schema("file", header, options);
  RowReader reader(header, binding, rules);
  const std::optional<SimpleForm> form = SimpleForm::of(binding, rules, reader.columns(), header.size());
  EXPECT_TRUE(form.has_value());
  SimpleColumns simple;
  Row random(seed);
  std::array<int, 4> found{};
  for (int round = 0; round < 200; ++round) {
    const std::size_t rows = 1 + random.below(300);
    std::vector<Cells> cells;
    for (const std::size_t column : reader.columns()) cells.emplace_back(random, header[column], rows);
    std::vector<FieldColumn> columns;
    for (const Cells& column : cells) columns.push_back({column.numbers, column.times, column.left});
    const std::span<const Result> results = simple.read(*form, columns, rows);
    RowBatch quick, careful;
    for (std::size_t row = 0, end = 0; row < rows; row = end) {
      while (end < rows && results[end] == results[row]) ++end;
      if (results[row] == Result::added) simple.add(row, end, 0, {}, quick);
    }
    for (std::size_t row = 0; row < rows; ++row) {
      ++found[std::size_t(results[row])];
      std::vector<std::string_view> fields;
      for (const Cells& column : cells) fields.push_back(column.texts[row]);
      Record record;
      record.field_count = header.size();
      record.fields = fields;
      ReadRow read;
      reader.read(record, read);
      if (results[row] == Result::not_simple) continue;
      EXPECT_EQ(read.drop, drop_of(results[row])) << fmt::format("{}", fmt::join(fields, " "));
      if (!read.drop) careful.add(read.payment, {}, false);
    }
    tell_names(quick);
    expect_same(quick, careful);
    if (::testing::Test::HasFailure()) break;
  }
  return found;
}

TEST(SimpleColumns, AgreeWithTheCarefulReader) {
  ReadOptions options;
  std::array<int, 4> results = compare_columns(transactions, options, 5);
  for (const Result result : {Result::added, Result::dropped_zero, Result::not_simple})
    EXPECT_GT(results[std::size_t(result)], 300);
  options.keep_zero = options.keep_self = true;
  options.start = 3'000'000'000, options.end = 7'000'000'000;
  results = compare_columns(transactions, options, 6);
  for (const Result result : {Result::added, Result::dropped_outside, Result::not_simple})
    EXPECT_GT(results[std::size_t(result)], 300);
  options = {};
  options.time_axis = TimeAxis::block;
  compare_columns(transactions, options, 7);
  EXPECT_GT(compare_columns(transfers, {}, 8)[std::size_t(Result::added)], 300);
  EXPECT_GT(compare_columns(items, {}, 11)[std::size_t(Result::added)], 300);
  options = {};
  options.map = {
      {"from", "nonce"}, {"to", "block_number"}, {"value", "value"}, {"time", "block_timestamp"}, {"id", "gas"}};
  const std::vector<std::string> numbered = {"nonce", "block_number", "value", "block_timestamp", "gas"};
  EXPECT_GT(compare_columns(numbered, options, 9)[std::size_t(Result::added)], 300);
}

TEST(SimpleColumns, LeaveOtherFilesAlone) {
  const auto reads = [](const std::vector<std::string>& header, const ReadOptions& options) {
    const RowRules rules(options);
    const Binding binding = bind_schema("file", header, options);
    return SimpleForm::of(binding, rules, RowReader(header, binding, rules).columns(), header.size()).has_value();
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

TEST(Digits, AreReadWhereAllAreDigits) {
  std::mt19937_64 random(6);
  for (int round = 0; round < 100'000; ++round) {
    std::string text(random() % 21, '0');
    for (char& c : text) c = char('0' + random() % 10);
    if (round % 3 == 0 && !text.empty()) text[random() % text.size()] = char(random());
    const bool is_number = !text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == text.npos;
    std::uint64_t value = 0;
    ASSERT_EQ(read_digits(text, value), is_number) << text;
    if (is_number) {
      ASSERT_EQ(value, std::stoull(text)) << text;
    }
  }
}

TEST(Hex, ManyAddressesAreDecodedLikeEach) {
  std::mt19937_64 random(7);
  std::vector<std::string> texts;
  for (int i = 0; i < 5000; ++i) {
    std::string& text = texts.emplace_back("0x");
    for (int digit = 0; digit < 40; ++digit) text += "0123456789abcdefABCDEF"[random() % 22];
    if (random() % 4 == 0) text[random() % text.size()] = char(random());
    if (random() % 20 == 0) text.resize(random() % 45, '0');
  }
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  for (const Vectors vectors : {Vectors::none, fastest_vectors()}) {
    constexpr std::size_t step = 24;
    std::vector<std::uint8_t> bytes(texts.size() * step), is_address(texts.size(), 7);
    decode_addresses(views, bytes.data(), step, is_address, vectors);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      std::array<std::uint8_t, 20> expected{};
      const bool is_one = texts[i].size() == 42 && texts[i].starts_with("0x") &&
                          decode_address(texts[i].data() + 2, expected.data(), Vectors::none);
      ASSERT_EQ(is_address[i], is_one) << texts[i];
      if (is_one) {
        ASSERT_TRUE(std::equal(expected.begin(), expected.end(), bytes.begin() + std::ptrdiff_t(i * step))) << texts[i];
      }
    }
  }
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
