#include "discover/farm.hpp"

#include <algorithm>
#include <map>

namespace ringscan::discover {

std::vector<Payment> payments_between(const TradeGraph& graph, const std::vector<Node>& from,
                                      const std::vector<Node>& to) {
  std::vector<Payment> all;
  for (const Node payer : from)
    for (const Node payee : to)
      if (const EdgeId id = graph.find(payer, payee); id != no_edge) {
        const std::span<const Payment> own = graph.payments(id);
        all.insert(all.end(), own.begin(), own.end());
      }
  std::ranges::sort(all, {}, &Payment::row);
  return all;
}

namespace {

void sort_by_name(std::vector<Account>& accounts, const Ledger& ledger) {
  std::ranges::sort(accounts, {}, [&](Account account) { return ledger.accounts.at(to_index(account)); });
}

std::vector<Account> accounts_of(const std::vector<Node>& nodes, const Ledger& ledger) {
  std::vector<Account> accounts;
  for (const Node node : nodes) accounts.push_back(ledger.wallet_account[node]);
  sort_by_name(accounts, ledger);
  return accounts;
}

Amount exact_sum(const LedgerView& view, const std::vector<Payment>& payments) {
  Amount sum;
  for (const Payment& payment : payments) sum = add(sum, view.amount_at(payment.row)).value_or(max_amount);
  return sum;
}

// What an account bought and was paid: of merchants that pay themselves, at each of them alone.
class Trade {
 public:
  Trade(const TradeGraph& graph, const DiscoverOptions& options, Side side, Node worker,
        const std::vector<Node>& merchants, const std::vector<Node>& payers)
      : options_(options),
        is_after_(side == Side::after),
        purchases_(payments_between(graph, {worker}, merchants)),
        rewards_(payments_between(graph, payers, {worker})) {}

  void add_to(FarmWorker& worker, const LedgerView& view) const {
    worker.purchases += purchases_.size();
    worker.rewards += rewards_.size();
    worker.spent = add(worker.spent, exact_sum(view, purchases_)).value_or(max_amount);
    worker.received = add(worker.received, exact_sum(view, rewards_)).value_or(max_amount);
    add_evidence(worker.evidence);
  }

 private:
  // Purchases in canonical order, each with the first free reward that answers it; then, where it is the totals that
  // balance, the payments that have no partner.
  void add_evidence(std::vector<FarmEvidence>& evidence) const {
    std::vector<bool> is_taken(rewards_.size());
    std::vector<Payment> alone;
    std::size_t first = 0;
    for (const Payment& purchase : purchases_) {
      const std::size_t reward = partner(purchase, is_taken, first);
      if (reward == rewards_.size()) {
        alone.push_back(purchase);
        continue;
      }
      is_taken[reward] = true;
      evidence.push_back({purchase.row, rewards_[reward].row, no_row});
    }
    if (!balances()) return;
    for (const Payment& purchase : alone) evidence.push_back({purchase.row, no_row, no_row});
    for (std::size_t i = 0; i < rewards_.size(); ++i)
      if (!is_taken[i]) evidence.push_back({no_row, rewards_[i].row, no_row});
  }
  // Among the `rewards_a_purchase` nearest rewards of the farm's side the first free one in canonical order; the size
  // if there is none. `first`: what lies before is out of every later purchase's reach.
  std::size_t partner(const Payment& purchase, const std::vector<bool>& is_taken, std::size_t& first) const {
    const std::uint64_t time = purchase.time;
    if (is_after_)
      while (first < rewards_.size() && rewards_[first].time <= time) ++first;
    else
      while (first < rewards_.size() && rewards_[first].time + options_.within < time) ++first;
    for (std::size_t i = first; i < rewards_.size() && i - first < options_.rewards_a_purchase; ++i) {
      const std::uint64_t reward = rewards_[i].time;
      if (is_after_ ? reward - time > options_.within : reward >= time) break;
      if (!is_taken[i] && answers(gain_of(options_, purchase.amount, rewards_[i].amount))) return i;
    }
    return rewards_.size();
  }
  // Who is paid first may get just what the purchase costs.
  bool answers(Gain gain) const { return gain == Gain::more || (!is_after_ && gain == Gain::neutral); }
  bool balances() const {
    double spent = 0, received = 0;
    for (const Payment& purchase : purchases_) spent += purchase.amount;
    for (const Payment& reward : rewards_) received += reward.amount;
    return answers(gain_of(options_, spent, received));
  }

  const DiscoverOptions& options_;
  bool is_after_;
  std::vector<Payment> purchases_, rewards_;
};

FarmWorker make_worker(const TradeGraph& graph, const Ledger& ledger, const Evaluation& evaluation,
                       const DiscoverOptions& options, Node node) {
  const auto& [merchants, payers] = evaluation.candidate;
  FarmWorker worker;
  worker.account = ledger.wallet_account[node];
  const auto add = [&](const std::vector<Node>& sellers, const std::vector<Node>& their_payers) {
    Trade(graph, options, evaluation.signals.side, node, sellers, their_payers).add_to(worker, ledger.view());
  };
  if (!evaluation.candidate.is_direct())
    add(merchants, payers);
  else
    for (const Node merchant : merchants) add({merchant}, {merchant});
  std::ranges::sort(worker.evidence, {}, [](const FarmEvidence& e) { return std::min(e.purchase, e.reward); });
  return worker;
}

// The merchant's last payment to the payer strictly between purchase and reward.
Row funding_between(const TradeGraph& graph, const LedgerView& view, Row purchase, Row reward) {
  const EdgeId id = graph.find(Node(to_index(view.to[purchase])), Node(to_index(view.from[reward])));
  if (id == no_edge) return no_row;
  const std::span<const Payment> payments = graph.payments(id);
  const auto end = std::ranges::lower_bound(payments, view.time[reward], {}, &Payment::time);
  if (end == payments.begin() || std::prev(end)->time <= view.time[purchase]) return no_row;
  return std::prev(end)->row;
}

// Half-way to a gate, or what it does not look at.
std::vector<Story> stories(const Evaluation& evaluation, const DiscoverOptions& options) {
  const Signals& found = evaluation.signals;
  const bool is_direct = evaluation.candidate.is_direct(), is_after = found.side == Side::after;
  const auto nearly = [](std::uint32_t against, std::uint32_t in_favour) { return 4.0 * against >= in_favour; };
  std::vector<Story> fitting;
  if (is_after && found.trading_on < 2 * options.sweep_share * found.workers) fitting.push_back(Story::launch);
  if (is_direct &&
      (nearly(found.plain_refunds, found.workers) || 2 * std::uint64_t{found.recipients} >= found.customers))
    fitting.push_back(Story::refund);
  if (found.recipients > options.overlap_recipients || nearly(found.votes_out_of_order, found.votes_in_order) ||
      nearly(found.votes_less, found.votes_more))
    fitting.push_back(Story::exchange);
  if (found.matched >= 5 && found.interest > options.interest_correlation) fitting.push_back(Story::lending);
  if (found.delay < 10 * options.min_delay || (!is_direct && found.funded < options.closed_share) || !is_after)
    fitting.push_back(Story::forwarder);
  return fitting;
}

}  // namespace

Farm make_farm(const TradeGraph& graph, const Ledger& ledger, const Evaluation& evaluation,
               const DiscoverOptions& options, const Observer& observer, Work& work) {
  const LedgerView view = ledger.view();
  const Candidate& candidate = evaluation.candidate;
  const bool is_direct = candidate.is_direct(), is_after = evaluation.signals.side == Side::after;
  Farm farm;
  farm.model = !is_after ? Model::basic : is_direct ? Model::enhanced : Model::advanced;
  farm.asset = ledger.wallet_asset[candidate.merchants.front()];
  farm.signals = evaluation.signals;
  farm.merchants = accounts_of(candidate.merchants, ledger);
  if (!is_direct) {
    farm.delegations = accounts_of(candidate.payers, ledger);
    for (const Payment& payment : payments_between(graph, candidate.merchants, candidate.payers))
      farm.funding.push_back(payment.row);
  }
  std::vector<Node> workers = evaluation.workers;
  workers.insert(workers.end(), evaluation.just_funded.begin(), evaluation.just_funded.end());
  std::ranges::sort(workers);
  farm.circumstances = observer.observe(candidate, workers, work);
  for (const Node worker : workers) {
    farm.workers.push_back(make_worker(graph, ledger, evaluation, options, worker));
    for (FarmEvidence& evidence : farm.workers.back().evidence) {
      if (evidence.purchase == no_row || evidence.reward == no_row) continue;
      ++farm.rewards_matched;
      if (is_direct || !is_after) continue;
      evidence.funding = funding_between(graph, view, evidence.purchase, evidence.reward);
      farm.funded_between += evidence.funding != no_row;
    }
  }
  std::ranges::sort(farm.workers, {},
                    [&](const FarmWorker& worker) { return ledger.accounts.at(to_index(worker.account)); });
  farm.stories = stories(evaluation, options);
  return farm;
}

void group_farms(std::vector<Farm>& farms) {
  std::map<Account, std::vector<std::uint32_t>> told_of;  // merchants and payers: places of farms
  for (std::uint32_t place = 0; place < farms.size(); ++place) {
    farms[place].group = place + 1;
    for (const std::vector<Account>* const accounts : {&farms[place].merchants, &farms[place].delegations})
      for (const Account account : *accounts) told_of[account].push_back(place);
  }
  // A group's number is that of a farm in the same group that ranks higher, and in the end that of the first.
  const auto first_of = [&](std::uint32_t place) {
    while (farms[place].group != place + 1) place = farms[place].group - 1;
    return place;
  };
  for (const auto& [account, places] : told_of) {
    const bool in_one_asset = std::ranges::all_of(
        places, [&](std::uint32_t place) { return farms[place].asset == farms[places.front()].asset; });
    if (in_one_asset) continue;
    for (const std::uint32_t place : places) {
      const auto [first, second] = std::minmax({first_of(places.front()), first_of(place)});
      farms[second].group = first + 1;
    }
  }
  for (std::uint32_t place = 0; place < farms.size(); ++place) farms[place].group = first_of(place) + 1;
}

}  // namespace ringscan::discover
