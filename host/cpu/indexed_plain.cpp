#include "cpu/indexed_plain.hpp"

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <numeric>

namespace ringscan::cpu {
namespace {

// The distinct of some accounts, found by hashing. Room for the next ones is kept.
class DistinctAccounts {
 public:
  void begin(std::size_t most) {
    slots_.assign(std::bit_ceil(2 * most + 1), free_slot);
    found_.clear();
  }
  void add(Account account) {
    for (std::size_t slot = to_index(account) * 0x9E3779B97F4A7C15u >> 20;; ++slot) {
      std::uint32_t& taken = slots_[slot & (slots_.size() - 1)];
      if (taken == to_index(account)) return;
      if (taken != free_slot) continue;
      taken = std::uint32_t(to_index(account));
      found_.push_back(account);
      return;
    }
  }
  std::vector<Account>& found() { return found_; }  // in no order

 private:
  static constexpr std::uint32_t free_slot = 0xFFFFFFFF;  // there are fewer accounts
  std::vector<std::uint32_t> slots_;
  std::vector<Account> found_;
};

// One merchant at a time: visits the merchants' entries, all wallets of a merchant together.
class MerchantReceipts {
 public:
  MerchantReceipts(const LedgerView& ledger, const MerchantWallets& wallets, std::size_t merchants)
      : ledger_(ledger), wallets_of_(merchants) {
    for (const MerchantWallets::One& one : wallets.all()) wallets_of_[one.merchant].push_back(one.wallet);
  }
  void read(std::size_t merchant, std::vector<Entry>& entries) const {
    entries.clear();
    for (const Wallet wallet : wallets_of_[merchant]) ledger_.receipts_of.read(wallet, entries);
  }

 private:
  const LedgerView& ledger_;
  std::vector<std::vector<Wallet>> wallets_of_;
};

struct Local {
  std::vector<Entry> entries;
  DistinctAccounts accounts;
};

// The purchase of a suspicion that evidence begins with.
struct FirstHit {
  Wallet customer{};
  std::uint32_t time = 0;
  AmountKey amount = 0;
  Row row = no_row;
};

bool is_hit(const LedgerView& ledger, const Entry& purchase, const Interval& interval) {
  return ledger.plain_hits.of(purchase.row) &&
         rules::is_between(interval.after, ledger.first_time + purchase.time, interval.before);
}

}  // namespace

bool plain_hits_decide(const Question& question) {
  return question.is_plain() && question.rule.excluded.empty() && question.ledger.plain_hits.is_present();
}

std::vector<Suspicion> find_suspects_by_plain_hits(const BackendOptions& options, const Question& question,
                                                   const MerchantWallets& wallets,
                                                   std::span<const Merchant> merchants) {
  const LedgerView& ledger = question.ledger;
  const MerchantReceipts receipts(ledger, wallets, merchants.size());
  std::vector<std::vector<Account>> suspects(merchants.size());
  tbb::enumerable_thread_specific<Local> locals;
  tbb::parallel_for(std::size_t{0}, merchants.size(), [&](std::size_t m) {
    options.stop_if_asked();
    Local& local = locals.local();
    receipts.read(m, local.entries);
    const std::span<const Entry> purchases = local.entries;
    options.did(purchases.size(), purchases.size());
    local.accounts.begin(purchases.size());
    for (const Entry& purchase : purchases)
      if (is_hit(ledger, purchase, merchants[m].interval)) local.accounts.add(ledger.account_of(purchase.counterparty));
    std::ranges::sort(local.accounts.found());
    suspects[m] = local.accounts.found();
  });
  std::size_t count = 0;
  for (const std::vector<Account>& of_merchant : suspects) count += of_merchant.size();
  std::vector<Suspicion> all;
  all.reserve(count);
  for (std::uint32_t m = 0; m < merchants.size(); ++m)
    for (const Account account : suspects[m]) all.push_back({m, account});
  return all;
}

std::vector<Evidence> find_evidence_by_plain_hits(const BackendOptions& options, const Question& question,
                                                  const MerchantWallets& wallets, std::span<const Merchant> merchants,
                                                  std::span<const Suspicion> suspects) {
  const LedgerView& ledger = question.ledger;
  const MerchantReceipts receipts(ledger, wallets, merchants.size());
  std::vector<FirstHit> hits(suspects.size());
  tbb::enumerable_thread_specific<Local> locals;
  tbb::parallel_for(std::size_t{0}, merchants.size(), [&](std::size_t m) {
    options.stop_if_asked();
    const auto [begin, end] = std::ranges::equal_range(suspects, std::uint32_t(m), {}, &Suspicion::merchant);
    if (begin == end) return;
    Local& local = locals.local();
    receipts.read(m, local.entries);
    options.did(local.entries.size(), local.entries.size());
    for (const Entry& purchase : local.entries) {
      if (!is_hit(ledger, purchase, merchants[m].interval)) continue;
      const Account customer = ledger.account_of(purchase.counterparty);
      const auto place = std::ranges::lower_bound(begin, end, customer, {}, &Suspicion::customer);
      if (place == end || place->customer != customer) continue;
      FirstHit& hit = hits[std::size_t(place - suspects.begin())];
      if (purchase.row < hit.row) hit = {purchase.counterparty, purchase.time, purchase.amount, purchase.row};
    }
  });

  std::vector<std::size_t> by_customer(suspects.size()), begins;
  std::iota(by_customer.begin(), by_customer.end(), std::size_t{0});
  const auto customer_of = [&](std::size_t i) { return hits[i].customer; };
  std::ranges::stable_sort(by_customer, {}, customer_of);
  for (std::size_t i = 0; i < by_customer.size(); ++i)
    if (i == 0 || customer_of(by_customer[i]) != customer_of(by_customer[i - 1])) begins.push_back(i);
  begins.push_back(by_customer.size());
  std::vector<Evidence> evidence(suspects.size());
  tbb::parallel_for(std::size_t{0}, begins.size() - 1, [&](std::size_t group) {
    options.stop_if_asked();
    const std::span<const std::size_t> places =
        std::span(by_customer).subspan(begins[group], begins[group + 1] - begins[group]);
    const std::uint64_t all = ledger.receipts_of.count(customer_of(places.front()));
    std::uint64_t budget = all;
    for (const std::size_t i : places) {
      const FirstHit& hit = hits[i];
      if (hit.row == no_row) continue;
      const std::optional<Entry> reward = ledger.receipts_of.first_above(hit.customer, hit.time, hit.amount, budget);
      if (reward && reward->row > hit.row) evidence[i] = {hit.row, reward->row, no_row};
    }
    options.did(all - budget, all - budget);
  });
  return evidence;
}

std::vector<std::uint64_t> count_customers_by_index(const BackendOptions& options, const LedgerView& ledger,
                                                    const MerchantWallets& wallets, std::size_t merchants) {
  const MerchantReceipts receipts(ledger, wallets, merchants);
  std::vector<std::uint64_t> counts(merchants);
  tbb::enumerable_thread_specific<Local> locals;
  tbb::parallel_for(std::size_t{0}, merchants, [&](std::size_t m) {
    options.stop_if_asked();
    Local& local = locals.local();
    receipts.read(m, local.entries);
    local.accounts.begin(local.entries.size());
    for (const Entry& entry : local.entries) local.accounts.add(ledger.account_of(entry.counterparty));
    counts[m] = local.accounts.found().size();
  });
  return counts;
}

}  // namespace ringscan::cpu
