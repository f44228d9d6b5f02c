// Accounts, assets and wallets numbered by first appearance, as every ledger does.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "ledger/ledger.hpp"
#include "read/row_store.hpp"

namespace ringscan {

inline constexpr std::uint32_t unseen = ~std::uint32_t{0};  // no number

// Numbers the texts of a table anew by first appearance. 8 bytes a text.
class Renumbering {
 public:
  explicit Renumbering(std::size_t texts) : numbers_(texts, unseen) {}
  std::uint32_t operator()(std::uint32_t provisional) {
    std::uint32_t& number = numbers_[provisional];
    if (number == unseen) {
      number = std::uint32_t(in_order_.size());
      in_order_.push_back(provisional);
    }
    return number;
  }
  void prefetch(std::size_t provisional) const { __builtin_prefetch(&numbers_[provisional]); }
  std::size_t size() const { return in_order_.size(); }
  // Of texts by the table's numbers.
  PackedTexts texts(std::span<const std::string_view> packed) const;

 private:
  std::vector<std::uint32_t> numbers_, in_order_;
};

// (account, asset) -> wallet by first appearance: open addressing. Throws Unavailable if there are 2^32 wallets.
class WalletNumbering {
 public:
  WalletNumbering();
  Wallet operator()(std::uint32_t account, std::uint32_t asset);
  std::vector<Account> accounts() && { return std::move(accounts_); }
  std::vector<Asset> assets() && { return std::move(assets_); }

 private:
  std::size_t place(std::uint32_t account, std::uint32_t asset) const;

  std::vector<std::uint32_t> slots_;
  std::vector<Account> accounts_;
  std::vector<Asset> assets_;
};

// All three, for rows in canonical order, whose accounts and assets are numbered by a store's tables.
class Numbering {
 public:
  explicit Numbering(const RowStore& tables);
  // The wallets of a row; the asset counts only where the store has many.
  std::pair<Wallet, Wallet> operator()(std::uint32_t from, std::uint32_t to, std::uint32_t asset) {
    const std::uint32_t sender = accounts_(from), receiver = accounts_(to);
    if (one_asset_) return {Wallet(sender), Wallet(receiver)};  // an account is its wallet
    const std::uint32_t of = assets_(asset);
    const Wallet first = wallets_(sender, of);
    return {first, wallets_(receiver, of)};
  }
  void prefetch(std::size_t from, std::size_t to) const { accounts_.prefetch(from), accounts_.prefetch(to); }
  bool needs_assets() const { return !one_asset_; }
  // After the last row.
  void move_to(Ledger& ledger) &&;

 private:
  const RowStore& tables_;
  Renumbering accounts_, assets_;
  WalletNumbering wallets_;
  bool one_asset_;
};

// Makes the wallets of `from` and `to`, in canonical order, of what they hold, the accounts as the store numbers them,
// and gives the ledger its accounts, assets and wallets. `order`: the places of the rows in the store; empty if they
// are all of it. Throws Unavailable if there are 2^32 wallets or more. O(rows) from first to last.
void number_by_appearance(Ledger& ledger, std::span<Wallet> from, std::span<Wallet> to, const RowStore& rows,
                          std::span<const std::uint64_t> order);

}  // namespace ringscan
