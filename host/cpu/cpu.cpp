#include "cpu/cpu.hpp"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <utility>

#include "cpu/common_accounts.hpp"
#include "cpu/count_beyond_memory.hpp"
#include "cpu/count_by_books.hpp"
#include "cpu/count_by_sweep.hpp"
#include "cpu/count_delegated.hpp"
#include "cpu/count_in_window.hpp"
#include "cpu/evaluation.hpp"
#include "cpu/exchanges.hpp"
#include "cpu/indexed_books.hpp"
#include "cpu/indexed_plain.hpp"
#include "cpu/suspects_by_sweep.hpp"

namespace ringscan {
namespace cpu {
namespace {

// One accusation with the pair it belongs to. `merchant` is whatever number the caller gave the merchant's account.
struct Accusation {
  std::uint32_t merchant;
  Account customer;
  Evidence evidence;

  auto order() const { return std::tuple(merchant, customer, evidence.purchase); }
  bool same_pair(const Accusation& other) const { return merchant == other.merchant && customer == other.customer; }
};

// Sorts, and keeps of each pair the accusation with the first purchase.
void keep_first_of_pair(std::vector<Accusation>& accusations) {
  tbb::parallel_sort(accusations.begin(), accusations.end(),
                     [](const Accusation& a, const Accusation& b) { return a.order() < b.order(); });
  const auto rest = std::ranges::unique(accusations, [](const auto& a, const auto& b) { return a.same_pair(b); });
  accusations.erase(rest.begin(), rest.end());
}

std::uint64_t sort_distinct(std::vector<std::uint64_t>& values) {
  tbb::parallel_sort(values.begin(), values.end());
  return std::uint64_t(std::ranges::unique(values).begin() - values.begin());
}

std::uint64_t pair_code(std::uint32_t merchant, Account customer) {
  return std::uint64_t(merchant) << 32 | std::uint32_t(customer);
}

class Cpu final : public Backend {
 public:
  explicit Cpu(const BackendOptions& options)
      : options_(options),
        allowed_(tbb::global_control::max_allowed_parallelism, options.threads),  // also beyond the machine's cores
        arena_(int(options.threads)) {}
  std::string_view name() const override { return "cpu"; }

  std::vector<Suspicion> find_suspects(const LedgerView& ledger, const Rule& rule,
                                       std::span<const Merchant> merchants) override {
    std::vector<Suspicion> suspects;
    arena_.execute([&] {
      const Question question(ledger, rule);
      if (plain_hits_decide(question) && index_pays_off(ledger, merchants, false)) {
        suspects = find_suspects_by_plain_hits(options_, question, MerchantWallets(ledger, merchants), merchants);
        return;
      }
      if (question.is_plain() && !index_pays_off(ledger, merchants, true)) {
        const LedgerView all = ledger.checked();
        suspects = find_suspects_by_sweep(options_, Question(all, rule), merchants, numbers_of(all, merchants));
        return;
      }
      for (const Accusation& accusation : accuse_at(ledger, rule, merchants, nullptr))
        suspects.push_back({accusation.merchant, accusation.customer});
    });
    return suspects;
  }

  std::vector<std::uint64_t> count_customers(const LedgerView& seen, std::span<const Merchant> merchants) override {
    std::vector<std::uint64_t> counts(merchants.size());
    arena_.execute([&] {
      if (index_pays_off(seen, merchants, false)) {
        counts = count_customers_by_index(options_, seen, MerchantWallets(seen, merchants), merchants.size());
        return;
      }
      const LedgerView ledger = seen.checked();
      const std::vector<std::uint32_t> number = numbers_of(ledger, merchants);
      std::vector<std::uint64_t> pairs =
          collect<std::uint64_t>(options_, ledger.size(), [&](Row row, std::vector<std::uint64_t>& out) {
            const std::uint32_t merchant = number[to_index(ledger.to[row])];
            if (merchant != no_merchant) out.push_back(pair_code(merchant, ledger.sender(row)));
          });
      pairs.resize(sort_distinct(pairs));
      for (const std::uint64_t pair : pairs) ++counts[pair >> 32];
    });
    return counts;
  }

  std::vector<Account> find_workers(const LedgerView& ledger, std::span<const Suspicion> suspects,
                                    std::uint64_t quorum) override {
    const std::vector<bool> may_work = possible_workers(ledger, suspects, quorum);
    // Suspicions are distinct, so an account's are the merchants that it is a suspect at.
    std::vector<Account> memberships;
    for (const Suspicion& suspicion : suspects)
      if (may_work[to_index(suspicion.customer)]) memberships.push_back(suspicion.customer);
    std::vector<Account> workers;
    arena_.execute([&] { tbb::parallel_sort(memberships.begin(), memberships.end()); });
    for (std::size_t begin = 0, end; begin < memberships.size(); begin = end) {
      for (end = begin; end < memberships.size() && memberships[end] == memberships[begin];) ++end;
      if (end - begin >= quorum) workers.push_back(memberships[begin]);
    }
    return workers;
  }

  std::vector<Evidence> find_evidence(const LedgerView& ledger, const Rule& rule, std::span<const Merchant> merchants,
                                      std::span<const Suspicion> suspects) override {
    std::vector<Evidence> evidence(suspects.size());
    arena_.execute([&] {
      const Question question(ledger, rule);
      if (plain_hits_decide(question) && index_pays_off(ledger, merchants, false))
        evidence =
            find_evidence_by_plain_hits(options_, question, MerchantWallets(ledger, merchants), merchants, suspects);
      std::vector<Suspicion> open;
      for (std::size_t i = 0; i < suspects.size(); ++i)
        if (evidence[i].purchase == no_row) open.push_back(suspects[i]);
      if (open.empty()) return;
      const std::span<const Suspicion> asked = open;
      const std::vector<Accusation> accusations = accuse_at(ledger, rule, merchants, &asked);
      for (std::size_t i = 0, next = 0; i < suspects.size() && next < accusations.size(); ++i)
        if (evidence[i].purchase == no_row) evidence[i] = accusations[next++].evidence;
    });
    return evidence;
  }

  HitCount count_hits(const LedgerView& seen, const Rule& rule, const Interval& interval) override {
    HitCount count;
    arena_.execute([&] {
      if (!fits_memory(options_, seen)) {
        count = count_beyond_memory(options_, seen, rule, interval);
        return;
      }
      const LedgerView ledger = seen.checked();
      const Question question(ledger, rule);
      count = sweep_can_count(rule)           ? count_by_sweep(options_, question, interval)
              : window_can_count(rule)        ? count_in_window(options_, question, interval)
              : rule.model == Model::advanced ? count_delegated(options_, question, interval)
                                              : count_by_books(options_, question, interval);
    });
    return count;
  }

  Exchanges collect_exchanges(const LedgerView& ledger, const ExchangeQuestion& question) override {
    Exchanges exchanges;
    arena_.execute([&] { exchanges = cpu::collect_exchanges(options_, ledger.checked(), question); });
    return exchanges;
  }

  CommonCounts count_common_accounts(const Exchanges& exchanges, const CommonQuestion& question) override {
    CommonCounts counts;
    arena_.execute([&] { counts = cpu::count_common_accounts(options_, exchanges, question); });
    return counts;
  }

  CountPlan plan_count(const LedgerView& ledger, const Rule& rule, const Interval& interval) override {
    CountPlan plan;
    if (!fits_memory(options_, ledger))
      arena_.execute([&] { plan = plan_beyond_memory(options_, ledger, rule, interval); });
    return plan;
  }

 private:
  // Of k merchants with suspects, a worker at `quorum` of them is at one of any k - quorum + 1: at one of the smallest.
  static std::vector<bool> possible_workers(const LedgerView& ledger, std::span<const Suspicion> suspects,
                                            std::uint64_t quorum) {
    std::vector<std::span<const Suspicion>> of_merchants;
    for (std::size_t begin = 0, end; begin < suspects.size(); begin = end) {
      for (end = begin; end < suspects.size() && suspects[end].merchant == suspects[begin].merchant;) ++end;
      of_merchants.push_back(suspects.subspan(begin, end - begin));
    }
    std::vector<bool> possible(ledger.account_count);
    if (quorum > of_merchants.size()) return possible;
    std::ranges::sort(of_merchants, {}, &std::span<const Suspicion>::size);
    for (std::size_t m = 0; m < of_merchants.size() - quorum + 1; ++m)
      for (const Suspicion& suspicion : of_merchants[m]) possible[to_index(suspicion.customer)] = true;
    return possible;
  }

  // Each wallet's place in `merchants`, by account.
  std::vector<std::uint32_t> numbers_of(const LedgerView& ledger, std::span<const Merchant> merchants) const {
    std::vector<std::uint32_t> of_account(ledger.account_count, no_merchant);
    for (std::uint32_t m = 0; m < merchants.size(); ++m) of_account[to_index(merchants[m].account)] = m;
    std::vector<std::uint32_t> of_wallet(ledger.wallet_count());
    for (std::size_t w = 0; w < of_wallet.size(); ++w) of_wallet[w] = of_account[to_index(ledger.wallet_account[w])];
    return of_wallet;
  }

  // The first accusation of each (merchant, customer), in that order; with rows and of `suspects` only, if given.
  std::vector<Accusation> accuse_at(const LedgerView& seen, const Rule& rule, std::span<const Merchant> merchants,
                                    const std::span<const Suspicion>* suspects) {
    if (index_pays_off(seen, merchants, true)) {
      const Question question(seen, rule);
      const MerchantWallets wallets(seen, merchants);
      const IndexedBooks books(options_, question, wallets, merchants, suspects);
      const auto number = [&](Wallet merchant) { return wallets.merchant(merchant); };
      return accuse(question, books, number, suspects != nullptr);
    }
    const LedgerView ledger = seen.checked();
    const Question question(ledger, rule);
    const std::vector<std::uint32_t> numbers = numbers_of(ledger, merchants);
    std::vector<bool> is_merchant(numbers.size()), is_suspect;
    for (std::size_t w = 0; w < numbers.size(); ++w) is_merchant[w] = numbers[w] != no_merchant;
    if (suspects != nullptr) {
      is_suspect.resize(ledger.account_count);
      for (const Suspicion& suspicion : *suspects) is_suspect[to_index(suspicion.customer)] = true;
    }
    const auto number = [&](Wallet merchant) { return numbers[to_index(merchant)]; };
    const auto asked_for = [&](std::uint32_t merchant, Account customer) {
      return is_suspect[to_index(customer)] && std::ranges::binary_search(*suspects, Suspicion{merchant, customer});
    };
    const ScannedBooks books(options_, question, is_merchant, [&](Row row) {
      const std::uint32_t merchant = number(ledger.to[row]);
      const Interval& interval = merchants[merchant].interval;
      return rules::is_between(interval.after, ledger.time_at(row), interval.before) &&
             !rule.excludes(ledger.sender(row)) && (suspects == nullptr || asked_for(merchant, ledger.sender(row)));
    });
    return accuse(question, books, number, suspects != nullptr);
  }

  // The first accusation of each (number(merchant's wallet), customer), in that order.
  template <class Books, class Number>
  std::vector<Accusation> accuse(const Question& question, const Books& books, Number number, bool rows_wanted) {
    struct Local {
      Evaluation evaluation;
      std::vector<Entry> purchases, receipts;
      Accusations accusations;
      std::vector<Accusation> found;
    };
    tbb::enumerable_thread_specific<Local> locals([&] {
      return Local{Evaluation(question, books.delegations()), {}, {}, {}, {}};
    });
    tbb::parallel_for(std::size_t{0}, books.wallet_count(), [&](std::size_t i) {
      options_.stop_if_asked();
      Local& local = locals.local();
      books.open(i, local.purchases, local.receipts,
                 [&](Wallet wallet, std::span<const Entry> purchases, std::span<const Entry> receipts) {
                   options_.did(purchases.size() + receipts.size());
                   local.evaluation.accuse(wallet, purchases, receipts, rows_wanted, local.accusations);
                   const std::size_t first = local.found.size();
                   for (std::size_t p = 0; p < purchases.size(); ++p)
                     if (local.accusations[p].purchase != no_row)
                       local.found.push_back({number(purchases[p].counterparty), question.ledger.account_of(wallet),
                                              local.accusations[p]});
                   std::span<Accusation> found = std::span(local.found).subspan(first);
                   std::ranges::sort(found, {}, &Accusation::order);
                   const auto rest =
                       std::ranges::unique(found, [](const auto& a, const auto& b) { return a.same_pair(b); });
                   local.found.resize(local.found.size() - rest.size());
                 });
    });

    std::vector<Accusation> all;
    for (Local& local : locals) {
      options_.did(0, local.evaluation.work() + local.found.size(), local.found.size() * sizeof(Accusation));
      all.insert(all.end(), local.found.begin(), local.found.end());
      local.found = {};
    }
    keep_first_of_pair(all);  // an account's wallets are merged here
    return all;
  }

  BackendOptions options_;
  tbb::global_control allowed_;
  tbb::task_arena arena_;
};

}  // namespace
}  // namespace cpu

std::unique_ptr<Backend> make_cpu(const BackendOptions& options) { return std::make_unique<cpu::Cpu>(options); }

}  // namespace ringscan
