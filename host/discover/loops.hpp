// Own accounts that trade in circles: pairs of accounts with two trips or more, a payment there and one back of about
// the same amount, each payment in one trip. Cleared accounts are part of none. O(payments), each beside few others.
#pragma once
#include "discover/decisions.hpp"
#include "discover/discover.hpp"
#include "discover/trade_graph.hpp"

namespace ringscan::discover {

std::vector<Loop> find_loops(const TradeGraph& graph, const Ledger& ledger, const DiscoverOptions& options,
                             const Decisions& decisions, const BackendOptions& run);

// The trips between two accounts: each payment, in canonical order, takes the oldest one of the other direction that is
// still free, not too old and of about its amount; of more than `rewards_a_purchase` that wait the oldest are let go.
std::vector<Trip> match_trips(std::span<const Payment> there, std::span<const Payment> back,
                              const DiscoverOptions& options);

}  // namespace ringscan::discover
