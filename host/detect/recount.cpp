#include "detect/recount.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace ringscan {
namespace {

// A transaction with everything that a window needs; `active_after`: it completes purchases made before this time.
struct Receipt {
  Account from;
  Amount amount;
  std::int64_t time;
  std::int64_t active_after;
};

struct Purchase {
  std::size_t merchant;
  Amount amount;
  std::int64_t time;
};

using WalletName = std::pair<Account, Asset>;

class Recounting {
 public:
  Recounting(const Ledger& ledger, const ScanRequest& request)
      : view_(ledger.view().checked()),
        request_(request),
        model_(request.effective_model()),
        excluded_(view_.account_count) {
    for (const std::optional<Account> account : find_accounts(ledger, request.excluded))
      if (account) excluded_[to_index(*account)] = true;
    std::vector<MerchantAsked> asked = request.merchants;
    std::ranges::sort(asked, {}, &MerchantAsked::account);
    for (const MerchantAsked& merchant : asked) {
      result_.merchants.push_back(merchant.account);
      intervals_.push_back(merchant.interval.value_or(request.between.value_or(Interval{})));
    }
    result_.customers.resize(asked.size());
    place_.assign(view_.account_count, nowhere);
    const std::vector<std::optional<Account>> accounts = find_accounts(ledger, result_.merchants);
    for (std::size_t m = 0; m < accounts.size(); ++m)
      if (accounts[m] && !excluded_[to_index(*accounts[m])]) place_[to_index(*accounts[m])] = m;
  }

  Recount run() {
    std::set<std::pair<std::size_t, Account>> customers;
    for (Row row = 0; row < view_.size(); ++row) note_purchase(row, customers);
    for (const auto& [merchant, customer] : customers) ++result_.customers[merchant];
    if (model_ != Model::purchase_only) gather_receipts();
    for (auto& [wallet, purchases] : purchases_) judge(wallet, purchases);
    std::ranges::sort(result_.suspicions);
    const auto rest = std::ranges::unique(result_.suspicions);
    result_.suspicions.erase(rest.begin(), rest.end());
    return std::move(result_);
  }

 private:
  static constexpr std::size_t nowhere = ~std::size_t{0};

  void note_purchase(Row row, std::set<std::pair<std::size_t, Account>>& customers) {
    const std::size_t merchant = place_[to_index(view_.receiver(row))];
    const std::int64_t time = view_.time_at(row);
    if (model_ == Model::advanced && place_[to_index(view_.sender(row))] != nowhere)
      paid_[{view_.sender(row), view_.asset(row), view_.receiver(row)}].push_back(time);
    if (merchant == nowhere) return;
    customers.emplace(merchant, view_.sender(row));
    if (excluded_[to_index(view_.sender(row))] || time <= intervals_[merchant].after ||
        time >= intervals_[merchant].before)
      return;
    purchases_[{view_.sender(row), view_.asset(row)}].push_back({merchant, view_.amount_at(row), time});
    merchant_account_[merchant] = view_.receiver(row);
  }

  void gather_receipts() {
    for (Row row = 0; row < view_.size(); ++row) {
      const WalletName wallet = {view_.receiver(row), view_.asset(row)};
      if (!purchases_.contains(wallet) || (model_ != Model::basic && excluded_[to_index(view_.sender(row))])) continue;
      const std::int64_t time = view_.time_at(row);
      receipts_[wallet].push_back({view_.sender(row), view_.amount_at(row), time, time});
    }
  }

  void judge(const WalletName& wallet, std::vector<Purchase>& purchases) {
    const std::vector<Receipt>& receipts = receipts_[wallet];
    if (model_ == Model::purchase_only || model_ == Model::any) {
      judge_window(wallet, purchases, receipts);
      return;
    }
    std::ranges::stable_sort(purchases, {}, &Purchase::merchant);
    std::map<Account, std::vector<Receipt>> by_payer;
    for (const Receipt& receipt : receipts) by_payer[receipt.from].push_back(receipt);
    for (auto begin = purchases.begin(); begin != purchases.end();) {
      const auto end =
          std::find_if(begin, purchases.end(), [&](const auto& one) { return one.merchant != begin->merchant; });
      const Account merchant = merchant_account_[begin->merchant];
      judge_window(wallet, {begin, end},
                   model_ == Model::advanced ? delegated(wallet, merchant, receipts) : by_payer[merchant]);
      begin = end;
    }
  }

  // Receipts from a third party that the merchant had paid before; each is active for purchases before that payment.
  std::vector<Receipt> delegated(const WalletName& wallet, Account merchant,
                                 const std::vector<Receipt>& receipts) const {
    std::vector<Receipt> fitting;
    for (Receipt receipt : receipts) {
      const auto payments = paid_.find({merchant, wallet.second, receipt.from});
      if (payments == paid_.end() || receipt.from == merchant || receipt.from == wallet.first) continue;
      const auto next = std::ranges::lower_bound(payments->second, receipt.time);
      if (next == payments->second.begin()) continue;
      receipt.active_after = *std::prev(next);
      fitting.push_back(receipt);
    }
    return fitting;
  }

  // Purchases and receipts ascend in time. The window holds the receipts that may complete the purchase at hand.
  void judge_window(const WalletName& wallet, std::vector<Purchase> purchases, const std::vector<Receipt>& receipts) {
    std::vector<std::size_t> leaving(receipts.size());
    for (std::size_t i = 0; i < leaving.size(); ++i) leaving[i] = i;
    std::ranges::stable_sort(leaving, {}, [&](std::size_t i) { return receipts[i].active_after; });
    std::vector<bool> inside(receipts.size());
    std::multiset<Amount> window;
    std::size_t entered = 0, left = 0;
    for (const Purchase& purchase : purchases) {
      for (; entered < receipts.size() && has_come(receipts[entered], purchase); ++entered)
        if (!is_over(receipts[entered], purchase)) inside[entered] = true, window.insert(receipts[entered].amount);
      for (; left < leaving.size() && is_over(receipts[leaving[left]], purchase); ++left)
        if (inside[leaving[left]]) window.erase(window.find(receipts[leaving[left]].amount));
      if (model_ == Model::purchase_only || completes(window, purchase))
        result_.suspicions.emplace_back(purchase.merchant, wallet.first);
    }
  }

  bool within(std::int64_t first, std::int64_t second) const {
    return !request_.within || second <= first || std::uint64_t(second - first) <= *request_.within;
  }
  bool has_come(const Receipt& receipt, const Purchase& purchase) const {
    return model_ == Model::basic ? receipt.time < purchase.time : within(purchase.time, receipt.time);
  }
  bool is_over(const Receipt& receipt, const Purchase& purchase) const {
    return model_ == Model::basic ? !within(receipt.time, purchase.time) : receipt.active_after <= purchase.time;
  }
  bool completes(const std::multiset<Amount>& window, const Purchase& purchase) const {
    if (model_ == Model::basic) return !window.empty() && *window.rbegin() >= purchase.amount;
    const auto larger = window.upper_bound(purchase.amount);
    if (larger == window.end() || !request_.max_gain) return larger != window.end();
    return gains_at_most(*request_.max_gain, purchase.amount, *larger);
  }

  LedgerView view_;
  const ScanRequest& request_;
  Model model_;
  std::vector<bool> excluded_;       // by account
  std::vector<std::size_t> place_;   // by account: its place among the merchants, or nowhere
  std::vector<Interval> intervals_;  // by place
  std::map<std::size_t, Account> merchant_account_;
  std::map<WalletName, std::vector<Purchase>> purchases_;
  std::map<WalletName, std::vector<Receipt>> receipts_;
  std::map<std::tuple<Account, Asset, Account>, std::vector<std::int64_t>> paid_;  // merchant, asset, payee
  Recount result_;
};

}  // namespace

bool gains_at_most(const Decimal& gain, const Amount& purchase, const Amount& reward) {
  const Amount one = *times_power_of_ten(Amount{1}, gain.places);  // a decimal has at most 70 digits: no overflow
  return multiply(reward, one) <= multiply(purchase, *add(one, gain.numerator));
}

Recount recount(const Ledger& ledger, const ScanRequest& request) { return Recounting(ledger, request).run(); }

}  // namespace ringscan
