// Amounts are exact to 2^256 - 1, their codes and keys order them, and decimals are compared as rationals.
#include <gtest/gtest.h>

#include <algorithm>

#include "ledger/amount_keys.hpp"
#include "ledger/decimal.hpp"
#include "tests/support.hpp"

namespace ringscan {
namespace {

using testing::edge_amounts;
using testing::power_of_two;

const std::string largest = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

TEST(Amount, reads_and_prints_every_size) {
  for (const std::string text : {"0", "1", "9", "10", "18446744073709551615", "18446744073709551616",
                                 "10000000000000000000", "100000000000000000000000000000000000000"})
    EXPECT_EQ(to_string(parse_digits(text).value()), text);
  EXPECT_EQ(to_string(max_amount), largest);
  EXPECT_EQ(parse_digits(largest), max_amount);
}

TEST(Amount, two_to_the_256_is_none) {
  EXPECT_FALSE(parse_digits("115792089237316195423570985008687907853269984665640564039457584007913129639936"));
  EXPECT_FALSE(add(max_amount, Amount{1}));
  EXPECT_FALSE(times_power_of_ten(Amount{2}, 77));
  EXPECT_EQ(times_power_of_ten(Amount{}, 1000), Amount{});
}

TEST(Amount, only_digits_are_digits) {
  for (const std::string text : {"", " 1", "1 ", "-1", "+1", "1.0", "0x1", "1e3"})
    EXPECT_FALSE(parse_digits(text)) << text;
}

TEST(Amount, product_and_quotient_undo_each_other) {
  for (const Amount& amount : edge_amounts()) {
    const Product product = multiply(amount, *times_power_of_ten(Amount{1}, 40));
    EXPECT_EQ(divide_by_power_of_ten(product, 40), amount);
  }
  EXPECT_FALSE(divide_by_power_of_ten(multiply(max_amount, Amount{11}), 1));
  EXPECT_EQ(divide_by_power_of_ten(multiply(max_amount, Amount{10}), 1), max_amount);
}

TEST(OrderCode, is_monotone_and_gives_even_codes_their_amount_back) {
  std::vector<Amount> amounts = edge_amounts();
  std::ranges::sort(amounts);
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    const OrderCode code = order_code(amounts[i]);
    if (stands_for_one_amount(code)) {
      EXPECT_EQ(amount_of_even_code(code), amounts[i]) << to_string(amounts[i]);
    }
    if (i > 0) {
      EXPECT_LE(order_code(amounts[i - 1]), code) << to_string(amounts[i]);
    }
  }
}

TEST(OrderCode, is_what_the_design_says) {
  EXPECT_EQ(order_code(Amount{5}), 10u);
  const std::uint64_t edge = std::uint64_t{1} << 56;
  EXPECT_EQ(order_code(Amount{edge - 1}), 2 * edge - 2);
  EXPECT_EQ(order_code(Amount{edge}), 2 * edge);          // bit length 57: (57 - 55) * 2^56
  EXPECT_EQ(order_code(Amount{edge + 1}), 2 * edge + 1);  // the lowest bit is the sticky one
  EXPECT_EQ(order_code(Amount{edge + 2}), 2 * edge + 2);
  EXPECT_EQ(order_code(max_amount), 201 * edge + 2 * (edge / 2 - 1) + 1);
}

// Every key of a set of amounts: in order, one to one, and back.
void expect_keys_order(std::vector<Amount> amounts) {
  std::vector<Amount> wide;
  for (const Amount& amount : amounts)
    if (!stands_for_one_amount(order_code(amount))) wide.push_back(amount);
  const AmountKeys keys(wide);
  std::ranges::sort(amounts);
  amounts.erase(std::ranges::unique(amounts).begin(), amounts.end());
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    const AmountKey key = keys.key(amounts[i]);
    EXPECT_EQ(keys.view().amount(key), amounts[i]);
    for (std::size_t j = 0; j < amounts.size(); ++j) {
      EXPECT_EQ(keys.key(amounts[j]) < key, j < i);
      EXPECT_EQ(keys.key(amounts[j]) <= keys.view().last_key_at_most(amounts[i]), j <= i);
    }
  }
  // Bounds that are not amounts of the ledger.
  for (const Amount& bound : edge_amounts())
    for (const Amount& amount : amounts)
      EXPECT_EQ(keys.key(amount) <= keys.view().last_key_at_most(bound), amount <= bound)
          << to_string(amount) << " against " << to_string(bound);
}

TEST(AmountKeys, order_amounts_that_share_an_odd_code) {
  const Amount base = power_of_two(200);
  const Amount one_more = *add(base, Amount{1}), two_more = *add(base, Amount{2}), three_more = *add(base, Amount{3});
  ASSERT_EQ(order_code(one_more), order_code(three_more));
  expect_keys_order({base, one_more, two_more, three_more, max_amount, Amount{7}});
  expect_keys_order({three_more, Amount{0}});
  expect_keys_order(edge_amounts());
  expect_keys_order({});
}

TEST(AmountKeys, are_the_codes_where_no_code_is_shared) {
  const std::vector<Amount> wide = {*add(power_of_two(60), Amount{1}), *add(power_of_two(60), Amount{1}),
                                    *add(power_of_two(90), Amount{1})};
  EXPECT_FALSE(AmountKeys(wide).view().shifted());
  EXPECT_TRUE(AmountKeys({*add(power_of_two(90), Amount{1}), *add(power_of_two(90), Amount{3})}).view().shifted());
}

TEST(AmountKeys, hold_on_random_amounts) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Amount> amounts;
    for (int i = 0; i < 12; ++i) {
      Amount amount = power_of_two(unsigned(random() % 250));
      amounts.push_back(*add(amount, Amount{random() % 5}));
    }
    expect_keys_order(amounts);
  }
}

TEST(Decimal, reads_exactly_and_prints_without_trailing_zeros) {
  for (const auto& [text, printed] : std::vector<std::pair<std::string, std::string>>{
           {"0.25", "0.25"}, {".5", "0.5"}, {"1.0", "1"}, {"0", "0"}, {"0.050", "0.05"}, {"12", "12"}, {"007", "7"}})
    EXPECT_EQ(to_string(parse_decimal(text).value()), printed);
  for (const std::string& text :
       std::vector<std::string>{"", ".", "-1", "1e3", "1,5", "1..2", "x", std::string(71, '1')})
    EXPECT_FALSE(parse_decimal(text)) << text;
}

TEST(Decimal, compares_as_a_rational) {
  EXPECT_TRUE(*parse_decimal("1.0000000001") > *parse_decimal("1"));
  EXPECT_FALSE(*parse_decimal("1.0") > *parse_decimal("1"));
  EXPECT_FALSE(*parse_decimal("0.999") > *parse_decimal("1"));
}

}  // namespace
}  // namespace ringscan
