#include "discover/evaluator.hpp"

#include <algorithm>

namespace ringscan::discover {
namespace {

constexpr std::size_t ahead = 4;  // recipients whose purchases are soon looked up

}  // namespace

Evaluation Evaluator::evaluate(Candidate candidate) {
  ++work_.evaluations;
  Evaluation evaluation;
  evaluation.candidate = std::move(candidate);
  const Candidate& asked = evaluation.candidate;
  common_.clear();
  for (Side_& side : sides_) side.delays.clear(), side.matched.clear();
  find_common(asked);
  // Where no side can have enough workers, the payments need not be compared.
  const double least = asked.is_direct() ? 0 : options_.recipients_share * recipients_;
  if (common_.size() < options_.min_workers || double(common_.size()) < least) return evaluation;

  for (CommonAccount& account : common_) {
    find_purchases(asked, account.node);
    find_matches(asked, account);
    for (const Side side : {Side::after, Side::before}) {
      if (!is_explained(account, side)) continue;
      Side_& all = sides_[std::size_t(side)];
      const Side_& own = account_sides_[std::size_t(side)];
      all.delays.insert(all.delays.end(), own.delays.begin(), own.delays.end());
      all.matched.insert(all.matched.end(), own.matched.begin(), own.matched.end());
    }
  }
  Signals after = signals(asked, Side::after);
  const Signals before = signals(asked, Side::before);
  evaluation.gates = {after.gate, before.gate};
  // An accepted side, then a sweep, then the one that came further.
  const auto rank = [](const Signals& side) {
    const bool is_sweep = side.gate == Gate::sweep || side.gate == Gate::prefunded_sweep;
    return std::tuple(side.gate == Gate::none, is_sweep, side.gate, side.score);
  };
  evaluation.signals = rank(before) > rank(after) ? before : after;
  for (const CommonAccount& account : common_)
    if (is_explained(account, evaluation.signals.side))
      evaluation.workers.push_back(account.node);
    else if (evaluation.signals.side == Side::before && account.first_reward < account.first_purchase &&
             3 * std::uint64_t{account.just_funded} >= account.purchases)
      evaluation.just_funded.push_back(account.node);
  return evaluation;
}

void Evaluator::find_common(const Candidate& candidate) {
  recipient_edges_.clear();
  for (const Node payer : candidate.payers)
    for (const EdgeId id : graph_.recipients(payer)) recipient_edges_.emplace_back(graph_.edge(id).to, id);
  if (candidate.payers.size() > 1) std::ranges::sort(recipient_edges_);
  recipients_ = 0;
  for (std::size_t i = 0; i < recipient_edges_.size(); ++i)
    recipients_ += i == 0 || recipient_edges_[i].first != recipient_edges_[i - 1].first;
  if (!candidate.is_direct() && recipients_ > options_.max_recipients) return;  // the gate is closed already

  const auto is_in = [](const std::vector<Node>& nodes, Node node) { return std::ranges::binary_search(nodes, node); };
  for (std::size_t i = 0; i < recipient_edges_.size();) {
    if (i + 2 * ahead < recipient_edges_.size()) graph_.prefetch_place(recipient_edges_[i + 2 * ahead].first);
    if (i + ahead < recipient_edges_.size()) graph_.prefetch_payees(recipient_edges_[i + ahead].first);
    CommonAccount account{recipient_edges_[i].first};
    std::size_t end = i;
    while (end < recipient_edges_.size() && recipient_edges_[end].first == account.node) ++end;
    find_purchases(candidate, account.node);
    if (!purchase_edges_.empty() && !is_in(candidate.merchants, account.node) &&
        !is_in(candidate.payers, account.node)) {
      for (const EdgeId id : purchase_edges_) add_purchases(account, id);
      for (std::size_t j = i; j < end; ++j) add_rewards(account, recipient_edges_[j].second);
      common_.push_back(account);
    }
    i = end;
  }
}

void Evaluator::add_purchases(CommonAccount& account, EdgeId id) const {
  const Edge& edge = graph_.edge(id);
  account.spent += graph_.sum(id);
  account.purchases += graph_.payment_count(id);
  account.first_purchase = std::min(account.first_purchase, edge.first);
  account.last_purchase = std::max(account.last_purchase, edge.last);
}

void Evaluator::add_rewards(CommonAccount& account, EdgeId id) const {
  const Edge& edge = graph_.edge(id);
  account.received += graph_.sum(id);
  account.rewards += graph_.payment_count(id);
  account.first_reward = std::min(account.first_reward, edge.first);
  account.last_reward = std::max(account.last_reward, edge.last);
}

// The edges from the worker to the merchants, ascending merchant.
void Evaluator::find_purchases(const Candidate& candidate, Node worker) {
  purchase_edges_.clear();
  for (const Node merchant : candidate.merchants) {
    ++work_.lookups;
    if (const EdgeId id = graph_.find(worker, merchant); id != no_edge) purchase_edges_.push_back(id);
  }
}

bool Evaluator::is_explained(const CommonAccount& account, Side side) const {
  const std::uint32_t more = account.matches[2 * std::size_t(side)];
  return more >= 1 && 3 * std::uint64_t{more} >= account.purchases;
}

// Where the totals balance with a gain or a loss, all purchases count as matched: rewards may come in batches.
void Evaluator::count_whole_balance(CommonAccount& account) const {
  const Gain gain = gain_of(options_, account.spent, account.received);
  if (gain != Gain::more && gain != Gain::less) return;
  if (gain == Gain::more) account.balanced = account.purchases;
  if (!options_.balances_totals) return;
  const std::size_t less = gain == Gain::less ? 1 : 0;
  const auto& [node, spent, received, purchases, rewards, t0, t1, s0, s1, matches, funded, balanced] = account;
  if (s0 > t0 && s1 > t1 && s1 - t1 <= options_.within) account.matches[less] = purchases;
  if (s0 < t0 && s1 < t1) account.matches[2 + less] = purchases;
}

// Compares the account's purchases with its payments. Merchants that pay themselves answer for their own sales: each
// for its own totals, too.
void Evaluator::find_matches(const Candidate& candidate, CommonAccount& account) {
  for (Side_& side : account_sides_) side.delays.clear(), side.matched.clear();
  const auto [first, last] =
      std::ranges::equal_range(recipient_edges_, account.node, {}, [](const auto& entry) { return entry.first; });
  const auto gather = [&](std::vector<Payment>& all, EdgeId id) {
    const std::span<const Payment> own = graph_.payments(id);
    all.insert(all.end(), own.begin(), own.end());
  };
  purchases_.clear();
  rewards_.clear();
  if (!candidate.is_direct()) {
    for (const EdgeId id : purchase_edges_) gather(purchases_, id);
    for (auto entry = first; entry != last; ++entry) gather(rewards_, entry->second);
    if (purchase_edges_.size() > 1) std::ranges::sort(purchases_, {}, &Payment::row);  // rows ascend in time
    if (last - first > 1) std::ranges::sort(rewards_, {}, &Payment::row);
    match(account);
    return count_whole_balance(account);
  }
  for (const EdgeId id : purchase_edges_)
    for (auto entry = first; entry != last; ++entry)
      if (graph_.edge(entry->second).from == graph_.edge(id).to) {
        CommonAccount own{account.node};
        add_purchases(own, id);
        add_rewards(own, entry->second);
        purchases_.clear();
        rewards_.clear();
        gather(purchases_, id);
        gather(rewards_, entry->second);
        match(own);
        count_whole_balance(own);
        for (std::size_t quadrant = 0; quadrant < own.matches.size(); ++quadrant)
          account.matches[quadrant] += own.matches[quadrant];
        account.just_funded += own.just_funded;
        account.balanced += own.balanced;
      }
}

// Compares each of purchases_ with the rewards_ around it, and adds what it finds.
void Evaluator::match(CommonAccount& account) {
  reward_matches_.assign(rewards_.size(), 0);
  std::array<std::uint32_t, 4> matches{};
  for (std::vector<NearestReward>& nearest : nearest_) nearest.clear();
  std::size_t later = 0, not_earlier = 0;  // first reward after the purchase, and at its time or after
  for (std::uint32_t i = 0; i < purchases_.size(); ++i) {
    const Payment& purchase = purchases_[i];
    while (later < rewards_.size() && rewards_[later].time <= purchase.time) ++later;
    while (not_earlier < rewards_.size() && rewards_[not_earlier].time < purchase.time) ++not_earlier;
    for (const Side side : {Side::after, Side::before}) {
      const bool is_after = side == Side::after;
      const std::size_t most =
          std::min<std::size_t>(options_.rewards_a_purchase, is_after ? rewards_.size() - later : not_earlier);
      const std::size_t base = 2 * std::size_t(side);
      bool found_any = false, found_more = false, found_less = false, found_neutral = false;
      for (std::size_t n = 0; n < most; ++n) {
        const std::size_t j = is_after ? later + n : not_earlier - 1 - n;
        const Payment& reward = rewards_[j];
        const std::uint32_t delay = is_after ? reward.time - purchase.time : purchase.time - reward.time;
        if (delay > options_.within) break;
        ++work_.windows;
        const Gain gain = gain_of(options_, purchase.amount, reward.amount);
        if (gain == Gain::outside) continue;
        // Delays grow with n: the first is the smallest.
        if (!found_any) account_sides_[std::size_t(side)].delays.push_back(delay), found_any = true;
        if (gain == Gain::neutral) {
          found_neutral = true;
          continue;
        }
        const bool is_less = gain == Gain::less;
        reward_matches_[j] |= std::uint8_t(1u << (base + is_less));
        if (!is_less && !found_more) nearest_[std::size_t(side)].push_back({delay, i, std::uint32_t(j)});
        (is_less ? found_less : found_more) = true;
      }
      if (!is_after) account.just_funded += found_more || found_neutral;
      matches[base] += found_more;
      matches[base + 1] += found_less;
    }
  }
  for (unsigned quadrant = 0; quadrant < 4; ++quadrant) {
    std::uint32_t distinct = 0;
    for (const std::uint8_t found : reward_matches_) distinct += (found >> quadrant) & 1;
    account.matches[quadrant] += std::min(matches[quadrant], distinct);
  }
  // One to one: of the purchases that share their nearest reward, the nearest keeps it.
  for (const std::size_t side : {0, 1}) {
    std::ranges::sort(nearest_[side], {}, [](const auto& n) { return std::tuple(n.reward, n.delay, n.purchase); });
    for (std::size_t i = 0; i < nearest_[side].size(); ++i) {
      const NearestReward& own = nearest_[side][i];
      if (i > 0 && own.reward == nearest_[side][i - 1].reward) continue;
      account_sides_[side].matched.emplace_back(own.delay,
                                                rewards_[own.reward].amount / purchases_[own.purchase].amount);
    }
  }
}

}  // namespace ringscan::discover
