// Is it a farm? One evaluation for every kind of candidate (the recipe's steps 3 to 6): which accounts buy from the
// merchants and are paid by the payers, in what order, by how much, and what an innocent pattern would look like.
//
// Costs the recipients of the payers, a search for each in its own payees, and the payments between the accounts in
// common and the candidate, each beside `rewards_a_purchase` others at most; never the customers of a popular merchant.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "discover/candidate.hpp"

namespace ringscan::discover {

// What was done, counted: equal ledgers and options give equal counts. For tests of growth, and --stats.
struct Work {
  std::uint64_t windows = 0;      // pairs of purchase and payment that were compared
  std::uint64_t paths = 0;        // pairs of edges that meet in an account
  std::uint64_t lookups = 0;      // edges searched
  std::uint64_t evaluations = 0;  // candidates
  std::uint64_t sampled = 0;      // pairs of strangers compared

  Work& operator+=(const Work& other) {
    windows += other.windows, paths += other.paths, lookups += other.lookups;
    evaluations += other.evaluations, sampled += other.sampled;
    return *this;
  }
  std::uint64_t total() const { return windows + paths + lookups + evaluations + sampled; }
};

// An account that buys from the merchants and is paid by the payers.
struct CommonAccount {
  Node node;
  double spent = 0, received = 0;
  std::uint32_t purchases = 0, rewards = 0;
  std::uint32_t first_purchase = ~std::uint32_t{0}, last_purchase = 0, first_reward = ~std::uint32_t{0},
                last_reward = 0;
  std::array<std::uint32_t, 4> matches{};  // after and more, after and less, before and more, before and less
  std::uint32_t just_funded = 0;           // purchases for which just their amount was paid before
  std::uint32_t balanced = 0;              // purchases that belong to totals that balance with a gain
};

class Evaluator {
 public:
  Evaluator(const TradeGraph& graph, const DiscoverOptions& options) : graph_(graph), options_(options) {}

  Evaluation evaluate(Candidate candidate);
  // The accounts in common, ascending, of the candidate evaluated last.
  const std::vector<CommonAccount>& common() const { return common_; }
  const Work& work() const { return work_; }

 private:
  struct Side_ {
    std::vector<std::uint32_t> delays;                      // smallest, of each purchase
    std::vector<std::pair<std::uint32_t, double>> matched;  // delay, reward / purchase
  };
  struct NearestReward {
    std::uint32_t delay, purchase, reward;
  };

  void find_common(const Candidate& candidate);
  void add_purchases(CommonAccount& account, EdgeId id) const;
  void add_rewards(CommonAccount& account, EdgeId id) const;
  void find_purchases(const Candidate& candidate, Node worker);
  void find_matches(const Candidate& candidate, CommonAccount& account);
  void match(CommonAccount& account);
  void count_whole_balance(CommonAccount& account) const;
  bool is_explained(const CommonAccount& account, Side side) const;
  Signals signals(const Candidate& candidate, Side side);
  double funded_share(const Candidate& candidate, const Signals& found);
  void vote(const Candidate& candidate, Signals& found) const;
  void correlate(Signals& found);
  Gate sweep_gate(const Candidate& candidate, const Signals& found) const;
  Gate first_gate(const Candidate& candidate, const Signals& found) const;
  std::uint64_t count_customers(const Candidate& candidate, std::uint64_t recipients);
  void find_chance(const Candidate& candidate, Signals& found);
  double by_chance(const Signals& found) const;
  bool is_chance(const Signals& found) const;
  double score(const Signals& found) const;

  const TradeGraph& graph_;
  const DiscoverOptions& options_;
  Work work_;

  // Scratch of one evaluation.
  std::uint32_t recipients_ = 0;
  std::vector<CommonAccount> common_;
  std::array<Side_, 2> sides_;  // of explained accounts
  std::vector<std::pair<Node, EdgeId>> recipient_edges_;
  std::vector<EdgeId> purchase_edges_;
  std::vector<Payment> purchases_, rewards_;
  std::vector<std::uint8_t> reward_matches_;
  std::array<Side_, 2> account_sides_;
  std::array<std::vector<NearestReward>, 2> nearest_;
  std::vector<std::uint32_t> median_, order_;
  std::vector<double> delay_ranks_, gain_ranks_;
};

// Where a reward's share of the purchase lies.
enum class Gain : std::uint8_t { outside, more, less, neutral };
inline Gain gain_of(const DiscoverOptions& options, double purchase, double reward) {
  const double ratio = reward / purchase;
  if (!(ratio >= 1 / (1 + options.max_gain) && ratio <= 1 + options.max_gain)) return Gain::outside;
  if (ratio > 1 + options.neutral_gain) return Gain::more;
  return ratio < 1 / (1 + options.neutral_gain) ? Gain::less : Gain::neutral;
}

}  // namespace ringscan::discover
