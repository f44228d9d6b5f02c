#include "ledger/wallet_index.hpp"

#include <algorithm>
#include <cstring>

namespace ringscan {
namespace {

template <class T>
T value_at(const std::byte* place) {
  T value;
  std::memcpy(&value, place, sizeof(T));
  return value;
}

}  // namespace

EntryIndex::Range EntryIndex::range(Wallet wallet) const {
  const std::span<const std::uint64_t> both = begins.subspan(to_index(wallet), 2);
  need(guard, both);
  if (guard != nullptr && (both[0] > both[1] || both[1] > entries.size() / entry_bytes())) guard->reject(both.data());
  return {both[0], both[1]};
}

std::uint64_t EntryIndex::count(Wallet wallet) const {
  const Range of_wallet = range(wallet);
  return of_wallet.end - of_wallet.begin;
}

Entry EntryIndex::entry_at(const std::byte* place) const {
  const std::size_t row_place = has_amounts ? 16 : 8;
  return {value_at<Wallet>(place), value_at<std::uint32_t>(place + 4),
          has_amounts ? value_at<AmountKey>(place + 8) : AmountKey{0},
          has_wide_rows ? value_at<Row>(place + row_place) : value_at<std::uint32_t>(place + row_place)};
}

void EntryIndex::read(Wallet wallet, std::vector<Entry>& entries_of_wallet) const {
  const Range of_wallet = range(wallet);
  const std::size_t size = entry_bytes(), wallets = begins.size() - 1;
  const std::span<const std::byte> stored =
      entries.subspan(of_wallet.begin * size, (of_wallet.end - of_wallet.begin) * size);
  need(guard, stored);
  const std::size_t wanted = entries_of_wallet.size() + stored.size() / size;
  if (wanted > entries_of_wallet.capacity())
    entries_of_wallet.reserve(std::max(wanted, 2 * entries_of_wallet.capacity()));
  Row least_row = 0;
  std::uint32_t least_time = 0;
  for (const std::byte* place = stored.data(); place != stored.data() + stored.size(); place += size) {
    const Entry entry = entry_at(place);
    const bool makes_sense = to_index(entry.counterparty) < wallets && entry.row >= least_row && entry.row < rows &&
                             entry.time >= least_time;
    if (!makes_sense && guard != nullptr) guard->reject(place);
    least_row = entry.row + 1;
    least_time = entry.time;
    entries_of_wallet.push_back(entry);
  }
}

std::optional<Entry> EntryIndex::first_above(Wallet wallet, std::uint32_t time, AmountKey amount,
                                             std::uint64_t& budget) const {
  constexpr std::uint64_t at_once = 64;
  const Range of_wallet = range(wallet);
  const std::size_t size = entry_bytes(), wallets = begins.size() - 1;
  const auto stored = [&](std::uint64_t begin, std::uint64_t count) {
    const std::span<const std::byte> bytes = entries.subspan(begin * size, count * size);
    need(guard, bytes);
    return bytes;
  };
  std::uint64_t begin = of_wallet.begin;
  for (std::uint64_t end = of_wallet.end; begin < end;) {
    const std::uint64_t middle = begin + (end - begin) / 2;
    if (entry_at(stored(middle, 1).data()).time <= time)
      begin = middle + 1;
    else
      end = middle;
  }
  while (begin < of_wallet.end && budget > 0) {
    const std::uint64_t count = std::min({of_wallet.end - begin, budget, at_once});
    const std::span<const std::byte> some = stored(begin, count);
    for (const std::byte* place = some.data(); place != some.data() + some.size(); place += size) {
      --budget;
      const Entry entry = entry_at(place);
      if (entry.amount <= amount) continue;
      const bool makes_sense = to_index(entry.counterparty) < wallets && entry.row < rows && entry.time > time;
      if (!makes_sense && guard != nullptr) guard->reject(place);
      return entry;
    }
    begin += count;
  }
  return std::nullopt;
}

void WalletsOfAccounts::read(Account account, std::vector<Wallet>& wallets_of_account) const {
  if (begins.empty()) {
    wallets_of_account.push_back(Wallet(to_index(account)));
    return;
  }
  const std::span<const std::uint64_t> both = begins.subspan(to_index(account), 2);
  need(guard, both);
  if (guard != nullptr && (both[0] > both[1] || both[1] > wallets.size())) guard->reject(both.data());
  const std::span<const Wallet> stored = wallets.subspan(both[0], both[1] - both[0]);
  need(guard, stored);
  for (const Wallet& wallet : stored) {
    if (guard != nullptr && to_index(wallet) >= wallet_count) guard->reject(&wallet);
    wallets_of_account.push_back(wallet);
  }
}

}  // namespace ringscan
