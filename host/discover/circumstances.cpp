#include "discover/circumstances.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "detect/burst.hpp"
#include "discover/tails.hpp"

namespace ringscan::discover {
namespace {

constexpr double burst_lengths = 7;

bool is_in(const std::vector<Node>& nodes, Node node) { return std::ranges::binary_search(nodes, node); }

// -log10 of trials * P(X >= count - 1), X ~ Binomial(of - 1, chance): one of `of` is given, the others match it by
// chance, and any of `trials` may be the one that was noticed. 0 where that is no surprise.
double tail_of_group(const Share& group, double chance, double trials) {
  if (group.count < 2 || chance >= 1) return 0;
  return std::max(0.0, binomial_tail(group.count - 1, group.of - 1, chance) - std::log10(trials));
}

// Of the payments those whose amount another worker's have too.
Share count_equal(std::vector<std::pair<AmountKey, Node>>& payments) {
  std::ranges::sort(payments);
  Share equal{0, payments.size()};
  for (std::size_t begin = 0, end = 0; begin < payments.size(); begin = end) {
    while (end < payments.size() && payments[end].first == payments[begin].first) ++end;
    if (payments[begin].second != payments[end - 1].second) equal.count += end - begin;
  }
  return equal;
}

}  // namespace

Circumstances Observer::observe(const Candidate& candidate, const std::vector<Node>& workers, Work& work) const {
  Circumstances found;
  const Customers customers = find_customers(candidate, workers, work);
  if (ledger_.time_axis == TimeAxis::seconds) find_burst_of(customers, found);
  find_steps(customers, found);
  found.youth = options_.youth;
  found.fresh_workers = fresh(customers.workers);
  found.fresh_others = fresh(customers.others);
  compare_amounts(candidate, workers, found, work);
  find_funder(candidate, customers, found);
  return found;
}

Observer::Customers Observer::find_customers(const Candidate& candidate, const std::vector<Node>& workers,
                                             Work& work) const {
  std::vector<FirstPurchase> all;
  Customers customers;
  for (const Node merchant : candidate.merchants)
    for (const EdgeId id : graph_.customers(merchant)) {
      const Edge& edge = graph_.edge(id);
      ++work.paths;
      if (is_in(candidate.merchants, edge.from) || is_in(candidate.payers, edge.from)) continue;
      all.push_back({edge.from, edge.first});
      for (const Payment& purchase : graph_.payments(id)) customers.times.push_back(purchase.time);
    }
  std::ranges::sort(customers.times);
  std::ranges::sort(all, {}, [](const FirstPurchase& one) { return std::pair(one.node, one.time); });
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i == 0 || all[i].node != all[i - 1].node)
      (is_in(workers, all[i].node) ? customers.workers : customers.others).push_back(all[i]);
  return customers;
}

void Observer::find_burst_of(const Customers& customers, Circumstances& found) const {
  found.burst = find_burst(customers.times, view_.first_time);
  if (!found.burst) return;
  const auto count_in_burst = [&](std::span<const std::uint32_t> times) {
    const auto relative = [&](std::uint32_t time) { return view_.first_time + std::int64_t{time}; };
    const auto begin = std::ranges::upper_bound(times, found.burst->after, {}, relative);
    const auto end = std::ranges::lower_bound(times, found.burst->before, {}, relative);
    return Share{std::uint64_t(end - begin), times.size()};
  };
  found.purchases_in_burst = count_in_burst(customers.times);
  found.payments_in_burst = count_in_burst(view_.time);
  const auto [payments, all] = found.payments_in_burst;
  found.burst_tail = tail_of_group(found.purchases_in_burst, double(payments) / double(all),
                                   burst_lengths * double(found.purchases_in_burst.of));
}

void Observer::find_steps(const Customers& customers, Circumstances& found) const {
  found.step = options_.step;
  std::vector<std::uint32_t> times;
  for (const FirstPurchase& worker : customers.workers) times.push_back(worker.time);
  std::ranges::sort(times);
  const auto is_near = [&](std::uint32_t a, std::uint32_t b) { return (a < b ? b - a : a - b) <= options_.step; };
  found.workers_in_step.of = times.size();
  for (std::size_t i = 0; i < times.size(); ++i)
    found.workers_in_step.count +=
        (i > 0 && is_near(times[i - 1], times[i])) || (i + 1 < times.size() && is_near(times[i], times[i + 1]));
  found.others_in_step.of = customers.others.size();
  for (const FirstPurchase& other : customers.others) {
    const auto next = std::ranges::lower_bound(times, other.time);
    found.others_in_step.count += (next != times.end() && is_near(*next, other.time)) ||
                                  (next != times.begin() && is_near(*std::prev(next), other.time));
  }
}

Share Observer::fresh(const std::vector<FirstPurchase>& customers) const {
  Share share;
  for (const FirstPurchase& customer : customers) {
    if (customer.time <= options_.youth) continue;  // the ledger does not reach far enough back
    ++share.of;
    share.count += customer.time - history_.of[account(customer.node)].first_seen <= options_.youth;
  }
  return share;
}

void Observer::compare_amounts(const Candidate& candidate, const std::vector<Node>& workers, Circumstances& found,
                               Work& work) const {
  std::vector<std::pair<AmountKey, Node>> purchases, rewards;
  const auto add = [&](std::vector<std::pair<AmountKey, Node>>& payments, EdgeId id, Node worker) {
    ++work.lookups;
    if (id == no_edge) return;
    for (const Payment& payment : graph_.payments(id)) payments.emplace_back(view_.amount[payment.row], worker);
  };
  for (const Node worker : workers) {
    const std::size_t before = purchases.size() + rewards.size();
    for (const Node merchant : candidate.merchants) add(purchases, graph_.find(worker, merchant), worker);
    for (const Node payer : candidate.payers) add(rewards, graph_.find(payer, worker), worker);
    const std::uint64_t inside = purchases.size() + rewards.size() - before,
                        all = history_.of[account(worker)].payments;
    found.payments_inside.count += inside;
    found.payments_inside.of += all;
    found.workers_inside.count += 2 * inside >= all;
  }
  found.workers_inside.of = workers.size();
  found.equal_purchases = count_equal(purchases);
  found.equal_rewards = count_equal(rewards);
}

void Observer::find_funder(const Candidate& candidate, const Customers& customers, Circumstances& found) const {
  std::map<Account, std::uint64_t> funded;
  for (const FirstPurchase& worker : customers.workers) {
    const std::uint32_t row = history_.of[account(worker.node)].first_receipt;
    if (row == History::none || view_.time[row] > worker.time) continue;
    const Account payer = view_.sender(row);
    const auto is_payer = [&](Node node) { return view_.wallet_account[node] == payer; };
    if (std::ranges::any_of(candidate.merchants, is_payer) || std::ranges::any_of(candidate.payers, is_payer)) continue;
    ++found.workers_funded.of;
    ++funded[payer];
  }
  const auto most = std::ranges::max_element(funded, {}, [](const auto& entry) { return entry.second; });
  if (most == funded.end() || most->second < 2) return;
  found.funder = most->first;
  found.workers_funded.count = most->second;
  found.funder_tail = tail_of_group(
      found.workers_funded, double(history_.of[to_index(most->first)].first_funded) / double(history_.funded_accounts),
      double(found.workers_funded.of));
}

}  // namespace ringscan::discover
