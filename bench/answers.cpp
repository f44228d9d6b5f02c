#include "answers.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <tuple>

namespace ringscan::bench {
namespace {

constexpr std::uint32_t not_listed = ~std::uint32_t{0};

// One asset: a wallet is an account, and amounts are half their keys.
struct Columns {
  explicit Columns(const Ledger& ledger) : l(ledger) {}
  std::uint32_t from(Row row) const { return std::uint32_t(l.from[row]); }
  std::uint32_t to(Row row) const { return std::uint32_t(l.to[row]); }
  std::uint64_t time(Row row) const { return l.time[row]; }
  std::uint64_t amount(Row row) const { return l.amount[row] / 2; }
  Row size() const { return l.from.size(); }
  const Ledger& l;
};

// The rows that some accounts receive, account after account, rows ascending; with the largest amount from each on.
struct Receipts {
  Receipts(const Columns& ledger, const std::vector<bool>& of_account) : begin(of_account.size() + 1) {
    for (Row row = 0; row < ledger.size(); ++row) begin[ledger.to(row) + 1] += of_account[ledger.to(row)];
    for (std::size_t account = 1; account < begin.size(); ++account) begin[account] += begin[account - 1];
    rows.resize(begin.back());
    largest.resize(begin.back());
    std::vector<std::uint64_t> next = begin;
    for (Row row = 0; row < ledger.size(); ++row)
      if (of_account[ledger.to(row)]) rows[next[ledger.to(row)]++] = row;
    for (std::size_t i = rows.size(); i-- > 0;) {
      largest[i] = ledger.amount(rows[i]);
      if (i + 1 < rows.size() && ledger.to(rows[i + 1]) == ledger.to(rows[i]))
        largest[i] = std::max(largest[i], largest[i + 1]);
    }
  }

  std::vector<std::uint64_t> begin;  // by account
  std::vector<Row> rows;
  std::vector<std::uint64_t> largest;
};

// What merchants pay to whom.
struct Payment {
  std::uint32_t merchant, payee;
  Row row;
  friend auto operator<=>(const Payment&, const Payment&) = default;
};

class Walk {
 public:
  Walk(const Workload& workload, const Question& question, const std::vector<bool>& customers)
      : ledger_(workload.ledger), rule_(question.rule), receipts_(ledger_, customers), skipped_(customers.size()) {
    if (workload.options.transactions > walk_everything_up_to && never_accused(workload, rule_))
      for (const Account hot : workload.hot_accounts) skipped_[to_index(hot)] = true;
  }

  // The merchants' payments are looked up for the model `advanced` only.
  void list_payments(const std::vector<std::uint32_t>& place) {
    for (Row row = 0; row < ledger_.size(); ++row)
      if (place[ledger_.from(row)] != not_listed) payments_.push_back({ledger_.from(row), ledger_.to(row), row});
    std::ranges::sort(payments_);
  }

  std::uint64_t receipt_count() const { return receipts_.rows.size(); }

  // The evidence for this purchase; `purchase` is no_row where there is none.
  Evidence judge(Row purchase) const {
    if (skipped_[ledger_.from(purchase)]) return {};
    return rule_.model == Model::basic ? find_funding(purchase) : find_reward(purchase);
  }

 private:
  Evidence find_funding(Row purchase) const {
    const std::uint32_t worker = ledger_.from(purchase);
    const std::uint64_t earliest = ledger_.time(purchase) - std::min(ledger_.time(purchase), *rule_.within);
    for (std::uint64_t i = first_from(worker, earliest); i < receipts_.begin[worker + 1]; ++i) {
      const Row r0 = receipts_.rows[i];
      if (ledger_.time(r0) >= ledger_.time(purchase)) break;
      if (ledger_.from(r0) == ledger_.to(purchase) && ledger_.amount(r0) >= ledger_.amount(purchase))
        return {purchase, no_row, r0};
    }
    return {};
  }

  Evidence find_reward(Row purchase) const {
    const std::uint32_t worker = ledger_.from(purchase), merchant = ledger_.to(purchase);
    const std::uint64_t price = ledger_.amount(purchase), time = ledger_.time(purchase);
    for (std::uint64_t i = first_from(worker, time + 1); i < receipts_.begin[worker + 1]; ++i) {
      if (receipts_.largest[i] <= price) break;
      const Row r2 = receipts_.rows[i];
      if (rule_.within && ledger_.time(r2) > time + *rule_.within) break;
      if (ledger_.amount(r2) <= price) continue;
      if (rule_.max_gain && ledger_.amount(r2) * 10 > price * (10 + max_gain_tenths)) continue;
      if (rule_.model == Model::enhanced && ledger_.from(r2) != merchant) continue;
      if (rule_.model != Model::advanced) return {purchase, r2, no_row};
      if (const Row r3 = find_payment(merchant, ledger_.from(r2), worker, time, ledger_.time(r2)); r3 != no_row)
        return {purchase, r2, r3};
    }
    return {};
  }

  Row find_payment(std::uint32_t merchant, std::uint32_t payee, std::uint32_t worker, std::uint64_t after,
                   std::uint64_t before) const {
    if (payee == merchant || payee == worker) return no_row;
    for (auto it = std::ranges::lower_bound(payments_, Payment{merchant, payee, 0});
         it != payments_.end() && it->merchant == merchant && it->payee == payee && ledger_.time(it->row) < before;
         ++it)
      if (ledger_.time(it->row) > after) return it->row;
    return no_row;
  }

  std::uint64_t first_from(std::uint32_t account, std::uint64_t time) const {
    const auto begin = receipts_.rows.begin();
    const auto found = std::lower_bound(begin + std::int64_t(receipts_.begin[account]),
                                        begin + std::int64_t(receipts_.begin[account + 1]), time,
                                        [&](Row row, std::uint64_t t) { return ledger_.time(row) < t; });
    return std::uint64_t(found - begin);
  }

  Columns ledger_;
  Rule rule_;
  Receipts receipts_;
  std::vector<Payment> payments_;
  std::vector<bool> skipped_;  // by account
};

Answer count_all(const Workload& workload, const Question& question) {
  const Columns ledger(workload.ledger);
  const std::size_t accounts = workload.ledger.wallet_account.size();
  Walk walk(workload, question, std::vector<bool>(accounts, true));
  if (question.rule.model == Model::advanced) walk.list_payments(std::vector<std::uint32_t>(accounts));
  Answer answer;
  answer.purchases = answer.receipts = ledger.size();
  std::vector<std::uint64_t> pairs;
  for (Row row = 0; row < ledger.size(); ++row)
    if (walk.judge(row).purchase != no_row) pairs.push_back(std::uint64_t{ledger.to(row)} << 32 | ledger.from(row));
  answer.count.hits = pairs.size();
  std::ranges::sort(pairs);
  answer.count.pairs = std::uint64_t(std::ranges::unique(pairs).begin() - pairs.begin());
  if (answer.count.pairs < workload.planted.size()) throw std::logic_error("planted tasks are not counted");
  return answer;
}

}  // namespace

Answer expected_answer(const Workload& workload, const Question& question) {
  if (question.all_receivers) return count_all(workload, question);
  const Columns ledger(workload.ledger);
  const std::size_t accounts = workload.ledger.wallet_account.size();
  std::vector<std::uint32_t> place(accounts, not_listed);
  for (std::uint32_t m = 0; m < workload.merchants.size(); ++m) place[to_index(workload.merchants[m].account)] = m;

  std::vector<std::tuple<std::uint32_t, std::uint32_t, Row>> purchases;  // merchant's place, customer, row
  std::vector<bool> is_customer(accounts);
  for (Row row = 0; row < ledger.size(); ++row)
    if (place[ledger.to(row)] != not_listed) {
      purchases.emplace_back(place[ledger.to(row)], ledger.from(row), row);
      is_customer[ledger.from(row)] = true;
    }
  std::ranges::sort(purchases);

  Walk walk(workload, question, is_customer);
  if (question.rule.model == Model::advanced) walk.list_payments(place);
  Answer answer;
  answer.purchases = purchases.size();
  answer.receipts = walk.receipt_count();
  answer.customers.resize(workload.merchants.size());
  bool is_settled = false;  // this pair is a suspicion already
  for (std::size_t i = 0; i < purchases.size(); ++i) {
    const auto [merchant, customer, row] = purchases[i];
    const bool is_new =
        i == 0 || merchant != std::get<0>(purchases[i - 1]) || customer != std::get<1>(purchases[i - 1]);
    if (is_new) {
      ++answer.customers[merchant];
      is_settled = false;
    }
    if (is_settled) continue;
    const Evidence evidence = walk.judge(row);
    if (evidence.purchase == no_row) continue;
    is_settled = true;
    answer.suspects.push_back({merchant, Account(customer)});
    answer.evidence.push_back(evidence);
  }
  if (!std::ranges::includes(answer.suspects, workload.planted))
    throw std::logic_error(std::string(question.name) + " on " + std::string(name(workload.options.shape)) +
                           ": planted workers are not suspects");
  return answer;
}

}  // namespace ringscan::bench
