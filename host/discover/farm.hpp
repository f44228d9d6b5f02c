// A reported candidate as accounts, rows of evidence and the innocent stories that also fit.
#pragma once
#include "discover/discover.hpp"
#include "discover/trade_graph.hpp"

namespace ringscan::discover {

// Adds what the observer looked at to `work`.
Farm make_farm(const TradeGraph& graph, const Ledger& ledger, const Evaluation& evaluation,
               const DiscoverOptions& options, const Observer& observer, Work& work);

// In canonical order.
std::vector<Payment> payments_between(const TradeGraph& graph, const std::vector<Node>& from,
                                      const std::vector<Node>& to);

// Numbers the groups of ranked farms. O(accounts).
void group_farms(std::vector<Farm>& farms);

}  // namespace ringscan::discover
