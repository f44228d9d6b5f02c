// A ledger depends on its rows alone: canonical order, numbers by first appearance, duplicates, wallets.
#include "read/ledger_builder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "io/errors.hpp"
#include "tests/support.hpp"

namespace ringscan {
namespace {

using testing::make_ledger;
using testing::pay;
using testing::TestRow;

std::string spell(const Ledger& ledger) {
  const LedgerView view = ledger.view();
  std::string text;
  for (Row row = 0; row < view.size(); ++row)
    text += std::to_string(view.time_at(row)) + ' ' + ledger.transaction_id(row) + ' ' +
            testing::name(ledger, view.sender(row)) + '>' + testing::name(ledger, view.receiver(row)) + ' ' +
            ledger.assets.at(to_index(view.asset(row))) + ' ' + to_string(view.amount_at(row)) + '\n';
  return text;
}

TEST(LedgerBuilder, orders_by_time_then_position) {
  LedgerBuilder builder;
  Payment payment;
  payment.from = "a", payment.to = "b", payment.asset = "native", payment.amount = Amount{1};
  const auto add = [&](std::int64_t time, std::uint64_t block, std::uint64_t index, std::uint64_t log, const char* id) {
    payment.time = time, payment.block = block, payment.transaction_index = index, payment.log_index = log;
    payment.id = id;
    builder.add(payment);
  };
  add(2, 1, 1, 1, "late");
  add(1, 2, 0, 0, "block2");
  add(1, 1, 2, 0, "index2");
  add(1, 1, 1, 9, "a_log9");
  add(1, 1, 1, 2, "idb");
  add(1, 1, 1, 2, "ida");
  const Ledger ledger = builder.finish();
  std::string ids;
  for (std::size_t row = 0; row < 6; ++row) ids += ledger.transaction_id(row) + ' ';
  EXPECT_EQ(ids, "ida idb a_log9 index2 block2 late ");
}

TEST(LedgerBuilder, orders_ids_by_bytes_whatever_their_packed_form) {
  std::vector<TestRow> rows;
  for (const std::string id : {"0x", "0x0a", "0x0a0b", "0xZZ", "0x0A", "zebra", "", "0x09", "A"})
    rows.push_back({1, "a", "b", Amount{1}, "native", id});
  const Ledger ledger = make_ledger(rows);
  std::vector<std::string> ids;
  for (std::size_t row = 0; row < rows.size(); ++row) ids.push_back(ledger.transaction_id(row));
  EXPECT_TRUE(std::ranges::is_sorted(ids));
}

TEST(LedgerBuilder, does_not_depend_on_the_order_of_rows) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 50; ++round) {
    std::vector<TestRow> rows = testing::random_rows(random, random() % 60);
    const Ledger once = make_ledger(rows);
    std::ranges::shuffle(rows, random);
    if (round % 2 == 0) std::ranges::stable_sort(rows, {}, &TestRow::time);  // then only texts are out of order
    const Ledger again = make_ledger(rows);
    ASSERT_EQ(spell(once), spell(again));
    ASSERT_EQ(once.from, again.from);
    ASSERT_EQ(once.to, again.to);
    ASSERT_EQ(once.amount, again.amount);
    ASSERT_EQ(once.wallet_account, again.wallet_account);
  }
}

TEST(LedgerBuilder, numbers_by_first_appearance) {
  const Ledger ledger = make_ledger({pay(2, "z", "y", 1), pay(1, "x", "z", 1), pay(3, "x", "z", 1, "token")});
  EXPECT_EQ(ledger.accounts.at(0) + ledger.accounts.at(1) + ledger.accounts.at(2), "xzy");
  EXPECT_EQ(ledger.assets.at(0), "native");
  EXPECT_EQ(ledger.wallet_account.size(), 5u);  // x, z, y in native; x and z in token
}

TEST(LedgerBuilder, an_account_may_be_called_like_a_hex_number) {
  const std::string address = "0x00000000000000000000000000000000000000ff";
  const Ledger ledger = make_ledger({{1, address, "0xff", Amount{1}, "native", {}}});
  EXPECT_EQ(ledger.accounts.at(0), address);
  EXPECT_EQ(ledger.accounts.at(1), "0xff");
  EXPECT_EQ(testing::account(ledger, "0xff"), Account{1});
}

TEST(LedgerBuilder, dedupe_counts_equal_rows_once_whatever_their_block) {
  LedgerBuilder builder;
  Payment payment;
  payment.id = "t", payment.time = 5, payment.from = "a", payment.to = "b", payment.asset = "native";
  payment.amount = *add(testing::power_of_two(90), Amount{1});
  payment.block = 7;
  builder.add(payment);
  payment.block = 0;  // another export of the same row, without its block
  builder.add(payment);
  payment.amount = *add(testing::power_of_two(90), Amount{3});  // shares the order code
  builder.add(payment);
  payment.time = 6;
  builder.add(payment, false);
  builder.add(payment, false);
  builder.dedupe();
  const Ledger ledger = builder.finish();
  EXPECT_EQ(ledger.from.size(), 2u);
  EXPECT_EQ(ledger.dropped[std::size_t(Drop::duplicate)], 2u);
  EXPECT_EQ(ledger.dropped[std::size_t(Drop::outside_filter)], 1u);
}

TEST(LedgerBuilder, a_span_beyond_32_bits_is_bad_input_and_names_the_row) {
  const std::vector<TestRow> rows = {pay(0, "a", "b", 1),
                                     {std::int64_t{1} << 32, "a", "b", Amount{1}, "native", "far"}};
  try {
    make_ledger(rows);
    FAIL();
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("'far'"), std::string::npos) << error.what();
  }
  EXPECT_EQ(make_ledger({pay(0, "a", "b", 1), pay((std::int64_t{1} << 32) - 1, "a", "b", 1)}).from.size(), 2u);
  EXPECT_EQ(make_ledger({pay(-5, "a", "b", 1), pay(5, "a", "b", 1)}).view().time_at(0), -5);
}

TEST(LedgerBuilder, nothing_is_a_ledger) { EXPECT_EQ(make_ledger({}).view().size(), 0u); }

// Few times and parts, which may all be absent.
TEST(PositionColumns, TellHowRowsFollowOneAnother) {
  std::mt19937_64 random(11);
  std::array<int, 4> found{};
  for (int round = 0; round < 5'000; ++round) {
    const std::uint64_t ends[] = {1 + random() % 3, 1 + random() % 3, 1 + random() % 3, 1 + random() % 3};
    std::vector<Position> rows(1 + random() % 5);
    for (Position& row : rows)
      row = {std::int64_t(random() % ends[0]), random() % ends[1], random() % ends[2], random() % ends[3]};
    if (round % 2 == 0) std::ranges::sort(rows);
    PositionColumns columns;
    for (const Position& row : rows) columns.push_back(row);
    const RowSequence sequence = columns.sequence();
    EXPECT_EQ(sequence.is_in_order, std::ranges::is_sorted(rows));
    EXPECT_EQ(sequence.has_equal_positions, std::ranges::adjacent_find(rows) != rows.end());
    EXPECT_EQ(sequence.least_time, std::ranges::min(rows, {}, &Position::time).time);
    EXPECT_EQ(sequence.greatest_time, std::ranges::max(rows, {}, &Position::time).time);
    EXPECT_TRUE(sequence.first == rows.front() && sequence.last == rows.back());
    ++found[2 * sequence.is_in_order + sequence.has_equal_positions];
  }
  for (const int count : found) EXPECT_GT(count, 100);
}

}  // namespace
}  // namespace ringscan
