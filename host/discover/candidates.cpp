#include "discover/candidates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "discover/tails.hpp"

namespace ringscan::discover {
namespace {

// By recipients of a payer: how many of them make an overlap, if a merchant has them in common that does not fund it.
std::vector<std::uint32_t> least_overlaps(const DiscoverOptions& options) {
  constexpr std::uint32_t never = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> least(std::min(options.overlap_recipients, options.max_recipients) + std::size_t{1},
                                   never);
  for (std::size_t recipients = 3; recipients < least.size(); ++recipients)
    least[recipients] = std::uint32_t(std::max(3.0, std::ceil(options.overlap_share * double(recipients))));
  return least;
}

}  // namespace

std::vector<Candidate> direct_candidates(const TradeGraph& graph, const DiscoverOptions& options) {
  std::vector<Candidate> candidates;
  if (!options.pays_directly) return candidates;
  for (Node node = 0; node < graph.node_count(); ++node)
    if (graph.exchanges().paid_back[node] >= options.min_workers) candidates.push_back({{node}, {node}});
  return candidates;
}

std::vector<Link> find_links(const TradeGraph& graph, const DiscoverOptions& options, const std::vector<bool>& banned,
                             Backend& backend, Work& work) {
  const CommonQuestion question{banned, options.max_recipients, least_overlaps(options)};
  const CommonCounts counted = backend.count_common_accounts(graph.exchanges(), question);
  work.paths += counted.paths;
  work.lookups += counted.compared;
  const double activity = double(std::max<std::uint64_t>(1, graph.all_activity()));
  std::vector<Link> links;
  std::size_t first = 0;  // of the payer's links
  bool has_funded = false;
  for (std::size_t i = 0; i < counted.pairs.size(); ++i) {
    const auto& [merchant, payer, common, is_funded] = counted.pairs[i];
    const std::size_t recipients = graph.recipients(payer).size();
    const double expected = double(recipients) * double(graph.activity(merchant)) / activity;
    const double rarity = poisson_tail(common, expected);
    const bool is_strong_fund = is_funded && common >= 3 && rarity > -std::log10(options.strong_chance);
    const bool overlaps = recipients < question.least_common.size() && common >= question.least_common[recipients] &&
                          rarity > -std::log10(options.overlap_chance);
    const bool is_linked_fund = is_funded && rarity > -std::log10(options.linked_chance);
    if (overlaps || is_linked_fund) links.push_back({merchant, payer, common, overlaps || is_strong_fund});
    has_funded |= is_linked_fund;
    if (i + 1 < counted.pairs.size() && counted.pairs[i + 1].payer == payer) continue;
    if (!has_funded) links.resize(first);  // nobody here pays it what it pays
    first = links.size();
    has_funded = false;
  }
  return links;
}

}  // namespace ringscan::discover
