#include <fmt/format.h>

#include <algorithm>

#include "write/circumstances.hpp"
#include "write/discover_result.hpp"
#include "write/escape.hpp"
#include "write/json_parts.hpp"
#include "write/scan_result.hpp"

namespace ringscan {
namespace {

using namespace discover;

// Logarithms and square roots may differ in their last digit between machines: three decimals do not.
std::string rounded(double value) { return fmt::format("{:.3f}", value == 0 ? 0 : value); }

std::ptrdiff_t count_decisions(const DiscoverOptions& options, Verdict verdict) {
  return std::ranges::count(options.decisions, verdict, &Decision::verdict);
}

std::string rule_head(const DiscoverOptions& options) {
  return fmt::format(
      " \"rule\": {{\"name\": \"discover\", \"pattern\": \"{}\", \"within\": {}, \"max_gain\": \"{}\", "
      "\"hub_degree\": {}, \"max_recipients\": {}, \"min_workers\": {}, \"min_score\": \"{}\", \"excluded\": {}, "
      "\"confirmed\": {}, \"cleared\": {}, \"top\": {}}},\n",
      pattern_name(options.pattern), options.within, options.max_gain, options.hub_degree, options.max_recipients,
      options.min_workers, options.min_score, options.excluded.size(), count_decisions(options, Verdict::confirmed),
      count_decisions(options, Verdict::cleared), options.top > 0 ? fmt::format("{}", options.top) : "null");
}

std::string signals_json(const Ledger& ledger, const Farm& farm) {
  const Signals& found = farm.signals;
  return fmt::format(
      "{{\"paid_back\": {{\"workers\": {}, \"common_accounts\": {}, \"recipients\": {}, \"chance\": {:.5f}, "
      "\"chance_of_totals\": {:.5f}}},\n"
      "      \"time\": {{\"in_order\": {}, \"out_of_order\": {}}}, \"amount\": {{\"more\": {}, \"less\": {}}},\n"
      "      \"delay\": {}, \"repeating\": {}, \"balanced\": {}, \"trading_on\": {}, \"plain_refunds\": {},\n"
      "      \"interest\": {{\"matched\": {}, \"correlation\": {}}},\n"
      "      \"funding\": {{\"share\": {}, \"between\": {}, \"matched\": {}}},\n"
      "      {}}}",
      found.workers, found.common, found.recipients, found.chance, found.chance_of_totals, found.votes_in_order,
      found.votes_out_of_order, found.votes_more, found.votes_less, found.delay, found.repeating, found.balanced,
      found.trading_on, found.plain_refunds, found.matched, rounded(found.interest), rounded(found.funded),
      farm.funded_between, farm.rewards_matched, circumstances_json(farm.circumstances, funder_name(ledger, farm)));
}

class Writer {
 public:
  Writer(Sink& sink, const Ledger& ledger, const DiscoverOptions& options, const Result& result)
      : sink_(sink), ledger_(ledger), options_(options), calibration_(result.calibration) {}

  // As an array under `name`; those that are no farms say by which gate.
  void farms(std::string_view name, const std::vector<Farm>& list) {
    sink_.write(fmt::format(" \"{}\": [", name));
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Farm& farm = list[i];
      const double score = farm.signals.score;
      sink_.write(fmt::format("{}\n   {{\"rank\": {}, \"score\": {}, \"model\": \"{}\", ", i == 0 ? "" : ",", i + 1,
                              rounded(score), model_name(farm.model)));
      if (farm.signals.gate != Gate::none) {
        sink_.write(fmt::format("\"kind\": \"{}\", ", gate_name(farm.signals.gate)));
      } else {
        sink_.write(fmt::format("\"group\": {}, \"exceedance\": {}, ",
                                farm.group > 0 ? fmt::format("{}", farm.group) : "null",
                                calibration_ ? rounded(calibration_->exceedance(score)) : "null"));
      }
      sink_.write(
          fmt::format("\"asset\": {},\n    \"signals\":\n     {},\n", asset(farm.asset), signals_json(ledger_, farm)));
      stories(farm);
      decisions(farm);
      sink_.write(fmt::format("    \"merchants\": {},\n    \"delegations\": {},\n    \"workers\": [",
                              accounts(farm.merchants), accounts(farm.delegations)));
      for (std::size_t w = 0; w < farm.workers.size(); ++w) worker(farm.workers[w], w == 0);
      sink_.write("],\n    \"funding\": [");
      for (std::size_t f = 0; f < farm.funding.size(); ++f)
        sink_.write((f == 0 ? "\n      " : ",\n      ") + transaction_json(ledger_, farm.funding[f]));
      sink_.write("]}");
    }
    sink_.write("],\n");
  }

  void loops(const std::vector<Loop>& list) {
    sink_.write(" \"loops\": [");
    for (std::size_t i = 0; i < list.size(); ++i) {
      sink_.write(fmt::format("{}\n   {{\"rank\": {}, \"asset\": {}, \"accounts\": {},\n    \"trips\": [",
                              i == 0 ? "" : ",", i + 1, asset(list[i].asset), accounts(list[i].accounts)));
      for (std::size_t t = 0; t < list[i].trips.size(); ++t)
        sink_.write(fmt::format("{}\n      {{\"there\": {},\n       \"back\": {}}}", t == 0 ? "" : ",",
                                transaction_json(ledger_, list[i].trips[t].there),
                                transaction_json(ledger_, list[i].trips[t].back)));
      sink_.write("]}");
    }
    sink_.write("],\n");
  }

 private:
  void stories(const Farm& farm) {
    std::string names, reasons;
    for (const Story story : farm.stories) {
      const char* const comma = names.empty() ? "" : ", ";
      names += fmt::format("{}\"{}\"", comma, story_name(story));
      reasons += comma + json_string(story_text(story, farm, ledger_.time_axis));
    }
    sink_.write(fmt::format("    \"review\": [{}], \"review_reasons\": [{}],\n", names, reasons));
  }
  void decisions(const Farm& farm) {
    std::string list;
    for (const std::uint32_t place : farm.decisions) {
      const Decision& decision = options_.decisions[place];
      list += fmt::format("{}{{\"account\": {}, \"verdict\": \"{}\", \"comment\": {}}}", list.empty() ? "" : ", ",
                          json_string(decision.account), verdict_name(decision.verdict), json_string(decision.comment));
    }
    sink_.write(fmt::format("    \"decisions\": [{}],\n", list));
  }
  void worker(const FarmWorker& worker, bool is_first) {
    sink_.write(fmt::format(
        "{}\n      {{\"account\": {}, \"purchases\": {}, \"spent\": \"{}\", \"rewards\": {}, \"received\": \"{}\", "
        "\"evidence\": [",
        is_first ? "" : ",", json_string(ledger_.accounts.at(to_index(worker.account))), worker.purchases,
        to_string(worker.spent), worker.rewards, to_string(worker.received)));
    for (std::size_t i = 0; i < worker.evidence.size(); ++i) {
      const FarmEvidence& evidence = worker.evidence[i];
      sink_.write(fmt::format("{}\n        {{\"purchase\": {},\n         \"reward\": {},\n         \"funding\": {}}}",
                              i == 0 ? "" : ",", transaction_json(ledger_, evidence.purchase),
                              transaction_json(ledger_, evidence.reward), transaction_json(ledger_, evidence.funding)));
    }
    sink_.write("]}");
  }
  std::string asset(Asset which) const { return json_string(ledger_.assets.at(to_index(which))); }
  std::string accounts(const std::vector<Account>& list) const {
    std::string text;
    for (const Account account : list)
      text += fmt::format("{}{{\"account\": {}}}", text.empty() ? "" : ", ",
                          json_string(ledger_.accounts.at(to_index(account))));
    return "[" + text + "]";
  }

  Sink& sink_;
  const Ledger& ledger_;
  const DiscoverOptions& options_;
  const std::optional<Calibration>& calibration_;
};

std::string calibration_json(const std::optional<Calibration>& calibration, double min_score) {
  if (!calibration) return " \"calibration\": null,\n";
  std::string best;
  for (const std::vector<double>& scores : calibration->scores)
    best += (best.empty() ? "" : ", ") + (scores.empty() ? "null" : rounded(scores.front()));
  return fmt::format(
      " \"calibration\": {{\"null\": \"receivers\", \"replicates\": {}, \"reports\": {}, \"cut\": {}, \"best\": [{}],\n"
      "   \"generated\": {{\"min_score\": {}, \"ledgers\": {}, \"reports\": {}}}}},\n",
      calibration->scores.size(), calibration->reports(min_score), rounded(calibration->cut()), best,
      generated_rate.min_score, generated_rate.ledgers, generated_rate.reports);
}

}  // namespace

void write_json(Sink& sink, const Ledger& ledger, const DiscoverOptions& options, const Result& result) {
  sink.write("{\"schema\": \"ringscan.discover/1\",\n" + ledger_json(ledger) + rule_head(options) +
             calibration_json(result.calibration, options.min_score));
  Writer writer(sink, ledger, options, result);
  writer.farms("farms", result.farms);
  writer.farms("cleared", result.cleared);
  writer.farms("refunds", result.sweeps);
  writer.loops(result.loops);
  sink.write(" \"candidates\": {");
  for (std::size_t gate = 0; gate <= gate_count; ++gate)
    sink.write(fmt::format("{}\"{}\": {}", gate == 0 ? "" : ", ",
                           gate < gate_count ? gate_name(Gate(gate)) : "accepted", result.gates[gate]));
  sink.write("}}\n");
}

void write_merchants(Sink& sink, const Ledger& ledger, const Result& result) {
  for (const Farm& farm : result.farms)
    for (const Account merchant : farm.merchants) sink.write(ledger.accounts.at(to_index(merchant)) + '\n');
}

}  // namespace ringscan
