#include "cpu/indexed_books.hpp"

#include <bit>

#include "cpu/known_rewards.hpp"

namespace ringscan::cpu {
namespace {

constexpr std::uint64_t always_affordable = std::uint64_t{1} << 20;  // receipts
constexpr std::uint64_t cost_of_a_jump = 4;                          // in rows looked at one after another

}  // namespace

MerchantWallets::MerchantWallets(const LedgerView& ledger, std::span<const Merchant> merchants) {
  std::vector<Wallet> of_account;
  for (std::uint32_t m = 0; m < merchants.size(); ++m) {
    of_account.clear();
    ledger.wallets_of.read(merchants[m].account, of_account);
    for (const Wallet wallet : of_account) wallets_.push_back({wallet, m});
  }
  std::ranges::sort(wallets_, {}, &One::wallet);
  slots_.resize(std::bit_ceil(4 * wallets_.size() + 1));
  for (std::uint32_t i = 0; i < wallets_.size(); ++i) slots_[place(wallets_[i].wallet)] = i + 1;
}

std::size_t MerchantWallets::place(Wallet wallet) const {
  const std::uint64_t code = to_index(wallet) * 0x9E3779B97F4A7C15u;
  for (std::size_t slot = (code >> 32) & (slots_.size() - 1);; slot = (slot + 1) & (slots_.size() - 1))
    if (slots_[slot] == 0 || wallets_[slots_[slot] - 1].wallet == wallet) return slot;
}

bool index_pays_off(const LedgerView& ledger, std::span<const Merchant> merchants, bool receipts_of_customers) {
  if (!ledger.receipts_of.is_present() || !ledger.wallets_of.is_present()) return false;
  const std::uint64_t most = ledger.size() / cost_of_a_jump + always_affordable;
  const std::uint64_t of_customer =
      1 + (receipts_of_customers ? ledger.size() / std::max<std::size_t>(1, ledger.wallet_count()) : 0);
  std::uint64_t receipts = merchants.size();
  std::vector<Wallet> wallets;
  for (const Merchant& merchant : merchants) {
    if (receipts * of_customer > most) return false;
    wallets.clear();
    ledger.wallets_of.read(merchant.account, wallets);
    for (const Wallet wallet : wallets) receipts += ledger.receipts_of.count(wallet);
  }
  return receipts * of_customer <= most;
}

IndexedBooks::IndexedBooks(const BackendOptions& options, const Question& question, const MerchantWallets& wallets,
                           std::span<const Merchant> merchants, const std::span<const Suspicion>* suspects)
    : options_(options), question_(question), ledger_(question.ledger), merchants_(wallets) {
  const std::span<const MerchantWallets::One> all = wallets.all();
  std::vector<std::vector<Purchase>> of_wallet(all.size());
  tbb::parallel_for(std::size_t{0}, all.size(), [&](std::size_t i) {
    options_.stop_if_asked();
    read_purchases(all[i], merchants[all[i].merchant].interval, suspects, of_wallet[i]);
  });
  std::size_t count = 0;
  for (const std::vector<Purchase>& some : of_wallet) count += some.size();
  purchases_.reserve(count);
  for (std::vector<Purchase>& some : of_wallet) {
    purchases_.insert(purchases_.end(), some.begin(), some.end());
    some = {};
  }
  options_.did(purchases_.size(), purchases_.size(), purchases_.size() * sizeof(Purchase));
  tbb::parallel_sort(purchases_.begin(), purchases_.end(), [](const Purchase& a, const Purchase& b) {
    return std::pair(a.customer, a.entry.row) < std::pair(b.customer, b.entry.row);
  });
  for (std::size_t i = 0; i < purchases_.size(); ++i) {
    if (i == 0 || purchases_[i].customer != purchases_[i - 1].customer)
      begins_.push_back(i);
    else if (ledger_.guard != nullptr && purchases_[i].entry.time < purchases_[i - 1].entry.time)
      ledger_.guard->reject(ledger_.receipts_of.entries.data());
  }
  if (question.rule.model != Model::advanced) return;
  read_payments();
  delegations_.mark_payees();
}

void IndexedBooks::read_purchases(const MerchantWallets::One& one, const Interval& interval,
                                  const std::span<const Suspicion>* suspects, std::vector<Purchase>& purchases) const {
  std::span<const Suspicion> of_merchant;
  if (suspects != nullptr) {
    const auto range = std::ranges::equal_range(*suspects, one.merchant, {}, &Suspicion::merchant);
    of_merchant = {range.begin(), range.end()};
    if (of_merchant.empty()) return;
  }
  std::vector<Entry> entries, payments;
  ledger_.receipts_of.read(one.wallet, entries);
  const Rule& rule = question_.rule;
  // Whom the merchant never paid has nothing from it that could complete a purchase, and need not be looked at.
  const bool only_payees =
      (rule.model == Model::enhanced || rule.model == Model::basic) && ledger_.payments_of.is_present();
  if (only_payees) {
    ledger_.payments_of.read(one.wallet, payments);
    sort_by_counterparty(payments);
  }
  purchases.reserve(entries.size());
  const bool knows_rewards = KnownRewards::bound(question_);
  const KnownRewards known(question_);
  for (const Entry& entry : entries) {
    if (only_payees && !std::ranges::binary_search(payments, entry.counterparty, {}, &Entry::counterparty)) continue;
    if (knows_rewards && !known.is_hit(entry.row)) continue;
    if (!rules::is_between(interval.after, ledger_.first_time + entry.time, interval.before)) continue;
    const Wallet customer = entry.counterparty;
    if (!rule.excluded.empty() && rule.excludes(ledger_.account_of(customer))) continue;
    if (suspects != nullptr &&
        !std::ranges::binary_search(of_merchant, ledger_.account_of(customer), {}, &Suspicion::customer))
      continue;
    purchases.push_back({customer, {one.wallet, entry.time, entry.amount, entry.row}});
  }
}

void IndexedBooks::read_receipts(Wallet wallet, std::vector<Entry>& receipts) const {
  receipts.clear();
  const Rule& rule = question_.rule;
  if (rule.model == Model::purchase_only) return;
  ledger_.receipts_of.read(wallet, receipts);
  if (rule.model == Model::enhanced || rule.model == Model::basic || !rule.excluded.empty())
    std::erase_if(receipts, [&](const Entry& receipt) {
      return !may_complete(question_, receipt.counterparty, [&](Wallet payer) { return merchants_.contains(payer); });
    });
  if (rule.model == Model::advanced)
    std::erase_if(receipts, [&](const Entry& receipt) { return !delegations_.may_be_payee(receipt.counterparty); });
}

void IndexedBooks::read_payments() {
  if (!ledger_.payments_of.is_present()) {
    delegations_ = ScannedBooks::scanned_delegations(options_, ledger_.checked(),
                                                     [&](Wallet wallet) { return merchants_.contains(wallet); });
    return;
  }
  const std::span<const MerchantWallets::One> all = merchants_.all();
  std::vector<std::vector<Entry>> of_wallet(all.size());
  tbb::parallel_for(std::size_t{0}, all.size(), [&](std::size_t i) {
    options_.stop_if_asked();
    ledger_.payments_of.read(all[i].wallet, of_wallet[i]);
    sort_by_counterparty(of_wallet[i]);
  });
  for (std::size_t i = 0; i < all.size(); ++i) delegations_.add(all[i].wallet, of_wallet[i]);
}

}  // namespace ringscan::cpu
