#include "discover/loops.hpp"

#include <algorithm>
#include <deque>
#include <numeric>
#include <unordered_map>

namespace ringscan::discover {
namespace {

bool about_equal(double a, double b, double difference) { return std::max(a, b) <= std::min(a, b) * (1 + difference); }

struct PairOfAccounts {
  Node a, b;
  std::vector<Trip> trips;
};

// Joins pairs that share an account. Components are numbered by their first pair.
std::vector<std::vector<std::size_t>> components(const std::vector<PairOfAccounts>& pairs) {
  std::vector<std::size_t> parent(pairs.size());
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&](std::size_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  std::unordered_map<Node, std::size_t> first_pair;
  for (std::size_t i = 0; i < pairs.size(); ++i)
    for (const Node node : {pairs[i].a, pairs[i].b}) {
      const std::size_t x = root(first_pair.try_emplace(node, i).first->second), y = root(i);
      parent[std::max(x, y)] = std::min(x, y);
    }
  std::vector<std::vector<std::size_t>> members(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) members[root(i)].push_back(i);
  std::erase_if(members, [](const auto& component) { return component.empty(); });
  return members;
}

}  // namespace

std::vector<Trip> match_trips(std::span<const Payment> there, std::span<const Payment> back,
                              const DiscoverOptions& options) {
  std::vector<Trip> trips;
  std::array<std::deque<Payment>, 2> waiting;
  while (!there.empty() || !back.empty()) {
    const bool is_back = there.empty() || (!back.empty() && back.front().row < there.front().row);
    std::span<const Payment>& side = is_back ? back : there;
    const Payment payment = side.front();
    side = side.subspan(1);
    std::deque<Payment>& others = waiting[is_back ? 0 : 1];
    while (!others.empty() && payment.time - others.front().time > options.loop_within) others.pop_front();
    const auto partner = std::ranges::find_if(others, [&](const Payment& other) {
      return other.time < payment.time && about_equal(other.amount, payment.amount, options.loop_difference);
    });
    if (partner != others.end()) {
      trips.push_back({partner->row, payment.row});
      others.erase(partner);
      continue;
    }
    std::deque<Payment>& own = waiting[is_back ? 1 : 0];
    if (own.size() == options.rewards_a_purchase) own.pop_front();
    own.push_back(payment);
  }
  return trips;
}

std::vector<Loop> find_loops(const TradeGraph& graph, const Ledger& ledger, const DiscoverOptions& options,
                             const Decisions& decisions, const BackendOptions& run) {
  std::vector<PairOfAccounts> pairs;
  for (EdgeId id = 0; id < graph.edges().size(); ++id) {
    if (id % (1 << 16) == 0) run.stop_if_asked();
    const Edge& edge = graph.edge(id);
    if (edge.from >= edge.to || !graph.is_worker(edge.from) || !graph.is_worker(edge.to)) continue;
    if (decisions.has_cleared(edge.from) || decisions.has_cleared(edge.to)) continue;
    const EdgeId reverse = graph.find(edge.to, edge.from);
    if (reverse == no_edge) continue;
    std::vector<Trip> trips = match_trips(graph.payments(id), graph.payments(reverse), options);
    if (trips.size() >= options.min_trips) pairs.push_back({edge.from, edge.to, std::move(trips)});
  }
  std::vector<Loop> loops;
  for (const std::vector<std::size_t>& component : components(pairs)) {
    Loop loop{ledger.wallet_asset[pairs[component.front()].a], {}, {}};
    for (const std::size_t i : component) {
      for (const Node node : {pairs[i].a, pairs[i].b}) loop.accounts.push_back(ledger.wallet_account[node]);
      loop.trips.insert(loop.trips.end(), pairs[i].trips.begin(), pairs[i].trips.end());
    }
    std::ranges::sort(loop.accounts);
    loop.accounts.erase(std::unique(loop.accounts.begin(), loop.accounts.end()), loop.accounts.end());
    std::ranges::sort(loop.accounts, {}, [&](Account account) { return ledger.accounts.at(to_index(account)); });
    std::ranges::sort(loop.trips, {}, [](const Trip& trip) { return std::pair(trip.there, trip.back); });
    loops.push_back(std::move(loop));
  }
  // Equal counts: the one that began first.
  std::ranges::sort(loops, {}, [](const Loop& loop) {
    return std::tuple(-std::int64_t(loop.trips.size()), loop.trips.front().there);
  });
  return loops;
}

}  // namespace ringscan::discover
