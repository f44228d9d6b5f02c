// The three algorithms of S. Huang, X. Yang, L. He, X. Hao, W. Ren, "An analysis model for detecting misbehaviors in
// anonymous cryptocurrency", Computer Standards & Interfaces 2022, 103669, as nested loops over all transactions, in
// one file to lay beside the paper. Refinements are further conditions inside the loops. O(m n^2); advanced O(m n^3).
//
// It compares exact amounts, accounts and assets, never order keys or wallets, and shares no code with other backends:
// what it says is the bottom line. Transactions are in canonical order, so the first row found is the canonical one.
#include "reference/reference.hpp"

#include <algorithm>
#include <set>

#include "reference/burst.hpp"
#include "reference/exchanges.hpp"

namespace ringscan {
namespace {

struct Transaction {
  Account from, to;
  Asset asset;
  Amount amount;
  std::int64_t time;
};

class Reference final : public Backend {
 public:
  explicit Reference(const BackendOptions& options) : options_(options) {}
  std::string_view name() const override { return "reference"; }

  std::vector<Suspicion> find_suspects(const LedgerView& ledger, const Rule& rule,
                                       std::span<const Merchant> merchants) override {
    load(ledger);
    std::vector<Suspicion> result;
    for (std::uint32_t m = 0; m < merchants.size(); ++m) {
      std::set<Account> customers;  // Customer[m]
      for (Row r1 = 0; r1 < T.size(); ++r1)
        if (T[r1].to == merchants[m].account && may_accuse(rule, merchants[m].interval, r1) &&
            (rule.model == Model::purchase_only || completes(rule, r1)))
          customers.insert(T[r1].from);
      for (const Account customer : customers) result.push_back({m, customer});
    }
    return result;
  }

  std::vector<std::uint64_t> count_customers(const LedgerView& ledger, std::span<const Merchant> merchants) override {
    load(ledger);
    std::vector<std::uint64_t> counts;
    for (const Merchant& m : merchants) {
      std::set<Account> customers;
      for (const Transaction& r1 : T)
        if (r1.to == m.account) customers.insert(r1.from);
      counts.push_back(customers.size());
    }
    return counts;
  }

  // Worker = the intersection of the Customer[m]: who is in at least `quorum` of them.
  std::vector<Account> find_workers(const LedgerView& ledger, std::span<const Suspicion> suspects,
                                    std::uint64_t quorum) override {
    std::vector<Account> workers;
    std::vector<std::uint64_t> memberships(ledger.account_count);
    for (const Suspicion& suspicion : suspects) ++memberships[to_index(suspicion.customer)];
    for (std::uint32_t account = 0; account < memberships.size(); ++account)
      if (memberships[account] >= quorum) workers.push_back(Account(account));
    return workers;
  }

  std::vector<Evidence> find_evidence(const LedgerView& ledger, const Rule& rule, std::span<const Merchant> merchants,
                                      std::span<const Suspicion> suspects) override {
    load(ledger);
    std::vector<Evidence> result;
    for (const Suspicion& suspicion : suspects) {
      const Merchant& m = merchants[suspicion.merchant];
      Evidence evidence;
      for (Row r1 = 0; r1 < T.size() && evidence.purchase == no_row; ++r1)
        if (T[r1].to == m.account && T[r1].from == suspicion.customer && may_accuse(rule, m.interval, r1) &&
            (rule.model == Model::purchase_only || completes(rule, r1, &evidence)))
          evidence.purchase = r1;
      result.push_back(evidence);
    }
    return result;
  }

  std::vector<std::optional<Interval>> find_bursts(const LedgerView& ledger,
                                                   std::span<const Account> merchants) override {
    load(ledger);
    std::vector<std::optional<Interval>> bursts;
    for (const Account m : merchants) {
      std::vector<std::int64_t> times;
      for (const Transaction& r1 : T)
        if (r1.to == m) times.push_back(r1.time);
      bursts.push_back(burst_by_definition(times));
    }
    return bursts;
  }

  HitCount count_hits(const LedgerView& ledger, const Rule& rule, const Interval& interval) override {
    load(ledger);
    HitCount count;
    std::set<std::pair<Account, Account>> pairs;
    for (Row r1 = 0; r1 < T.size(); ++r1)
      if (!rule.excludes(T[r1].to) && may_accuse(rule, interval, r1) &&
          (rule.model == Model::purchase_only || completes(rule, r1))) {
        ++count.hits;
        pairs.insert({T[r1].to, T[r1].from});
      }
    count.pairs = pairs.size();
    return count;
  }

  Exchanges collect_exchanges(const LedgerView& ledger, const ExchangeQuestion& question) override {
    return exchanges_by_maps(ledger.checked(), question);
  }

  CommonCounts count_common_accounts(const Exchanges& exchanges, const CommonQuestion& question) override {
    return common_accounts_by_sets(options_, exchanges, question);
  }

 private:
  // Algorithm 2's condition, and who may be a worker at all.
  bool may_accuse(const Rule& rule, const Interval& interval, Row r1) const {
    options_.stop_if_asked();
    return interval.after < T[r1].time && T[r1].time < interval.before && !rule.excludes(T[r1].from);
  }

  // The inner loop of Algorithm 1: is there a transaction that completes the purchase r1?
  bool completes(const Rule& rule, Row r1, Evidence* evidence = nullptr) const {
    for (Row r2 = 0; r2 < T.size(); ++r2) {
      Row r3 = no_row;
      if (rule.model == Model::basic) {
        if (!is_funding(rule, T[r1], T[r2])) continue;
        if (evidence != nullptr) evidence->funding = r2;
        return true;
      }
      if (!is_reward(rule, T[r1], T[r2])) continue;
      if (rule.model == Model::enhanced && T[r2].from != T[r1].to) continue;
      if (rule.model == Model::advanced && (r3 = find_delegation_payment(T[r1], T[r2])) == no_row) continue;
      if (evidence != nullptr) evidence->reward = r2, evidence->funding = r3;
      return true;
    }
    return false;
  }

  // R2.to = R1.from, R2.amount > R1.amount, R2.time > R1.time, of one asset, with the refinements.
  static bool is_reward(const Rule& rule, const Transaction& r1, const Transaction& r2) {
    return r2.to == r1.from && r2.asset == r1.asset && r2.amount > r1.amount && r2.time > r1.time &&
           !rule.excludes(r2.from) && (!rule.within || std::uint64_t(r2.time - r1.time) <= *rule.within) &&
           (!rule.max_gain || gains_at_most(*rule.max_gain, r1.amount, r2.amount));
  }

  // reward <= purchase * (1 + gain), both sides times 10^places.
  static bool gains_at_most(const Decimal& gain, const Amount& purchase, const Amount& reward) {
    const Amount one = *times_power_of_ten(Amount{1}, gain.places);  // a decimal has at most 70 digits: no overflow
    const Amount factor = *add(gain.numerator, one);
    return multiply(reward, one) <= multiply(purchase, factor);
  }

  // R3: m pays the delegation d = R2.from, which is neither m nor w, strictly between R1 and R2.
  Row find_delegation_payment(const Transaction& r1, const Transaction& r2) const {
    const Account m = r1.to, w = r1.from, d = r2.from;
    if (d == m || d == w) return no_row;
    for (Row r3 = 0; r3 < T.size(); ++r3)
      if (T[r3].from == m && T[r3].to == d && T[r3].asset == r1.asset && r1.time < T[r3].time && T[r3].time < r2.time)
        return r3;
    return no_row;
  }

  // R0: m paid w before the purchase, at least as much.
  static bool is_funding(const Rule& rule, const Transaction& r1, const Transaction& r0) {
    return r0.from == r1.to && r0.to == r1.from && r0.asset == r1.asset && r0.time < r1.time &&
           r0.amount >= r1.amount && (!rule.within || std::uint64_t(r1.time - r0.time) <= *rule.within);
  }

  void load(const LedgerView& ledger) {
    T.clear();
    T.reserve(ledger.size());
    for (Row row = 0; row < ledger.size(); ++row)
      T.push_back(
          {ledger.sender(row), ledger.receiver(row), ledger.asset(row), ledger.amount_at(row), ledger.time_at(row)});
  }

  BackendOptions options_;
  std::vector<Transaction> T;  // the paper's T
};

}  // namespace

std::unique_ptr<Backend> make_reference(const BackendOptions& options) { return std::make_unique<Reference>(options); }

}  // namespace ringscan
