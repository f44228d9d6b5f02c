// Where a wallet's payments stand together, so that a question about few wallets touches few pages. A packed ledger
// file may bring these indexes along; an absent one is empty.
//
// What is read from an index is checked: wallets and rows exist, rows and times of one wallet ascend. BadInput if not.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ledger/amount_keys.hpp"
#include "ledger/guard.hpp"
#include "ledger/ids.hpp"

namespace ringscan {

// A line of one wallet's account book.
struct Entry {
  Wallet counterparty;
  std::uint32_t time;  // as in LedgerView
  AmountKey amount;    // 0 in an index without amounts
  Row row;
};

// The entries of every wallet, each wallet's in the order of rows. Stored as counterparty u32, time u32, amount key u64
// (unless the index has none), row u32 (or u64), without padding.
struct EntryIndex {
  std::span<const std::uint64_t> begins;  // by wallet, and the end of the last
  std::span<const std::byte> entries;
  bool has_amounts = true;
  bool has_wide_rows = false;
  Row rows = 0;  // of the ledger
  const Guard* guard = nullptr;

  bool is_present() const { return !begins.empty(); }
  std::size_t entry_bytes() const { return 12u + (has_amounts ? 8u : 0u) + (has_wide_rows ? 4u : 0u); }
  std::uint64_t count(Wallet wallet) const;
  // Appends the wallet's entries. O(entries).
  void read(Wallet wallet, std::vector<Entry>& entries_of_wallet) const;
  // The wallet's first entry later than `time` with more than `amount`, in an index with amounts. Looks at no more of
  // them than the budget, which falls by as many; with none left, nullopt does not mean that there is no such entry.
  // O(log(entries) + entries looked at).
  std::optional<Entry> first_above(Wallet wallet, std::uint32_t time, AmountKey amount, std::uint64_t& budget) const;

 private:
  struct Range {
    std::uint64_t begin, end;
  };
  Range range(Wallet wallet) const;
  Entry entry_at(const std::byte* place) const;
};

// The wallets of every account.
struct WalletsOfAccounts {
  std::span<const std::uint64_t> begins;  // by account, and the end of the last; empty: wallets are the accounts
  std::span<const Wallet> wallets;
  std::size_t wallet_count = 0;  // 0: there is no such index
  const Guard* guard = nullptr;

  bool is_present() const { return wallet_count > 0; }
  void read(Account account, std::vector<Wallet>& wallets_of_account) const;  // appends
};

}  // namespace ringscan
