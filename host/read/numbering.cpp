#include "read/numbering.hpp"

#include <string_view>

#include "io/errors.hpp"

namespace ringscan {
namespace {

constexpr std::size_t rows_ahead = 16;  // whose numbers are fetched before they are needed

}  // namespace

PackedTexts Renumbering::texts(std::span<const std::string_view> packed) const {
  std::size_t bytes = 0;
  for (const std::uint32_t provisional : in_order_) bytes += packed[provisional].size();
  PackedTexts texts;
  texts.reserve(in_order_.size(), bytes);
  for (const std::uint32_t provisional : in_order_) texts.push_back_packed(packed[provisional]);
  return texts;
}

WalletNumbering::WalletNumbering() : slots_(1024, unseen) {}

Wallet WalletNumbering::operator()(std::uint32_t account, std::uint32_t asset) {
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

std::size_t WalletNumbering::place(std::uint32_t account, std::uint32_t asset) const {
  std::uint64_t code = (std::uint64_t(asset) << 32 | account) * 0x9E3779B97F4A7C15u;
  for (std::size_t slot = (code ^ (code >> 32)) & (slots_.size() - 1);; slot = (slot + 1) & (slots_.size() - 1)) {
    const std::uint32_t wallet = slots_[slot];
    if (wallet == unseen || (accounts_[wallet] == Account(account) && assets_[wallet] == Asset(asset))) return slot;
  }
}

Numbering::Numbering(const RowStore& tables)
    : tables_(tables),
      accounts_(tables.accounts().size()),
      assets_(tables.assets().size()),
      one_asset_(!tables.has_many_assets()) {}

void Numbering::move_to(Ledger& ledger) && {
  ledger.accounts = accounts_.texts(tables_.accounts().packed());
  if (one_asset_) {
    std::vector<Account> accounts(accounts_.size());
    for (std::uint32_t i = 0; i < accounts.size(); ++i) accounts[i] = Account(i);
    ledger.wallet_account = std::move(accounts);
    ledger.wallet_asset = std::vector<Asset>(accounts_.size(), Asset(0));
    if (accounts_.size() > 0) assets_(0);
  } else {
    ledger.wallet_account = std::move(wallets_).accounts();
    ledger.wallet_asset = std::move(wallets_).assets();
  }
  ledger.assets = assets_.texts(tables_.assets().packed());
}

void number_by_appearance(Ledger& ledger, std::span<Wallet> from, std::span<Wallet> to, const RowStore& rows,
                          std::span<const std::uint64_t> order) {
  Numbering number(rows);
  for (std::size_t row = 0; row < from.size(); ++row) {
    if (row + rows_ahead < from.size())
      number.prefetch(to_index(from[row + rows_ahead]), to_index(to[row + rows_ahead]));
    const std::uint32_t asset = number.needs_assets() ? rows.asset(order.empty() ? row : order[row]) : 0;
    std::tie(from[row], to[row]) = number(std::uint32_t(from[row]), std::uint32_t(to[row]), asset);
  }
  std::move(number).move_to(ledger);
}

}  // namespace ringscan
