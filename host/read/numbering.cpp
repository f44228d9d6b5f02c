#include "read/numbering.hpp"

#include <limits>
#include <string_view>
#include <vector>

#include "io/errors.hpp"

namespace ringscan {
namespace {

constexpr std::size_t rows_ahead = 16;  // whose numbers are fetched before they are needed
constexpr std::uint32_t unseen = std::numeric_limits<std::uint32_t>::max();

// Numbers the texts of a table anew by first appearance.
class Renumbering {
 public:
  explicit Renumbering(const TextTable& table) : table_(table), numbers_(table.size(), unseen) {}
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
  PackedTexts texts() const {
    const std::vector<std::string_view> packed = table_.packed();
    std::size_t bytes = 0;
    for (const std::uint32_t provisional : in_order_) bytes += packed[provisional].size();
    PackedTexts texts;
    texts.reserve(in_order_.size(), bytes);
    for (const std::uint32_t provisional : in_order_) texts.push_back_packed(packed[provisional]);
    return texts;
  }

 private:
  const TextTable& table_;
  std::vector<std::uint32_t> numbers_, in_order_;
};

// (account, asset) -> wallet by first appearance: open addressing.
class WalletNumbering {
 public:
  WalletNumbering() : slots_(1024, unseen) {}
  Wallet operator()(std::uint32_t account, std::uint32_t asset) {
    std::size_t slot = place(account, asset);
    if (slots_[slot] == unseen) {
      if (accounts_.size() >= unseen) throw Unavailable("2^32 wallets or more: split the ledger by asset");
      slots_[slot] = std::uint32_t(accounts_.size());
      accounts_.push_back(Account(account));
      assets_.push_back(Asset(asset));
      if (accounts_.size() * 2 > slots_.size()) {
        slots_.assign(slots_.size() * 2, unseen);
        for (std::uint32_t wallet = 0; wallet < accounts_.size(); ++wallet)
          slots_[place(std::uint32_t(accounts_[wallet]), std::uint32_t(assets_[wallet]))] = wallet;
        slot = place(account, asset);
      }
    }
    return Wallet(slots_[slot]);
  }
  std::vector<Account> accounts() && { return std::move(accounts_); }
  std::vector<Asset> assets() && { return std::move(assets_); }

 private:
  std::size_t place(std::uint32_t account, std::uint32_t asset) const {
    std::uint64_t code = (std::uint64_t(asset) << 32 | account) * 0x9E3779B97F4A7C15u;
    for (std::size_t slot = (code ^ (code >> 32)) & (slots_.size() - 1);; slot = (slot + 1) & (slots_.size() - 1)) {
      const std::uint32_t wallet = slots_[slot];
      if (wallet == unseen || (accounts_[wallet] == Account(account) && assets_[wallet] == Asset(asset))) return slot;
    }
  }

  std::vector<std::uint32_t> slots_;
  std::vector<Account> accounts_;
  std::vector<Asset> assets_;
};

}  // namespace

void number_by_appearance(Ledger& ledger, std::span<Wallet> from, std::span<Wallet> to, const RowStore& rows,
                          std::span<const std::uint64_t> order) {
  Renumbering account(rows.accounts()), asset(rows.assets());
  WalletNumbering wallet;
  const bool one_asset = !rows.has_many_assets();
  for (std::size_t row = 0; row < from.size(); ++row) {
    if (row + rows_ahead < from.size()) {
      account.prefetch(to_index(from[row + rows_ahead]));
      account.prefetch(to_index(to[row + rows_ahead]));
    }
    const std::uint32_t sender = account(std::uint32_t(from[row])), receiver = account(std::uint32_t(to[row]));
    if (one_asset) {  // an account is its wallet
      from[row] = Wallet(sender);
      to[row] = Wallet(receiver);
    } else {
      const std::uint32_t of = asset(rows.asset(order.empty() ? row : order[row]));
      from[row] = wallet(sender, of);
      to[row] = wallet(receiver, of);
    }
  }
  ledger.accounts = account.texts();
  if (one_asset) {
    std::vector<Account> accounts(account.size());
    for (std::uint32_t i = 0; i < accounts.size(); ++i) accounts[i] = Account(i);
    ledger.wallet_account = std::move(accounts);
    ledger.wallet_asset = std::vector<Asset>(account.size(), Asset(0));
    asset(0);
  } else {
    ledger.wallet_account = std::move(wallet).accounts();
    ledger.wallet_asset = std::move(wallet).assets();
  }
  ledger.assets = asset.texts();
}

}  // namespace ringscan
