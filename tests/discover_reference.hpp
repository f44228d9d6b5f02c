// The evaluation of a candidate written down from its description (host/README.md, discover), with plain loops over all
// rows and maps instead of tables of edges: slow, and sharing nothing with host/discover but its types.
#pragma once
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "discover/evaluator.hpp"
#include "ledger/ledger.hpp"

namespace ringscan::testing {

using discover::Candidate;
using discover::Gate;
using discover::Node;
using discover::Side;
using discover::Signals;

class SlowEvaluation {
 public:
  struct Row {
    Node from, to;
    double amount;
    std::int64_t time;
    std::size_t place;
  };

  SlowEvaluation(const LedgerView& ledger, const DiscoverOptions& options) : options_(options) {
    for (ringscan::Row row = 0; row < ledger.size(); ++row)
      if (ledger.amount_at(row) != Amount{} && ledger.from[row] != ledger.to[row])
        rows_.push_back({Node(to_index(ledger.from[row])), Node(to_index(ledger.to[row])),
                         double(ledger.amount_at(row).limbs[0]), ledger.time[row], row});
    std::map<Node, std::set<Node>> payers, payees;
    for (const Row& row : rows_) payers[row.to].insert(row.from), payees[row.from].insert(row.to);
    for (Node node = 0; node < ledger.wallet_count(); ++node)
      is_worker_.push_back(payers[node].size() <= options.hub_degree && payees[node].size() <= options.hub_degree);
  }

  // One worker's side.
  struct Account {
    std::vector<Row> purchases, rewards;
    double spent = 0, received = 0;
    std::uint32_t more[2] = {0, 0}, less[2] = {0, 0};
    std::size_t balanced = 0;  // purchases in totals that balance with a gain
    std::vector<std::uint64_t> delays[2];
    std::vector<std::pair<double, double>> matched[2];  // delay, gain
  };

  // Everything but the score, the sampled chance and the gates behind it. nullopt where too few accounts are common.
  std::optional<Signals> signals(const Candidate& candidate, Side side, std::vector<Node>& workers) const {
    const std::set<Node> merchants(candidate.merchants.begin(), candidate.merchants.end());
    const std::set<Node> payers(candidate.payers.begin(), candidate.payers.end());
    std::map<Node, Account> accounts;
    std::set<Node> recipients, customers;
    std::map<Node, double> funding, paid;  // by payer
    for (const Row& row : rows_) {
      if (merchants.contains(row.to) && is_worker_[row.from]) {
        accounts[row.from].purchases.push_back(row);
        customers.insert(row.from);
      }
      if (payers.contains(row.from) && is_worker_[row.to]) {
        accounts[row.to].rewards.push_back(row);
        recipients.insert(row.to);
      }
      if (merchants.contains(row.from) && payers.contains(row.to)) funding[row.to] += row.amount;
    }
    std::erase_if(accounts, [&](const auto& entry) {
      return entry.second.purchases.empty() || entry.second.rewards.empty() || merchants.contains(entry.first) ||
             payers.contains(entry.first);
    });
    const bool is_direct = candidate.is_direct();
    if (accounts.size() < options_.min_workers || (!is_direct && recipients.size() > options_.max_recipients) ||
        (!is_direct && double(accounts.size()) < options_.recipients_share * double(recipients.size())))
      return std::nullopt;

    Signals found;
    found.side = side;
    found.recipients = std::uint32_t(recipients.size());
    const std::size_t s = std::size_t(side);
    std::int64_t first_reward = 1 << 30, first_purchase = 1 << 30;
    std::vector<std::uint64_t> delays;
    std::vector<std::pair<double, double>> matched;
    for (auto& [node, account] : accounts) {
      for (const Row& row : account.purchases) account.spent += row.amount;
      for (const Row& row : account.rewards) account.received += row.amount;
      if (is_direct) {
        for (const Node merchant : merchants)
          match(
              account, [&](const Row& p) { return p.to == merchant; },
              [&](const Row& r) { return r.from == merchant; });
      } else {
        match(
            account, [](const Row&) { return true; }, [](const Row&) { return true; });
      }
      const std::uint32_t more = account.more[s], less = account.less[s], mirror = account.more[1 - s];
      const bool is_explained = more >= 1 && 3 * more >= account.purchases.size();
      const bool is_refund = !is_explained && account.received / account.spent <= 1 + options_.neutral_gain;
      found.votes_in_order += more > mirror;
      found.votes_out_of_order += more < mirror;
      found.votes_more += more > less;
      found.votes_less += more < less;
      found.plain_refunds += is_refund;
      found.common += !(is_direct && is_refund);
      if (!is_explained) continue;
      workers.push_back(node);
      ++found.workers;
      found.repeating += account.purchases.size() >= 2;
      found.balanced += 2 * account.balanced >= account.purchases.size();
      found.spent += account.spent;
      found.rewarded += account.received;
      first_reward = std::min(first_reward, account.rewards.front().time);
      first_purchase = std::min(first_purchase, account.purchases.front().time);
      delays.insert(delays.end(), account.delays[s].begin(), account.delays[s].end());
      matched.insert(matched.end(), account.matched[s].begin(), account.matched[s].end());
    }
    for (const Node worker : workers) {
      const Account& account = accounts.at(worker);
      found.trading_on += side == Side::after ? account.purchases.back().time > first_reward
                                              : account.rewards.back().time > first_purchase;
    }
    if (found.workers < options_.min_workers) return found;
    if (is_direct) found.customers = customers.size();
    std::ranges::sort(delays);
    found.delay = delays.empty() ? options_.within : delays[delays.size() / 2];
    found.matched = std::uint32_t(matched.size());
    found.interest = correlation(matched);
    double funded = 0;
    for (const Node worker : workers)
      for (const Row& row : accounts.at(worker).rewards) paid[row.from] += row.amount;
    for (const auto& [payer, rewards] : paid) funded += std::min(rewards, funding[payer]);
    if (!is_direct) found.funded = funded / found.rewarded;
    return found;
  }

 private:
  // 'm' more, 'l' less, 'n' about as much, 'o' outside.
  char kind(double purchase, double reward) const {
    const double ratio = reward / purchase;
    if (ratio > 1 + options_.max_gain || ratio < 1 / (1 + options_.max_gain)) return 'o';
    if (ratio > 1 + options_.neutral_gain) return 'm';
    return ratio < 1 / (1 + options_.neutral_gain) ? 'l' : 'n';
  }

  // Of purchases and rewards that may answer each other.
  template <class IsPurchase, class IsReward>
  void match(Account& account, IsPurchase is_purchase, IsReward is_reward) const {
    std::vector<Row> purchases, rewards;
    std::ranges::copy_if(account.purchases, std::back_inserter(purchases), is_purchase);
    std::ranges::copy_if(account.rewards, std::back_inserter(rewards), is_reward);
    if (purchases.empty() || rewards.empty()) return;
    std::uint32_t all_more[2], all_less[2];
    for (const int side : {0, 1}) {
      std::set<std::size_t> purchases_of[2], rewards_of[2];                          // more, less
      std::map<std::size_t, std::tuple<std::int64_t, std::size_t, double>> nearest;  // by reward
      for (const Row& purchase : purchases) {
        std::vector<Row> around;
        for (const Row& reward : rewards) {
          const std::int64_t delay = side == 0 ? reward.time - purchase.time : purchase.time - reward.time;
          if (delay > 0) around.push_back(reward);
        }
        if (side == 1) std::ranges::reverse(around);
        if (around.size() > options_.rewards_a_purchase) around.resize(options_.rewards_a_purchase);
        std::optional<std::uint64_t> smallest;
        bool has_more = false;
        for (const Row& reward : around) {
          const std::int64_t delay = std::abs(reward.time - purchase.time);
          const char what = kind(purchase.amount, reward.amount);
          if (delay > std::int64_t(options_.within) || what == 'o') continue;
          if (!smallest) smallest = std::uint64_t(delay);
          if (what == 'n') continue;
          purchases_of[what == 'l'].insert(purchase.place);
          rewards_of[what == 'l'].insert(reward.place);
          if (what != 'm' || has_more) continue;
          has_more = true;
          const std::tuple entry(delay, purchase.place, reward.amount / purchase.amount);
          const auto [known, is_new] = nearest.emplace(reward.place, entry);
          if (!is_new) known->second = std::min(known->second, entry);
        }
        if (smallest) account.delays[side].push_back(*smallest);
      }
      all_more[side] = std::uint32_t(std::min(purchases_of[0].size(), rewards_of[0].size()));
      all_less[side] = std::uint32_t(std::min(purchases_of[1].size(), rewards_of[1].size()));
      for (const auto& [reward, entry] : nearest)
        account.matched[side].emplace_back(double(std::get<0>(entry)), std::get<2>(entry));
    }
    balance(purchases, rewards, account, all_more, all_less);
    for (const int side : {0, 1}) account.more[side] += all_more[side], account.less[side] += all_less[side];
  }

  // Where the totals of these purchases and rewards balance, all of them do.
  void balance(const std::vector<Row>& purchases, const std::vector<Row>& rewards, Account& account,
               std::uint32_t (&more)[2], std::uint32_t (&less)[2]) const {
    double spent = 0, received = 0;
    for (const Row& row : purchases) spent += row.amount;
    for (const Row& row : rewards) received += row.amount;
    const char what = kind(spent, received);
    if (what != 'm' && what != 'l') return;
    if (what == 'm') account.balanced += purchases.size();
    const std::int64_t t0 = purchases.front().time, t1 = purchases.back().time;
    const std::int64_t s0 = rewards.front().time, s1 = rewards.back().time;
    const auto set = [&](int side) { (what == 'm' ? more : less)[side] = std::uint32_t(purchases.size()); };
    if (s0 > t0 && s1 > t1 && s1 - t1 <= std::int64_t(options_.within)) set(0);
    if (s0 < t0 && s1 < t1) set(1);
  }

  // Of ranks: how many are below, and half of those alike.
  static double correlation(std::vector<std::pair<double, double>> pairs) {
    const double n = double(pairs.size());
    const auto original = pairs;
    for (auto& [delay, gain] : pairs) {
      double below_delay = 0, below_gain = 0;
      for (const auto& [other_delay, other_gain] : original) {
        below_delay += other_delay < delay ? 1 : other_delay == delay ? 0.5 : 0;
        below_gain += other_gain < gain ? 1 : other_gain == gain ? 0.5 : 0;
      }
      delay = below_delay, gain = below_gain;
    }
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (const auto& [delay, gain] : pairs)
      x += delay, y += gain, xx += delay * delay, yy += gain * gain, xy += delay * gain;
    const double vx = xx - x * x / n, vy = yy - y * y / n;
    if (pairs.size() < 2 || vx <= 1e-9 || vy <= 1e-9) return 0;
    return (xy - x * y / n) / std::sqrt(vx * vy);
  }

  const DiscoverOptions& options_;
  std::vector<Row> rows_;
  std::vector<bool> is_worker_;
};

}  // namespace ringscan::testing
