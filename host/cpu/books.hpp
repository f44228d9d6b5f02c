// The account books that a question needs: the purchases to be judged, wallet by wallet, what each of these wallets
// received, and what the merchants paid. Found by looking at every row; indexed_books.hpp finds them by index.
#pragma once
#include <span>
#include <vector>

#include "cpu/delegations.hpp"
#include "cpu/partition.hpp"
#include "cpu/question.hpp"

namespace ringscan::cpu {

// Whether a payment may complete a purchase of its receiver, as far as its payer decides.
template <class IsMerchant>
bool may_complete(const Question& question, Wallet payer, IsMerchant is_merchant) {
  const Rule& rule = question.rule;
  const bool only_merchants_pay = rule.model == Model::enhanced || rule.model == Model::basic;
  return (!only_merchants_pay || is_merchant(payer)) &&
         (rule.excluded.empty() || !rule.excludes(question.ledger.account_of(payer)));
}

inline void sort_by_counterparty(std::vector<Entry>& entries) {
  std::ranges::sort(entries, {}, [](const Entry& entry) { return std::pair(entry.counterparty, entry.row); });
}

class ScannedBooks {
 public:
  // Purchases are the rows to merchants' wallets that `may_accuse` accepts. The ledger is checked().
  template <class MayAccuse>
  ScannedBooks(const BackendOptions& options, const Question& question, const std::vector<bool>& is_merchant,
               MayAccuse may_accuse)
      : ledger_(question.ledger), purchases_(options, ledger_.from, [&](Row row) {
          return is_merchant[to_index(ledger_.to[row])] && may_accuse(row);
        }) {
    const Model model = question.rule.model;
    if (model != Model::purchase_only) find_receipts(options, question, is_merchant);
    if (model == Model::advanced)
      delegations_ =
          scanned_delegations(options, ledger_, [&](Wallet wallet) { return is_merchant[to_index(wallet)]; });
  }

  std::size_t wallet_count() const { return purchases_.group_count(); }
  // Calls accuse(wallet, purchases, receipts), both in the order of rows. The vectors are room for them.
  template <class Accuse>
  void open(std::size_t i, std::vector<Entry>& purchases, std::vector<Entry>& receipts, Accuse accuse) const {
    const Wallet wallet = purchases_.group(i).front().wallet;
    purchases.clear(), receipts.clear();
    for (const WalletRow& one : purchases_.group(i)) purchases.push_back(entry(ledger_.to, one.row));
    for (const WalletRow& one : receipts_.of(wallet)) receipts.push_back(entry(ledger_.from, one.row));
    accuse(wallet, purchases, receipts);
  }
  const Delegations& delegations() const { return delegations_; }

  // What the merchants' wallets paid, found among all rows.
  template <class IsMerchant>
  static Delegations scanned_delegations(const BackendOptions& options, const LedgerView& ledger,
                                         IsMerchant is_merchant) {
    const Partition paid(options, ledger.from, [&](Row row) { return is_merchant(ledger.from[row]); });
    Delegations delegations;
    std::vector<Entry> payments;
    for (std::size_t g = 0; g < paid.group_count(); ++g) {
      payments.clear();
      for (const WalletRow& one : paid.group(g))
        payments.push_back({ledger.to[one.row], ledger.time[one.row], ledger.amount[one.row], one.row});
      sort_by_counterparty(payments);
      delegations.add(paid.group(g).front().wallet, payments);
    }
    return delegations;
  }

 private:
  Entry entry(std::span<const Wallet> counterparty, Row row) const {
    return {counterparty[row], ledger_.time[row], ledger_.amount[row], row};
  }

  // Payments to the customers' wallets, by those who may complete a purchase.
  void find_receipts(const BackendOptions& options, const Question& question, const std::vector<bool>& is_merchant) {
    std::vector<bool> is_customer(ledger_.wallet_count());
    for (std::size_t g = 0; g < purchases_.group_count(); ++g)
      is_customer[to_index(purchases_.group(g).front().wallet)] = true;
    receipts_ = Partition(options, ledger_.to, [&](Row row) {
      return is_customer[to_index(ledger_.to[row])] &&
             may_complete(question, ledger_.from[row], [&](Wallet payer) { return is_merchant[to_index(payer)]; });
    });
  }

  const LedgerView& ledger_;
  Partition purchases_, receipts_;
  Delegations delegations_;
};

}  // namespace ringscan::cpu
