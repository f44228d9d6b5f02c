// usage: observe LEDGER   what discovery would show beside its tests of candidates that it evaluates: a line of JSON
// each
//
// Of every merchant the candidate with the most workers (three or more): its merchants, gate ("none": accepted), score,
// and the signals that have no part in either. For signals.py.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "cpu/cpu.hpp"
#include "discover/candidates.hpp"
#include "discover/circumstances.hpp"
#include "read/read_ledger.hpp"
#include "write/circumstances.hpp"
#include "write/discover_result.hpp"
#include "write/escape.hpp"

namespace ringscan {
namespace {

using namespace discover;

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

void observe(const Ledger& ledger) {
  const DiscoverOptions options;
  const BackendOptions run{1};
  const TradeGraph graph(ledger.view(), options, {}, *make_cpu({}), run);
  const Observer observer(graph, ledger, options);
  Evaluator evaluator(graph, options);
  Work work;
  const std::vector<bool> banned(graph.node_count());
  std::map<Node, Evaluation> best;  // by first merchant
  const auto evaluate = [&](std::vector<Candidate> candidates) {
    for (Candidate& candidate : candidates) {
      Evaluation evaluation = evaluator.evaluate(std::move(candidate));
      if (evaluation.workers.size() < options.min_workers) continue;
      Evaluation& known = best[evaluation.candidate.merchants.front()];
      if (evaluation.workers.size() > known.workers.size()) known = std::move(evaluation);
    }
  };
  evaluate(direct_candidates(graph, options));
  evaluate(linked_groups(find_links(graph, options, banned, *make_cpu({}), work), options));
  const auto name = [&](Account account) { return ledger.accounts.at(to_index(account)); };
  for (const auto& [first, evaluation] : best) {
    std::string merchants;
    for (const Node merchant : evaluation.candidate.merchants)
      merchants += (merchants.empty() ? "" : ", ") + json_string(name(ledger.wallet_account[merchant]));
    const Circumstances found = observer.observe(evaluation.candidate, evaluation.workers, work);
    fmt::print("{{\"merchants\": [{}], \"workers\": {}, \"gate\": \"{}\", \"score\": {:.3f}, \"signals\": {{{}}}}}\n",
               merchants, evaluation.workers.size(), gate_name(evaluation.signals.gate), evaluation.signals.score,
               one_line(circumstances_json(found, found.funder ? name(*found.funder) : "")));
  }
}

}  // namespace
}  // namespace ringscan

int main(int argc, char** argv) {
  using namespace ringscan;
  if (argc != 2) return fmt::print(stderr, "usage: observe LEDGER\n"), 2;
  ReadReport report;
  observe(read_ledger({argv[1]}, {}, report, [](const ReadProgress&) {}));
}
