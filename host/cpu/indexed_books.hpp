// The account books of a question about few merchants, by the ledger's indexes: touches the receipts of the merchants
// and of their customers, and what the merchants paid; nothing is O(N) or O(accounts).
#pragma once
#include <span>
#include <vector>

#include "cpu/books.hpp"

namespace ringscan::cpu {

// The merchants' wallets, each with its merchant's place in the question. Open addressing.
class MerchantWallets {
 public:
  struct One {
    Wallet wallet;
    std::uint32_t merchant;
  };

  MerchantWallets(const LedgerView& ledger, std::span<const Merchant> merchants);
  std::span<const One> all() const { return wallets_; }  // ascending in wallet
  bool contains(Wallet wallet) const { return slots_[place(wallet)] != 0; }
  std::uint32_t merchant(Wallet wallet) const { return wallets_[slots_[place(wallet)] - 1].merchant; }

 private:
  std::size_t place(Wallet wallet) const;

  std::vector<One> wallets_;
  std::vector<std::uint32_t> slots_;  // place in wallets_ + 1, or 0
};

// True if the ledger has indexes and asking them costs less than looking at every row: each receipt of the merchants,
// and with `receipts_of_customers` all of its sender's.
bool index_pays_off(const LedgerView& ledger, std::span<const Merchant> merchants, bool receipts_of_customers);

class IndexedBooks {
 public:
  // Purchases are the receipts of the merchants' wallets inside the merchants' intervals, not from excluded accounts,
  // and only from `suspects` if these are given.
  IndexedBooks(const BackendOptions& options, const Question& question, const MerchantWallets& wallets,
               std::span<const Merchant> merchants, const std::span<const Suspicion>* suspects);

  std::size_t wallet_count() const { return begins_.size(); }
  Wallet wallet(std::size_t i) const { return purchases_[begins_[i]].customer; }
  template <class Accuse>
  void open(std::size_t i, std::vector<Entry>& purchases, std::vector<Entry>& receipts, Accuse accuse) const {
    const std::span<const Purchase> of_wallet = of_customer(i);
    const Wallet wallet = of_wallet.front().customer;
    purchases.clear();
    for (const Purchase& purchase : of_wallet) purchases.push_back(purchase.entry);
    read_receipts(wallet, receipts);
    accuse(wallet, purchases, receipts);
  }
  // Looks for the reward behind each of the wallet's purchases, but for those whose merchant has one; calls
  // found(purchase, the reward's row). False if that would take longer than open(), whatever was found. For the model
  // `any` without exclusions.
  template <class IsDone, class Found>
  bool walk(std::size_t i, IsDone is_done, Found found) const {
    const std::span<const Purchase> purchases = of_customer(i);
    const std::uint64_t receipts = ledger_.receipts_of.count(purchases.front().customer);
    std::uint64_t budget = receipts;
    for (const Purchase& purchase : purchases) {
      if (is_done(purchase.entry.counterparty)) continue;
      const EntryRange range = question_.reward_range(purchase.entry.time, purchase.entry.amount);
      if (range.low > range.high) continue;
      const std::optional<Entry> reward = ledger_.receipts_of.first_in(purchase.customer, range, budget);
      if (reward)
        found(purchase.entry, reward->row);
      else if (budget == 0)
        break;
    }
    options_.did(purchases.size() + receipts - budget, receipts - budget);
    return budget > 0;
  }
  const Delegations& delegations() const { return delegations_; }

 private:
  struct Purchase {
    Wallet customer;
    Entry entry;
  };

  std::span<const Purchase> of_customer(std::size_t i) const {
    const std::size_t end = i + 1 < begins_.size() ? begins_[i + 1] : purchases_.size();
    return std::span(purchases_).subspan(begins_[i], end - begins_[i]);
  }
  void read_purchases(const MerchantWallets::One& one, const Interval& interval,
                      const std::span<const Suspicion>* suspects, std::vector<Purchase>& purchases) const;
  void read_receipts(Wallet wallet, std::vector<Entry>& receipts) const;
  void read_payments();

  const BackendOptions& options_;
  const Question& question_;
  const LedgerView& ledger_;
  const MerchantWallets& merchants_;
  std::vector<Purchase> purchases_;  // by (customer, row)
  std::vector<std::size_t> begins_;  // of each customer's
  Delegations delegations_;
};

}  // namespace ringscan::cpu
