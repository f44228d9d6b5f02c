#include <algorithm>
#include <cmath>
#include <numeric>

#include "discover/evaluator.hpp"
#include "discover/tails.hpp"

namespace ringscan::discover {
namespace {

constexpr std::size_t sample_size = 40;  // customers and recipients compared as strangers, each

}  // namespace

Signals Evaluator::signals(const Candidate& candidate, Side side) {
  Signals found;
  found.side = side;
  found.recipients = recipients_;
  std::uint32_t first_reward = ~std::uint32_t{0}, first_purchase = ~std::uint32_t{0};
  for (const CommonAccount& account : common_) {
    if (!is_explained(account, side)) continue;
    ++found.workers;
    found.repeating += account.purchases >= 2;
    found.balanced += 2 * std::uint64_t{account.balanced} >= account.purchases;
    found.spent += account.spent;
    found.rewarded += account.received;
    first_reward = std::min(first_reward, account.first_reward);
    first_purchase = std::min(first_purchase, account.first_purchase);
  }
  for (const CommonAccount& account : common_)
    if (is_explained(account, side))
      found.trading_on +=
          side == Side::after ? account.last_purchase > first_reward : account.last_reward > first_purchase;
  vote(candidate, found);
  if (found.workers < options_.min_workers) return found;

  if (candidate.is_direct()) found.customers = count_customers(candidate, recipients_);
  std::vector<std::uint32_t>& delays = median_;
  delays = sides_[std::size_t(side)].delays;
  if (!delays.empty()) {
    const auto middle = delays.begin() + std::ptrdiff_t(delays.size() / 2);
    std::ranges::nth_element(delays, middle);
    found.delay = *middle;
  } else {
    found.delay = options_.within;  // only whole balances: nothing is immediate
  }
  correlate(found);
  if (!candidate.is_direct()) found.funded = funded_share(candidate, found);
  const Gate sweep = sweep_gate(candidate, found);
  Gate rest = first_gate(candidate, found);
  if (rest == Gate::none) {
    find_chance(candidate, found);
    if (is_chance(found)) rest = Gate::by_chance;
  }
  found.gate = sweep != Gate::none ? sweep : rest;
  // A sweep that is otherwise a farm is scored as one: it is reported, as a class of its own.
  if (rest == Gate::none) found.score = score(found);
  return found;
}

// Of the workers' rewards, what the merchants paid the very payer of each.
double Evaluator::funded_share(const Candidate& candidate, const Signals& found) {
  double funded = 0;
  for (const Node payer : candidate.payers) {
    double rewards = 0, funding = 0;
    for (const CommonAccount& account : common_) {
      if (!is_explained(account, found.side)) continue;
      ++work_.lookups;
      if (const EdgeId id = graph_.find(payer, account.node); id != no_edge) rewards += graph_.sum(id);
    }
    for (const Node merchant : candidate.merchants) {
      ++work_.lookups;
      if (const EdgeId id = graph_.find(merchant, payer); id != no_edge) funding += graph_.sum(id);
    }
    funded += std::min(funding, rewards);
  }
  return std::min(1.0, funded / found.rewarded);
}

// One vote an account, and which accounts the candidate has to explain.
void Evaluator::vote(const Candidate& candidate, Signals& found) const {
  const std::size_t base = 2 * std::size_t(found.side), mirror = 2 - base;
  for (const CommonAccount& account : common_) {
    const std::uint32_t more = account.matches[base], less = account.matches[base + 1];
    const std::uint32_t other_side = account.matches[mirror];
    found.votes_in_order += more > other_side;
    found.votes_out_of_order += more < other_side;
    found.votes_more += more > less;
    found.votes_less += more < less;
    const bool is_refund =
        !is_explained(account, found.side) && account.received / account.spent <= 1 + options_.neutral_gain;
    found.plain_refunds += is_refund;
    found.common += !(candidate.is_direct() && is_refund);
  }
}

// By ranks: of many purchases a single refund, late and generous, would decide otherwise.
void Evaluator::correlate(Signals& found) {
  const auto& matched = sides_[std::size_t(found.side)].matched;
  found.matched = std::uint32_t(matched.size());
  if (matched.size() < 2) return;
  const auto delay = [&](std::uint32_t i) { return double(matched[i].first); };
  const auto gain = [&](std::uint32_t i) { return matched[i].second; };
  const double mean = double(matched.size() - 1) / 2;
  std::vector<std::uint32_t>& order = order_;
  order.resize(matched.size());
  std::iota(order.begin(), order.end(), 0u);
  // The place of each less the mean one; of those that are alike, the mean of theirs.
  const auto rank = [&](std::vector<double>& ranks, auto value) {
    ranks.resize(matched.size());
    std::ranges::sort(order, {}, value);
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
      while (end < order.size() && value(order[end]) == value(order[begin])) ++end;
      for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = double(begin + end - 1) / 2 - mean;
    }
  };
  rank(delay_ranks_, delay);
  rank(gain_ranks_, gain);
  double xx = 0, yy = 0, xy = 0;  // exact: halves of integers
  for (std::size_t i = 0; i < matched.size(); ++i) {
    const double x = delay_ranks_[i], y = gain_ranks_[i];
    xx += x * x, yy += y * y, xy += x * y;
  }
  if (xx > 0 && yy > 0) found.interest = xy / std::sqrt(xx * yy);
}

Gate Evaluator::sweep_gate(const Candidate& candidate, const Signals& found) const {
  if (found.workers < options_.sweep_workers) return Gate::none;
  const double share = double(found.trading_on) / found.workers;
  const bool explains_half = 2 * std::uint64_t{found.workers} >= found.customers;
  if (found.side == Side::after && share < options_.sweep_share) return Gate::sweep;
  if (found.side == Side::before && share < options_.prefunded_sweep_share && candidate.is_direct() && explains_half)
    return Gate::prefunded_sweep;
  return Gate::none;
}

Gate Evaluator::first_gate(const Candidate& candidate, const Signals& found) const {
  const bool is_direct = candidate.is_direct();
  const double workers = found.workers;
  const double purity = is_direct ? options_.direct_purity : options_.open_purity;
  const double amount_ratio = is_direct ? options_.direct_amount_vote_ratio : options_.amount_vote_ratio;
  // A farm has more hands than masters.
  const double masters = double(std::max(candidate.merchants.size(), candidate.payers.size()));
  if (workers < options_.hands_ratio * masters) return Gate::few_workers;
  if (found.recipients > options_.max_recipients || workers < options_.recipients_share * found.recipients)
    return Gate::wide_payer;
  if (found.votes_in_order < options_.time_vote_ratio * found.votes_out_of_order) return Gate::time_votes;
  if (found.votes_more < amount_ratio * found.votes_less) return Gate::amount_votes;
  if (workers < purity * found.common) return Gate::unexplained;
  if (is_direct && found.balanced < options_.balanced_share * workers) return Gate::unbalanced;
  if (found.delay < options_.min_delay) return Gate::immediate;
  if (found.side == Side::after && found.interest > options_.interest_correlation && found.matched > 3 &&
      std::atanh(std::min(found.interest, 0.999)) * std::sqrt(found.matched - 3.0) > options_.interest_deviations)
    return Gate::interest;
  if (found.side == Side::before && !is_direct && found.repeating < options_.repeating_share * workers)
    return Gate::pass_through;
  if (!is_direct && found.funded < options_.closed_share) return Gate::unfunded;
  return Gate::none;
}

// Distinct customers of the merchants. Where these are so many that the recipients cannot be half of them, the number
// of the most popular merchant's is told instead: no gate asks for more.
std::uint64_t Evaluator::count_customers(const Candidate& candidate, std::uint64_t recipients) {
  std::uint64_t most = 0;
  for (const Node merchant : candidate.merchants)
    most = std::max<std::uint64_t>(most, graph_.customers(merchant).size());
  if (candidate.merchants.size() == 1 || most > 2 * recipients) return most;
  std::vector<Node> customers;
  for (const Node merchant : candidate.merchants)
    for (const EdgeId id : graph_.customers(merchant)) customers.push_back(graph_.edge(id).from);
  std::ranges::sort(customers);
  return std::uint64_t(std::unique(customers.begin(), customers.end()) - customers.begin());
}

// How often a customer and somebody else's payment would look like a worker, and how often their totals alone would:
// customers and recipients are taken evenly spaced and put together as strangers. Add-one estimates.
void Evaluator::find_chance(const Candidate& candidate, Signals& found) {
  std::vector<EdgeId> customers, recipients;
  const auto sample = [](std::vector<EdgeId>& taken, const std::vector<Node>& nodes, auto edges_of) {
    std::size_t all = 0;
    for (const Node node : nodes) all += edges_of(node).size();
    const std::size_t size = std::min(all, sample_size);
    std::size_t before = 0, place = 0;
    for (const Node node : nodes) {
      const std::span<const EdgeId> edges = edges_of(node);
      for (; place < size && place * all / size < before + edges.size(); ++place)
        taken.push_back(edges[place * all / size - before]);
      before += edges.size();
    }
  };
  sample(customers, candidate.merchants, [&](Node node) { return graph_.customers(node); });
  sample(recipients, candidate.payers, [&](Node node) { return graph_.recipients(node); });
  struct {
    std::uint64_t hits = 0, trials = 0;
    double share() const { return double(hits + 1) / double(trials + 1); }
  } any, totals;
  const auto is_gain = [&](double ratio) {
    return ratio > 1 + options_.neutral_gain && ratio <= 1 + options_.max_gain;
  };
  for (const EdgeId bought : customers)
    for (const EdgeId paid : recipients) {
      const Edge &purchase = graph_.edge(bought), &reward = graph_.edge(paid);
      if (purchase.from == reward.to) continue;
      ++work_.sampled;
      const double total = graph_.sum(paid) / graph_.sum(bought);
      const double each = total * graph_.payment_count(bought) / graph_.payment_count(paid);
      const std::int64_t t0 = purchase.first, t1 = purchase.last, s0 = reward.first, s1 = reward.last;
      const std::int64_t within = std::int64_t(options_.within);
      const bool in_time = found.side == Side::after ? s1 > t0 && s0 < t1 + within : s0 < t1 && s1 > t0 - within;
      const bool is_hit = in_time && (is_gain(total) || is_gain(each));
      const bool is_trial = !candidate.is_direct() || total > 1 + options_.neutral_gain;
      any.hits += is_hit;
      any.trials += is_hit || is_trial;
      totals.hits += in_time && is_gain(total);
      totals.trials += is_trial;
    }
  found.chance = any.share();
  found.chance_of_totals = totals.share();
}

// -log10 of the chance that so many of the common accounts look like workers, were they strangers. A chance of 1 (no
// stranger to compare with, or all of them alike) explains everything.
double Evaluator::by_chance(const Signals& found) const {
  return found.chance < 1 ? binomial_tail(found.workers, found.common, found.chance) : 0;
}

// Where everything has one price anybody's payment answers anybody's purchase, but only who is paid for each of its own
// has totals that balance, if it has several.
bool Evaluator::is_chance(const Signals& found) const {
  if (by_chance(found) >= -std::log10(options_.most_chance)) return false;
  return found.chance_of_totals == 1 || found.repeating < options_.repeating_share * found.workers ||
         binomial_tail(found.balanced, found.common, found.chance_of_totals) <
             -std::log10(options_.most_chance_of_totals);
}

double Evaluator::score(const Signals& found) const {
  const auto votes = [](double most, std::uint32_t in_favour, std::uint32_t against) {
    return std::min(most, binomial_tail(in_favour, std::uint64_t{in_favour} + against, 0.5));
  };
  return votes(options_.most_by_time_votes, found.votes_in_order, found.votes_out_of_order) +
         votes(options_.most_by_amount_votes, found.votes_more, found.votes_less) +
         std::min(options_.most_by_chance, by_chance(found)) + options_.score_of_funding * found.funded;
}

}  // namespace ringscan::discover
