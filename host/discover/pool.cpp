#include "discover/pool.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace ringscan::discover {
namespace {

// Of the candidates that share an account, so many of the best are compared with the next: a hot account would be
// compared with all otherwise.
constexpr std::size_t most_rivals = 64;

using Rivals = std::unordered_map<Node, std::vector<std::uint32_t>>;  // by account: places, ascending

void add_rival(Rivals& rivals, Node node, std::uint32_t place) {
  std::vector<std::uint32_t>& places = rivals[node];
  if (places.size() < most_rivals) places.push_back(place);
}

bool includes(const Candidate& whole, const Candidate& part) {
  return std::ranges::includes(whole.merchants, part.merchants) && std::ranges::includes(whole.payers, part.payers);
}

// `ranked` is best first.
void drop_contained(std::vector<Evaluation>& ranked) {
  Rivals rivals;  // by merchant
  std::vector<Evaluation> kept;
  for (Evaluation& evaluation : ranked) {
    const Candidate& candidate = evaluation.candidate;
    const auto found = rivals.find(candidate.merchants.front());
    const bool is_contained = found != rivals.end() && std::ranges::any_of(found->second, [&](std::uint32_t place) {
                                return includes(kept[place].candidate, candidate);
                              });
    if (is_contained) continue;
    for (const Node merchant : candidate.merchants) add_rival(rivals, merchant, std::uint32_t(kept.size()));
    kept.push_back(std::move(evaluation));
  }
  ranked = std::move(kept);
}

std::vector<Node> united(const std::vector<Node>& a, const std::vector<Node>& b) {
  std::vector<Node> all;
  std::ranges::set_union(a, b, std::back_inserter(all));
  return all;
}

struct Union {
  std::uint32_t better, other;  // places
  Candidate candidate;
};

// Pairs that share enough workers.
std::vector<Union> find_unions(const std::vector<Evaluation>& ranked, const DiscoverOptions& options) {
  std::vector<Union> unions;
  Rivals rivals;                                     // by worker
  std::vector<std::uint32_t> shared(ranked.size());  // workers, by place
  std::vector<std::uint32_t> met;
  for (std::uint32_t place = 0; place < ranked.size(); ++place) {
    const Evaluation& own = ranked[place];
    met.clear();
    for (const Node worker : own.workers) {
      if (const auto found = rivals.find(worker); found != rivals.end())
        for (const std::uint32_t rival : found->second)
          if (shared[rival]++ == 0) met.push_back(rival);
      add_rival(rivals, worker, place);
    }
    for (const std::uint32_t rival : met) {
      const std::uint32_t count = std::exchange(shared[rival], 0);
      const Evaluation& better = ranked[rival];
      const double smaller = double(std::min(own.workers.size(), better.workers.size()));
      if (count < 2 || count < options.merge_overlap * smaller) continue;
      Union pair{rival,
                 place,
                 {united(better.candidate.merchants, own.candidate.merchants),
                  united(better.candidate.payers, own.candidate.payers)}};
      const Candidate& all = pair.candidate;
      // A union must be a candidate: merchants pay back themselves, or merchants and payers are disjoint.
      const bool is_disjoint =
          std::ranges::none_of(all.merchants, [&](Node node) { return std::ranges::binary_search(all.payers, node); });
      if ((all.is_direct() || is_disjoint) && all.account_count() <= options.max_accounts)
        unions.push_back(std::move(pair));
    }
  }
  return unions;
}

}  // namespace

bool is_better(const Evaluation& a, const Evaluation& b) {
  if (a.signals.score != b.signals.score) return a.signals.score > b.signals.score;
  return a.candidate < b.candidate;
}

std::vector<Evaluation> merge(std::vector<Evaluation> accepted, const DiscoverOptions& options,
                              const EvaluateAll& evaluate_all) {
  std::vector<Evaluation> ranked = std::move(accepted);
  std::set<Candidate> known;
  for (const Evaluation& evaluation : ranked) known.insert(evaluation.candidate);
  for (std::uint32_t round = 0; round < options.merge_rounds; ++round) {
    std::ranges::sort(ranked, is_better);
    drop_contained(ranked);
    std::vector<Union> unions = find_unions(ranked, options);
    std::erase_if(unions, [&](const Union& pair) { return !known.insert(pair.candidate).second; });
    std::vector<Candidate> candidates;
    for (const Union& pair : unions) candidates.push_back(pair.candidate);
    const std::vector<Evaluation> evaluations = evaluate_all(std::move(candidates));

    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < evaluations.size(); ++i)
      if (evaluations[i].is_accepted()) order.push_back(i);
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return is_better(evaluations[a], evaluations[b]); });
    std::vector<bool> is_used(ranked.size());
    std::vector<Evaluation> next;
    for (const std::size_t i : order) {
      const auto& [better, other, candidate] = unions[i];
      if (is_used[better] || is_used[other] ||
          evaluations[i].signals.score < options.merge_share * ranked[better].signals.score)
        continue;
      is_used[better] = is_used[other] = true;
      next.push_back(evaluations[i]);
    }
    if (next.empty()) break;
    for (std::size_t place = 0; place < ranked.size(); ++place)
      if (!is_used[place]) next.push_back(std::move(ranked[place]));
    ranked = std::move(next);
  }
  return ranked;
}

std::vector<Evaluation> select_reports(std::vector<Evaluation> pool, const DiscoverOptions& options) {
  std::ranges::sort(pool, is_better);
  std::unordered_set<Node> workers, accounts;  // reported; accounts: merchants and payers
  std::vector<Evaluation> reports;
  for (Evaluation& evaluation : pool) {
    if (evaluation.signals.score < options.min_score) break;
    const auto& [merchants, payers] = evaluation.candidate;
    if (!evaluation.candidate.is_direct() && evaluation.signals.funded < options.reported_closed_share) continue;
    const auto is_worker = [&](Node node) { return workers.contains(node); };
    const auto is_account = [&](Node node) { return accounts.contains(node); };
    const auto is_known = [&](Node node) { return is_worker(node) || is_account(node); };
    if (std::ranges::any_of(merchants, is_known)) continue;
    if (2 * std::ranges::count_if(evaluation.workers, is_known) >= std::ptrdiff_t(evaluation.workers.size())) continue;
    const std::vector<Node> own = united(merchants, payers);
    if (2 * std::ranges::count_if(own, is_worker) >= std::ptrdiff_t(own.size())) continue;
    workers.insert(evaluation.workers.begin(), evaluation.workers.end());
    accounts.insert(own.begin(), own.end());
    reports.push_back(std::move(evaluation));
  }
  return reports;
}

}  // namespace ringscan::discover
