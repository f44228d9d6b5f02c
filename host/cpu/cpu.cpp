#include "cpu/cpu.hpp"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <limits>
#include <utility>

#include "cpu/evaluation.hpp"
#include "cpu/sweep.hpp"

namespace ringscan {
namespace cpu {
namespace {

constexpr std::uint32_t no_merchant = std::numeric_limits<std::uint32_t>::max();

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

std::uint64_t count_distinct(std::vector<std::uint64_t>& values) {
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
      const std::vector<Accusation> accusations = accuse_at(
          ledger, rule, merchants, [](auto...) { return true; }, false);
      for (const Accusation& accusation : accusations) suspects.push_back({accusation.merchant, accusation.customer});
    });
    return suspects;
  }

  std::vector<std::uint64_t> count_customers(const LedgerView& ledger, std::span<const Merchant> merchants) override {
    std::vector<std::uint64_t> counts(merchants.size());
    arena_.execute([&] {
      const std::vector<std::uint32_t> number = numbers_of(ledger, merchants);
      std::vector<std::uint64_t> pairs =
          collect<std::uint64_t>(options_, ledger.size(), [&](Row row, std::vector<std::uint64_t>& out) {
            const std::uint32_t merchant = number[to_index(ledger.to[row])];
            if (merchant != no_merchant) out.push_back(pair_code(merchant, ledger.sender(row)));
          });
      pairs.resize(count_distinct(pairs));
      for (const std::uint64_t pair : pairs) ++counts[pair >> 32];
    });
    return counts;
  }

  std::vector<Account> find_workers(const LedgerView& ledger, std::span<const Suspicion> suspects,
                                    std::uint64_t quorum) override {
    // Suspicions are distinct, so an account's are the merchants that it is a suspect at.
    std::vector<std::uint32_t> memberships(ledger.account_count);
    for (const Suspicion& suspicion : suspects) ++memberships[to_index(suspicion.customer)];
    std::vector<Account> workers;
    for (std::uint32_t account = 0; account < memberships.size(); ++account)
      if (memberships[account] >= quorum) workers.push_back(Account(account));
    return workers;
  }

  std::vector<Evidence> find_evidence(const LedgerView& ledger, const Rule& rule, std::span<const Merchant> merchants,
                                      std::span<const Suspicion> suspects) override {
    std::vector<Evidence> evidence;
    arena_.execute([&] {
      std::vector<bool> is_suspect(ledger.account_count);
      for (const Suspicion& suspicion : suspects) is_suspect[to_index(suspicion.customer)] = true;
      const auto asked_for = [&](std::uint32_t merchant, Account customer) {
        return is_suspect[to_index(customer)] && std::ranges::binary_search(suspects, Suspicion{merchant, customer});
      };
      for (const Accusation& accusation : accuse_at(ledger, rule, merchants, asked_for, true))
        evidence.push_back(accusation.evidence);
    });
    return evidence;
  }

  HitCount count_hits(const LedgerView& ledger, const Rule& rule, const Interval& interval) override {
    HitCount count;
    arena_.execute([&] {
      std::vector<std::uint64_t> pairs;
      const auto may_accuse = [&](Row row) {
        return rules::is_between(interval.after, ledger.time_at(row), interval.before) &&
               !rule.excludes(ledger.sender(row)) && !rule.excludes(ledger.receiver(row));
      };
      if (Question(ledger, rule).is_plain()) {
        const auto pays = [&](Row row) { return !rule.excludes(ledger.sender(row)); };
        sweep(options_, ledger, pays, [&](Row row) {
          if (!may_accuse(row)) return;
          ++count.hits;
          pairs.push_back(pair_code(std::uint32_t(ledger.receiver(row)), ledger.sender(row)));
        });
      } else {
        const std::vector<bool> all(ledger.wallet_count(), true);
        const auto number = [&](Row row) { return std::uint32_t(ledger.receiver(row)); };
        std::atomic<std::uint64_t> hits = 0;
        for (const Accusation& accusation : accuse(ledger, rule, all, may_accuse, number, false, hits))
          pairs.push_back(pair_code(accusation.merchant, accusation.customer));
        count.hits = hits;
      }
      count.pairs = count_distinct(pairs);
    });
    return count;
  }

 private:
  // Each wallet's place in `merchants`, by account.
  std::vector<std::uint32_t> numbers_of(const LedgerView& ledger, std::span<const Merchant> merchants) const {
    std::vector<std::uint32_t> of_account(ledger.account_count, no_merchant);
    for (std::uint32_t m = 0; m < merchants.size(); ++m) of_account[to_index(merchants[m].account)] = m;
    std::vector<std::uint32_t> of_wallet(ledger.wallet_count());
    for (std::size_t w = 0; w < of_wallet.size(); ++w) of_wallet[w] = of_account[to_index(ledger.wallet_account[w])];
    return of_wallet;
  }

  template <class AskedFor>
  std::vector<Accusation> accuse_at(const LedgerView& ledger, const Rule& rule, std::span<const Merchant> merchants,
                                    AskedFor asked_for, bool rows_wanted) {
    const std::vector<std::uint32_t> numbers = numbers_of(ledger, merchants);
    std::vector<bool> is_merchant(numbers.size());
    for (std::size_t w = 0; w < numbers.size(); ++w) is_merchant[w] = numbers[w] != no_merchant;
    const auto number = [&](Row row) { return numbers[to_index(ledger.to[row])]; };
    const auto may_accuse = [&](Row row) {
      const Interval& interval = merchants[number(row)].interval;
      return rules::is_between(interval.after, ledger.time_at(row), interval.before) &&
             !rule.excludes(ledger.sender(row)) && asked_for(number(row), ledger.sender(row));
    };
    std::atomic<std::uint64_t> hits = 0;
    return accuse(ledger, rule, is_merchant, may_accuse, number, rows_wanted, hits);
  }

  // The first accusation of each (number(row), customer), in that order, among the purchases at merchants' wallets that
  // `may_accuse` accepts; `hits` counts all.
  template <class MayAccuse, class Number>
  std::vector<Accusation> accuse(const LedgerView& ledger, const Rule& rule, const std::vector<bool>& is_merchant,
                                 MayAccuse may_accuse, Number number, bool rows_wanted,
                                 std::atomic<std::uint64_t>& hits) {
    const Question question(ledger, rule);
    const Partition purchases(options_, ledger.from,
                              [&](Row row) { return is_merchant[to_index(ledger.to[row])] && may_accuse(row); });
    const Partition receipts = receipts_of(question, purchases, is_merchant);
    const Delegations delegations = rule.model != Model::advanced
                                        ? Delegations()
                                        : Delegations(ledger, Partition(options_, ledger.from, [&](Row row) {
                                                        return is_merchant[to_index(ledger.from[row])];
                                                      }));

    struct Local {
      Evaluation evaluation;
      Accusations accusations;
      std::vector<Accusation> found;
    };
    tbb::enumerable_thread_specific<Local> locals([&] { return Local{Evaluation(question, delegations), {}, {}}; });
    tbb::parallel_for(std::size_t{0}, purchases.group_count(), [&](std::size_t group) {
      options_.stop_if_asked();
      Local& local = locals.local();
      const std::span<const WalletRow> bought = purchases.group(group);
      local.evaluation.accuse(bought, receipts.of(bought.front().wallet), rows_wanted, local.accusations);
      const std::size_t first = local.found.size();
      const Account customer = ledger.wallet_account[to_index(bought.front().wallet)];
      for (const Evidence& evidence : local.accusations)
        if (evidence.purchase != no_row) local.found.push_back({number(evidence.purchase), customer, evidence});
      hits += local.found.size() - first;
      std::span<Accusation> found = std::span(local.found).subspan(first);
      std::ranges::sort(found, {}, &Accusation::order);
      const auto rest = std::ranges::unique(found, [](const auto& a, const auto& b) { return a.same_pair(b); });
      local.found.resize(local.found.size() - rest.size());
    });

    std::vector<Accusation> all;
    for (Local& local : locals) {
      all.insert(all.end(), local.found.begin(), local.found.end());
      local.found = {};
    }
    keep_first_of_pair(all);  // an account's wallets are merged here
    return all;
  }

  // What can complete a purchase: payments to the customers' wallets, by those who may pay rewards.
  Partition receipts_of(const Question& question, const Partition& purchases,
                        const std::vector<bool>& is_merchant) const {
    const LedgerView& ledger = question.ledger;
    const Rule& rule = question.rule;
    if (rule.model == Model::purchase_only) return {};
    const bool only_merchants_pay = rule.model == Model::enhanced || rule.model == Model::basic;
    std::vector<bool> is_customer(ledger.wallet_count());
    for (std::size_t g = 0; g < purchases.group_count(); ++g)
      is_customer[to_index(purchases.group(g).front().wallet)] = true;
    return Partition(options_, ledger.to, [&](Row row) {
      return is_customer[to_index(ledger.to[row])] &&
             (!only_merchants_pay || is_merchant[to_index(ledger.from[row])]) && !rule.excludes(ledger.sender(row));
    });
  }

  BackendOptions options_;
  tbb::global_control allowed_;
  tbb::task_arena arena_;
};

}  // namespace
}  // namespace cpu

std::unique_ptr<Backend> make_cpu(const BackendOptions& options) { return std::make_unique<cpu::Cpu>(options); }

}  // namespace ringscan
