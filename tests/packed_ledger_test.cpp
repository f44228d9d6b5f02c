// What goes into a packed ledger comes out: rows, names, positions, settings; the same bytes however it was written.
#include <gtest/gtest.h>

#include "packed/narrow_column.hpp"
#include "reference/reference.hpp"
#include "tests/packed_ledgers.hpp"

namespace ringscan {
namespace {

using testing::content_of;
using testing::make_ledger;
using testing::TemporaryDirectory;

void expect_same(const Ledger& found, const Ledger& expected) {
  EXPECT_EQ(found.time_axis, expected.time_axis);
  EXPECT_EQ(found.first_time, expected.first_time);
  EXPECT_EQ(found.from, expected.from);
  EXPECT_EQ(found.to, expected.to);
  EXPECT_EQ(found.time, expected.time);
  EXPECT_EQ(found.amount, expected.amount);
  EXPECT_EQ(found.wallet_account, expected.wallet_account);
  EXPECT_EQ(found.wallet_asset, expected.wallet_asset);
  EXPECT_EQ(found.dropped, expected.dropped);
  ASSERT_EQ(found.accounts.size(), expected.accounts.size());
  for (std::size_t i = 0; i < expected.accounts.size(); ++i) EXPECT_EQ(found.accounts.at(i), expected.accounts.at(i));
  ASSERT_EQ(found.assets.size(), expected.assets.size());
  for (std::size_t i = 0; i < expected.assets.size(); ++i) EXPECT_EQ(found.assets.at(i), expected.assets.at(i));
  for (Row row = 0; row < expected.from.size(); ++row) {
    EXPECT_EQ(found.transaction_id(row), expected.transaction_id(row));
    EXPECT_EQ(found.view().amount_at(row), expected.view().amount_at(row));
  }
}

TEST(PackedLedger, GivesBackRandomLedgers) {
  const TemporaryDirectory folder;
  std::mt19937_64 random(1);
  for (std::size_t round = 0; round < 150; ++round) {
    SCOPED_TRACE(round);
    Ledger ledger = make_ledger(testing::rows_with_shared_codes(random, round < 5 ? round : random() % 3000));
    for (std::uint64_t& count : ledger.dropped) count = random();
    PackedOptions options;
    options.index = PackedIndex(round % 3);
    options.wide_rows = round % 2 == 0;
    options.memory_bytes = round % 5 == 0 ? 1 : 1 << 20;
    const Ledger found = testing::packed(folder, ledger, options);
    ASSERT_NO_FATAL_FAILURE(expect_same(found, ledger));
    EXPECT_NO_THROW(found.view().checked());
    std::vector<std::string> names = {"nobody", "", "a99"};
    for (std::size_t i = 0; i < ledger.accounts.size(); ++i) names.push_back(ledger.accounts.at(i));
    EXPECT_EQ(find_accounts(found, names), find_accounts(ledger, names));
  }
}

// Of each wallet in both indexes, by a walk over all rows.
TEST(PackedLedger, IndexesEveryWallet) {
  const TemporaryDirectory folder;
  std::mt19937_64 random(2);
  for (std::size_t round = 0; round < 60; ++round) {
    SCOPED_TRACE(round);
    const Ledger ledger = make_ledger(testing::rows_with_shared_codes(random, random() % 2000));
    PackedOptions options;
    options.wide_rows = round % 2 == 0;
    options.memory_bytes = std::vector<std::uint64_t>{1, 2000, 20000, 1 << 20}[round % 4];
    options.threads = 1 + unsigned(round % 3);
    const Ledger file = testing::packed(folder, ledger, options);
    for (std::uint32_t wallet = 0; wallet < ledger.wallet_account.size(); ++wallet) {
      std::vector<Entry> receipts, payments;
      file.receipts_of.read(Wallet(wallet), receipts);
      file.payments_of.read(Wallet(wallet), payments);
      std::size_t received = 0, paid = 0;
      for (Row row = 0; row < ledger.from.size(); ++row) {
        if (ledger.to[row] == Wallet(wallet)) {
          ASSERT_LT(received, receipts.size());
          const Entry& entry = receipts[received++];
          EXPECT_EQ(std::tuple(entry.counterparty, entry.time, entry.amount, entry.row),
                    std::tuple(ledger.from[row], ledger.time[row], ledger.amount[row], row));
        }
        if (ledger.from[row] == Wallet(wallet)) {
          ASSERT_LT(paid, payments.size());
          const Entry& entry = payments[paid++];
          EXPECT_EQ(std::tuple(entry.counterparty, entry.time, entry.row),
                    std::tuple(ledger.to[row], ledger.time[row], row));
        }
      }
      EXPECT_EQ(std::pair(receipts.size(), payments.size()), std::pair(received, paid));
    }
    for (std::uint32_t account = 0; account < ledger.accounts.size(); ++account) {
      std::vector<Wallet> found, expected;
      file.wallets_of.read(Account(account), found);
      for (std::uint32_t wallet = 0; wallet < ledger.wallet_account.size(); ++wallet)
        if (ledger.wallet_account[wallet] == Account(account)) expected.push_back(Wallet(wallet));
      EXPECT_EQ(found, expected);
    }
  }
}

PairMark expected_mark(const LedgerView& ledger, Row row) {
  const auto pair = [&](Row of) { return std::pair(ledger.sender(of), ledger.receiver(of)); };
  std::vector<Row> all, steps;
  bool is_outlived = false, is_one_asset = true;
  for (Row other = 0; other < ledger.size(); ++other) {
    if (pair(other) != pair(row)) continue;
    const auto outlives = [&](Row earlier) { return ledger.amount[earlier] <= ledger.amount[other]; };
    const bool falls = std::ranges::none_of(all, outlives);
    if (falls) steps.push_back(other);
    is_outlived |= other == row && !falls;
    is_one_asset &= ledger.from[other] == ledger.from[row];
    all.push_back(other);
  }
  if (all.size() == 1) return PairMark::only;
  if (!is_one_asset) return PairMark::some;
  if (is_outlived) return PairMark::outlived;
  return steps.size() == 1 ? PairMark::first : PairMark::some;
}

std::uint32_t expected_wait(const LedgerView& ledger, Row row) {
  for (Row reward = 0; reward < ledger.size(); ++reward)
    if (ledger.to[reward] == ledger.from[row] && ledger.time[reward] > ledger.time[row] &&
        ledger.amount[reward] > ledger.amount[row])
      return ledger.time[reward] - ledger.time[row] - 1;
  return RewardWaits::never;
}

bool is_returned(const LedgerView& ledger, Row row) {
  for (Row other = 0; other < ledger.size(); ++other)
    if (ledger.from[other] == ledger.to[row] && ledger.to[other] == ledger.from[row]) return true;
  return false;
}

bool may_be_returned(const LedgerView& file, Row row) { return file.returns.may_be[row / 64] >> row % 64 & 1; }

// By a walk over all rows for each of them.
TEST(PackedLedger, KnowsOfEachRowWhatNeedsNoParameters) {
  const TemporaryDirectory folder;
  std::mt19937_64 random(3);
  std::array<std::size_t, 4> seen{};
  std::size_t never = 0, long_waits = 0, returned = 0, rows = 0, not_returned = 0;
  for (std::size_t round = 0; round < 120; ++round) {
    SCOPED_TRACE(round);
    std::vector<testing::TestRow> some =
        testing::rows_with_shared_codes(random, random() % (round % 4 == 0 ? 700 : 90));
    if (round % 16 == 8)  // more accounts than one sweep takes
      for (testing::TestRow& row : some)
        row.from += std::to_string(random() % 30), row.to += std::to_string(random() % 30);
    const Ledger ledger = make_ledger(some);
    PackedOptions options;
    options.index = PackedIndex(1 + round % 2);
    options.wide_rows = round % 2 == 0;
    options.memory_bytes = std::vector<std::uint64_t>{1, 2000, 1 << 20}[round % 3];  // several passes, and one
    options.threads = 1 + unsigned(round % 3);
    const Ledger file = testing::packed(folder, ledger, options);
    ASSERT_EQ(file.pair_marks.is_present(), ledger.from.size() > 0);
    for (Row row = 0; row < ledger.from.size(); ++row) {
      const PairMark expected = expected_mark(ledger.view(), row);
      ASSERT_EQ(file.pair_marks.of(row), expected) << row;
      const std::uint32_t wait = expected_wait(ledger.view(), row);
      ASSERT_EQ(file.reward_waits.waits[row], wait) << row;
      ASSERT_EQ(file.plain_hits.of(row), wait != RewardWaits::never) << row;
      never += wait == RewardWaits::never, long_waits += wait != RewardWaits::never && wait > 3;
      ASSERT_LE(is_returned(ledger.view(), row), may_be_returned(file.view(), row)) << row;
      ++rows, returned += is_returned(ledger.view(), row), not_returned += !may_be_returned(file.view(), row);
      ++seen[std::size_t(expected)];
    }
  }
  for (const std::size_t count : seen) EXPECT_GT(count, 200u);
  EXPECT_GT(never, 1000u);
  EXPECT_GT(long_waits, 500u);
  EXPECT_GT(not_returned, (rows - returned) * 9 / 10);
}

// More receipts than are looked at one by one wait for a larger one, on both sides of it, to the last second.
TEST(PackedLedger, FindsARewardBehindManyReceiptsThatAreTooSmall) {
  const TemporaryDirectory folder;
  Ledger ledger;
  const std::uint32_t last = ~std::uint32_t{0};
  const auto pay = [&](std::uint32_t from, std::uint32_t to, std::uint32_t time, AmountKey amount) {
    ledger.from.push_back(Wallet(from));
    ledger.to.push_back(Wallet(to));
    ledger.time.push_back(time);
    ledger.amount.push_back(2 * amount);
  };
  for (std::uint32_t i = 0; i < 100; ++i) pay(0, 1, 0, i);
  for (std::uint32_t i = 1; i < 100; ++i) pay(1, 0, 10 * i, i);
  pay(1, 0, last, 100);
  for (std::uint32_t wallet = 0; wallet < 2; ++wallet) {
    ledger.wallet_account.push_back(Account(wallet));
    ledger.wallet_asset.push_back(Asset(0));
    ledger.accounts.push_back_packed(wallet == 0 ? "ta" : "tb");
  }
  ledger.assets.push_back_packed("tnative");
  const Ledger file = testing::packed(folder, ledger);
  for (std::uint32_t i = 0; i < 100; ++i)
    EXPECT_EQ(file.reward_waits.waits[i], i < 99 ? 10 * (i + 1) - 1 : last - 1) << i;
  EXPECT_TRUE(file.reward_waits.is_within(99, last));
  EXPECT_TRUE(file.reward_waits.is_within(99, ~std::uint64_t{0}));
  EXPECT_FALSE(file.reward_waits.is_within(99, last - 1));
  EXPECT_FALSE(file.reward_waits.is_within(100, ~std::uint64_t{0})) << "who is paid nothing waits for ever";
}

// Rows of random columns, with names to go with them.
struct Rows {
  PackedRowsBuffer all;
  std::vector<Account> wallet_account;
  std::vector<Asset> wallet_asset;
  PackedTexts accounts, assets;

  Rows(std::mt19937_64& random, std::size_t size, std::uint64_t largest_position, std::size_t id_length) {
    std::int64_t time = -5;
    for (std::size_t i = 0; i < size; ++i) {
      all.from.push_back(Wallet(random() % 30));
      all.to.push_back(Wallet(random() % 30));
      all.time.push_back(time += std::int64_t(random() % 3));
      const Amount amount =
          random() % 2 == 0 ? Amount{random() % 9} : *add(testing::power_of_two(90), Amount{random() % 9});
      all.code.push_back(order_code(amount));
      if (!stands_for_one_amount(all.code.back())) all.wide.push_back(amount);
      for (auto* column : {&all.block, &all.transaction_index, &all.log_index})
        column->push_back(largest_position == 0 ? 0 : random() % largest_position);
      const std::string id = 't' + std::string(id_length > 0 ? id_length : random() % 20, char('a' + random() % 26));
      all.id_bytes.insert(all.id_bytes.end(), id.begin(), id.end());
      all.id_ends.push_back(all.id_bytes.size());
    }
    for (std::uint32_t i = 0; i < 30; ++i) {
      wallet_account.push_back(Account((i + 7) % 30));
      wallet_asset.push_back(Asset(0));
      accounts.push_back_packed("taccount" + std::to_string(i));
    }
    assets.push_back_packed("tnative");
  }

  // In chunks of random sizes up to `most`.
  void write(const std::string& path, const PackedOptions& options, std::mt19937_64& random, std::size_t most) const {
    PackedWriter writer(path, true, all.from.size(), options);
    std::size_t wide = 0;
    for (std::size_t begin = 0, end; begin < all.from.size(); begin = end) {
      end = std::min<std::size_t>(all.from.size(), begin + 1 + random() % most);
      const auto part = [&](const auto& column) { return std::span(column).subspan(begin, end - begin); };
      const std::size_t first_wide = wide;
      for (const OrderCode code : part(all.code)) wide += !stands_for_one_amount(code);
      const std::uint64_t id_begin = begin == 0 ? 0 : all.id_ends[begin - 1];
      std::vector<std::uint64_t> ends;
      for (const std::uint64_t id_end : part(all.id_ends)) ends.push_back(id_end - id_begin);
      writer.append({part(all.from), part(all.to), part(all.time), part(all.code),
                     std::span(all.wide).subspan(first_wide, wide - first_wide), part(all.block),
                     part(all.transaction_index), part(all.log_index), ends,
                     std::span(all.id_bytes).subspan(id_begin, ends.back())});
    }
    writer.finish(
        {TimeAxis::step, wallet_account, wallet_asset, accounts, assets, {}, {{"keep-zero", "true"}, {"x", ""}}});
  }
};

TEST(PackedLedger, GivesBackWhatOnlyAppendingReads) {
  const TemporaryDirectory folder;
  std::mt19937_64 random(3);
  for (const std::uint64_t largest :
       {std::uint64_t{0}, std::uint64_t{1} << 8, std::uint64_t{1} << 17, std::uint64_t{1} << 40, ~std::uint64_t{0}})
    for (const std::size_t id_length : {0, 32}) {
      const Rows rows(random, 5000, largest, id_length);
      rows.write(folder / "a", {}, random, 999);
      const PackedLedger file(folder / "a");
      PackedRowsBuffer found;
      file.read_rows(0, file.size(), found);
      EXPECT_EQ(found.from, rows.all.from);
      EXPECT_EQ(found.to, rows.all.to);
      EXPECT_EQ(found.time, rows.all.time);
      EXPECT_EQ(found.code, rows.all.code);
      EXPECT_EQ(found.wide, rows.all.wide);
      EXPECT_EQ(found.block, largest == 0 ? std::vector<std::uint64_t>() : rows.all.block);
      EXPECT_EQ(found.log_index, largest == 0 ? std::vector<std::uint64_t>() : rows.all.log_index);
      EXPECT_EQ(found.id_ends, rows.all.id_ends);
      EXPECT_EQ(found.id_bytes, rows.all.id_bytes);
      EXPECT_EQ(file.settings(), (PackedSettings{{"keep-zero", "true"}, {"x", ""}}));
      EXPECT_EQ(file.ledger().time_axis, TimeAxis::step);
      EXPECT_NO_THROW(file.verify());
      std::vector<Wallet> wallets;
      file.ledger().wallets_of.read(Account(7), wallets);
      EXPECT_EQ(wallets, std::vector<Wallet>{Wallet(0)});
    }
}

TEST(PackedLedger, HasTheSameBytesHoweverItIsWritten) {
  const TemporaryDirectory folder;
  std::mt19937_64 random(4);
  const Rows rows(random, 7000, 1000, 0);
  rows.write(folder / "a", {}, random, 7000);
  const std::string expected = content_of(folder / "a");
  for (const std::size_t most : {1, 10, 1500})
    for (const std::uint64_t memory : {1, 5000, 1 << 24}) {
      PackedOptions options;
      options.memory_bytes = memory;
      options.threads = unsigned(1 + random() % 4);
      rows.write(folder / "b", options, random, most);
      EXPECT_TRUE(content_of(folder / "b") == expected) << most << ' ' << memory;
    }
}

TEST(PackedLedger, RefusesTimesTooFarApart) {
  const TemporaryDirectory folder;
  const std::vector<Wallet> wallets(2);
  const std::vector<OrderCode> codes = {2, 2};
  const std::vector<std::uint64_t> ends = {2, 4};
  PackedWriter writer(folder / "a", false, 2, {});
  const std::vector<std::int64_t> times = {0, std::int64_t{1} << 32};
  const std::string message = testing::message_of<BadInput>([&] {
    writer.append({wallets, wallets, times, codes, {}, {}, {}, {}, ends, std::span<const char>("tatb", 4)});
  });
  EXPECT_TRUE(testing::contains(message, "transaction 'b' has time 4294967296")) << message;
}

TEST(PackedLedger, IsRecognisedByItsFirstBytes) {
  const TemporaryDirectory folder;
  testing::packed(folder, make_ledger({}));
  EXPECT_TRUE(is_packed_ledger(folder / "packed.ledger"));
  EXPECT_FALSE(is_packed_ledger(folder.write("a.csv", "RINGSCANLEDGER,and a column\n")));
  EXPECT_FALSE(is_packed_ledger(folder.write("b", "RINGSCAN")));
  EXPECT_FALSE(is_packed_ledger(folder / "nothing"));
  EXPECT_FALSE(is_packed_ledger(folder.path()));
}

}  // namespace
}  // namespace ringscan
