// The accounts of a ledger's wallets for a question, without a look at a ledger on the disk where wallets are accounts.
// Memory: a bit a wallet, where accounts are excluded; with several assets 4 bytes a wallet of the file are in use.
#pragma once
#include <vector>

#include "cpu/pair_counter.hpp"
#include "cpu/question.hpp"
#include "cpu/sweep.hpp"

namespace ringscan::cpu {

// Whether nobody needs to look an account up, as far as that can be told without reading all wallets of a file.
inline bool wallets_are_accounts(const LedgerView& ledger) {
  if (ledger.guard != nullptr) return ledger.wallets_of.is_present() && ledger.wallets_of.begins.empty();
  return has_one_asset(ledger);
}

class AccountNumbers {
 public:
  AccountNumbers(const LedgerView& ledger, const Rule& rule)
      : ledger_(ledger), one_asset_(wallets_are_accounts(ledger)) {
    if (!one_asset_ && ledger.guard != nullptr) ledger.guard->need_wallets();
    if (rule.excluded.empty()) return;
    excluded_.resize(ledger.wallet_count());
    for (std::size_t w = 0; w < excluded_.size(); ++w) excluded_[w] = rule.excludes(of(Wallet(w)));
  }

  Account of(Wallet wallet) const {
    return one_asset_ ? Account(to_index(wallet)) : ledger_.wallet_account[to_index(wallet)];
  }
  bool excludes(Wallet wallet) const { return !excluded_.empty() && excluded_[to_index(wallet)]; }
  // Pairs of wallets become pairs of accounts.
  void name_pairs(std::span<std::uint64_t> pairs) const {
    if (one_asset_) return;
    for (std::uint64_t& pair : pairs)
      pair = PairCollector::pair(std::uint32_t(of(Wallet(pair >> 32))), std::uint32_t(of(Wallet(std::uint32_t(pair)))));
  }

 private:
  const LedgerView& ledger_;
  bool one_asset_;
  std::vector<bool> excluded_;  // by wallet
};

}  // namespace ringscan::cpu
