// Every wallet's lines, part by part, are its rows in their order: whatever the room, the threads and the rows that
// count.
#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "cpu/book_parts.hpp"
#include "generate/random.hpp"
#include "ledger/ledger.hpp"

namespace ringscan::cpu {
namespace {

using Books = std::map<std::uint32_t, std::vector<std::tuple<std::uint32_t, std::uint32_t, AmountKey>>>;

TEST(BookParts, HoldEveryLineOnceAndInOrder) {
  constexpr std::uint64_t rows = 60'000;  // several parts
  constexpr std::uint32_t wallets = 3'000;
  Random random(1);
  Ledger ledger;
  for (std::uint64_t row = 0; row < rows; ++row) {
    ledger.from.push_back(Wallet(std::uint32_t(random.zipf_below(wallets))));
    ledger.to.push_back(Wallet(std::uint32_t(random.below(wallets))));
    ledger.time.push_back(std::uint32_t(row / 3));
    ledger.amount.push_back(2 * row);
  }
  ledger.wallet_account.resize(wallets);
  const LedgerView view = ledger.view();
  const Slab bought = {100, 50'001};
  const auto is_purchase = [&](Row row) { return row % 7 != 0; };
  const auto is_receipt = [&](Row row) { return row % 5 != 0; };
  Books purchases, receipts;
  for (Row row = 0; row < rows; ++row) {
    const auto from = std::uint32_t(view.from[row]), to = std::uint32_t(view.to[row]);
    if (row >= bought.begin && row < bought.end && is_purchase(row))
      purchases[from].emplace_back(to, view.time[row], view.amount[row]);
    if (is_receipt(row)) receipts[to].emplace_back(from, view.time[row], view.amount[row]);
  }
  for (const unsigned threads : {1u, 3u})
    for (const std::uint64_t room : {std::uint64_t{1}, std::uint64_t{1'500'000}, BookParts::room_bytes}) {
      const BackendOptions options{threads};
      const BookParts parts(options, view, room);
      ASSERT_LT(parts.places(), wallets);
      Books found_purchases, found_receipts;
      std::mutex lock;
      parts.visit(bought, is_purchase, is_receipt, [&](const BookPart& part) {
        const std::lock_guard locked(lock);
        SortedLines sorted;
        for (const auto& [lines, books] :
             {std::pair(part.purchases, &found_purchases), std::pair(part.receipts, &found_receipts)}) {
          sorted.sort(lines, parts);
          for (std::size_t place = 0; place < parts.places(); ++place)
            for (const BookLine& line : sorted.of(place))
              (*books)[std::uint32_t(line.wallet)].emplace_back(std::uint32_t(line.counterparty), line.time,
                                                                line.amount);
        }
      });
      EXPECT_TRUE(found_purchases == purchases) << threads << ' ' << room;
      EXPECT_TRUE(found_receipts == receipts) << threads << ' ' << room;
    }
}

}  // namespace
}  // namespace ringscan::cpu
