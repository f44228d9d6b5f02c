#include "discover/candidates.hpp"

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_sort.h>

#include <algorithm>
#include <cmath>

#include "discover/tails.hpp"
#include "discover/tally.hpp"

namespace ringscan::discover {
namespace {

// What `visit(node, scratch, out)` appends for every node, in no particular order.
template <class T, class Scratch, class Visit>
std::vector<T> collect(std::size_t nodes, const BackendOptions& run, tbb::enumerable_thread_specific<Scratch>& scratch,
                       Visit visit) {
  tbb::enumerable_thread_specific<std::vector<T>> found;
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, nodes, 256), [&](const auto& range) {
    run.stop_if_asked();
    for (std::size_t node = range.begin(); node < range.end(); ++node)
      visit(Node(node), scratch.local(), found.local());
  });
  std::vector<T> all;
  for (const std::vector<T>& part : found) all.insert(all.end(), part.begin(), part.end());
  return all;
}

struct Scratch {
  Tally tally;  // by merchant: common accounts
  Work work;
};

}  // namespace

std::vector<Candidate> direct_candidates(const TradeGraph& graph, const DiscoverOptions& options) {
  std::vector<Candidate> candidates;
  if (!options.pays_directly) return candidates;
  for (Node node = 0; node < graph.node_count(); ++node) {
    const std::span<const EdgeId> customers = graph.customers(node), recipients = graph.recipients(node);
    std::uint32_t paid_back = 0;
    for (std::size_t i = 0, j = 0; i < customers.size() && j < recipients.size();) {
      const Node customer = graph.edge(customers[i]).from, recipient = graph.edge(recipients[j]).to;
      paid_back += customer == recipient;
      i += customer <= recipient;
      j += recipient <= customer;
    }
    if (paid_back >= options.min_workers) candidates.push_back({{node}, {node}});
  }
  return candidates;
}

std::vector<Link> find_links(const TradeGraph& graph, const DiscoverOptions& options, const std::vector<bool>& banned,
                             const BackendOptions& run, Work& work) {
  const double activity = double(std::max<std::uint64_t>(1, graph.all_activity()));
  tbb::enumerable_thread_specific<Scratch> scratch;
  const auto visit = [&](Node payer, Scratch& own, std::vector<Link>& out) {
    const std::span<const EdgeId> recipients = graph.recipients(payer);
    if (banned[payer] || recipients.size() < 2 || recipients.size() > options.max_recipients) return;
    own.tally.clear();
    for (const EdgeId id : recipients) {
      const auto [begin, end] = graph.paid_by(graph.edge(id).to);
      for (EdgeId bought = begin; bought < end; ++bought) own.tally.add(graph.edge(bought).to);
      own.work.paths += end - begin;
    }
    const std::size_t first = out.size();
    bool has_funded = false;
    for (const auto& [key, common] : own.tally.counts()) {
      const Node merchant = Node(key);
      if (common < 2 || merchant == payer || banned[merchant] || graph.customers(merchant).size() < 2) continue;
      const double expected = double(recipients.size()) * double(graph.activity(merchant)) / activity;
      const double rarity = poisson_tail(common, expected);
      ++own.work.lookups;
      const bool is_funded = graph.find(merchant, payer) != no_edge;
      const bool is_strong_fund = is_funded && common >= 3 && rarity > -std::log10(options.strong_chance);
      const bool overlaps = recipients.size() >= 3 && recipients.size() <= options.overlap_recipients && common >= 3 &&
                            common >= options.overlap_share * double(recipients.size()) &&
                            rarity > -std::log10(options.overlap_chance);
      const bool is_linked_fund = is_funded && rarity > -std::log10(options.linked_chance);
      if (overlaps || is_linked_fund) out.push_back({merchant, payer, common, overlaps || is_strong_fund});
      has_funded |= is_linked_fund;
    }
    if (!has_funded) out.resize(first);  // nobody here pays it what it pays
  };
  std::vector<Link> links = collect<Link>(graph.node_count(), run, scratch, visit);
  for (const Scratch& own : scratch) work += own.work;
  tbb::parallel_sort(links.begin(), links.end(), [](const Link& a, const Link& b) {
    return std::pair(a.payer, a.merchant) < std::pair(b.payer, b.merchant);
  });
  return links;
}

}  // namespace ringscan::discover
