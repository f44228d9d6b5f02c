// Merchants and payers that may be a farm, and what an evaluation finds out about them.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

#include "discover/trade_graph.hpp"

namespace ringscan::discover {

// Ascending and distinct. The merchants pay their customers back themselves (merchants and payers are the same), or
// the two are disjoint.
struct Candidate {
  std::vector<Node> merchants, payers;

  bool is_direct() const { return merchants == payers; }
  std::size_t account_count() const { return is_direct() ? payers.size() : merchants.size() + payers.size(); }
  friend auto operator<=>(const Candidate&, const Candidate&) = default;
};

// When the reward comes: after the purchase, or before it.
enum class Side : std::uint8_t { after, before };

// What speaks against a farm: the first that applies, in this order. The innocent pattern that it names is told in
// write/.
enum class Gate : std::uint8_t {
  few_workers,
  sweep,            // everybody is paid at once, after the last purchase
  prefunded_sweep,  // everybody is paid at once, before the first purchase
  wide_payer,       // pays many others besides
  time_votes,       // is paid before as often as after
  amount_votes,     // is paid less as often as more
  unexplained,      // the common accounts' payments do not match
  unbalanced,       // the merchants pay back, but not what was spent: some win and some lose
  immediate,        // paid within a minute
  interest,         // the later, the more
  pass_through,     // paid first, for one purchase
  unfunded,         // paid by somebody whom the merchants do not pay
  by_chance,        // strangers' payments match as often
  none,
};
inline constexpr std::size_t gate_count = std::size_t(Gate::none);

// The figures of one side. Workers here are the accounts that the candidate explains: a third of their purchases or
// more are paid back with a gain.
struct Signals {
  Side side = Side::after;
  Gate gate = Gate::few_workers;
  double score = 0;
  std::uint32_t workers = 0, recipients = 0, common = 0;  // recipients: distinct, of the payers; common: and customers
  std::uint64_t customers = 0;                            // of a direct candidate's merchants, distinct; else 0
  std::uint32_t votes_in_order = 0, votes_out_of_order = 0;  // accounts paid after (before) rather than the other way
  std::uint32_t votes_more = 0, votes_less = 0;              // accounts paid more rather than less
  std::uint32_t repeating = 0;                               // workers with two purchases or more
  std::uint32_t balanced = 0;               // workers half of whose purchases are in totals with a gain
  std::uint32_t trading_on = 0;             // workers that buy after the first reward to any of them
  std::uint64_t delay = 0;                  // between purchase and reward, median
  std::uint32_t matched = 0;                // purchases with a reward of their own
  double interest = 0;                      // of gain and delay among the matched: correlation of ranks
  double funded = 0;                        // share of the rewards that the merchants paid the payers
  double chance = 1, chance_of_totals = 1;  // that strangers' payments look so; that their totals do
  double spent = 0, rewarded = 0;           // of the workers, at the merchants and from the payers
  std::uint32_t plain_refunds = 0;          // common accounts that got back what they paid, or less
  friend bool operator==(const Signals&, const Signals&) = default;
};

struct Evaluation {
  Candidate candidate;
  Signals signals;                                                     // of the better side
  std::array<Gate, 2> gates = {Gate::few_workers, Gate::few_workers};  // of both
  std::vector<Node> workers;                                           // ascending; of the better side
  // Likewise those who were given no more than they spent, but first: no votes, yet a basic farm\'s own accounts.
  std::vector<Node> just_funded;

  bool is_accepted() const { return signals.gate == Gate::none; }
};

}  // namespace ringscan::discover
