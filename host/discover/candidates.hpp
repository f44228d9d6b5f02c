// Which merchants and payers are worth an evaluation (the recipe's steps 4, 5, 8 and 9): pairs whose common accounts
// are more than their activity explains, and the groups that such pairs form. All lists are ascending and distinct.
#pragma once
#include <vector>

#include "discover/candidate.hpp"
#include "discover/evaluator.hpp"

namespace ringscan::discover {

// Every node that pays back enough of its customers to be looked at, as its own payer. O(nodes).
std::vector<Candidate> direct_candidates(const TradeGraph& graph, const DiscoverOptions& options);

// Pairs with accounts in common (they pay m, d pays them), whatever the amounts, of payers that one of these m funds.
struct Link {
  Node merchant, payer;
  std::uint32_t common;
  bool is_strong;
  friend bool operator==(const Link&, const Link&) = default;
};

// Ascending (payer, merchant). The backend counts the accounts in common: O(edges * hub_degree).
std::vector<Link> find_links(const TradeGraph& graph, const DiscoverOptions& options, const std::vector<bool>& banned,
                             Backend& backend, Work& work);

// The groups that links form: strong pairs, a payer with its merchants, a merchant with its payers and their other
// merchants. A group that would be too large keeps its links with the most accounts in common.
std::vector<Candidate> linked_groups(std::vector<Link> links, const DiscoverOptions& options);

}  // namespace ringscan::discover
