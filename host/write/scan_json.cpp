#include <fmt/format.h>

#include "write/escape.hpp"
#include "write/json_parts.hpp"
#include "write/scan_result.hpp"

namespace ringscan {
namespace {

std::string interval(const std::optional<Interval>& between) {
  return between ? fmt::format("[{}, {}]", between->after, between->before) : "null";
}

// Options that do not apply are null: a purchase alone has no model, a count no workers.
std::string rule_head(const ScanRequest& request) {
  const bool has_model = request.rule != RuleName::time;
  std::string quorum = "null";
  if (!request.all_merchants) quorum = request.quorum ? fmt::format("{}", *request.quorum) : "\"all\"";
  const std::string between = request.is_between_auto ? "\"auto\"" : interval(request.between);
  return fmt::format(
      " \"rule\": {{\"name\": \"{}\", \"model\": {}, \"within\": {}, \"max_gain\": {}, \"between\": {}, "
      "\"min_share\": {}, \"quorum\": {}}},\n",
      rule_name(request.rule), has_model ? fmt::format("\"{}\"", model_name(request.effective_model())) : "null",
      number_or_null(request.within), decimal_or_null(request.max_gain), between, decimal_or_null(request.min_share),
      quorum);
}

}  // namespace

void write_json(Sink& sink, const Ledger& ledger, const ScanRequest& request, const ScanResult& result) {
  sink.write("{\"schema\": \"ringscan.scan/1\",\n" + ledger_json(ledger) + rule_head(request) + " \"merchants\": [");
  for (std::size_t m = 0; m < result.merchants.size(); ++m) {
    const MerchantResult& merchant = result.merchants[m];
    sink.write(fmt::format(
        "{}\n   {{\"account\": {}, \"customers\": {}, \"suspects\": {}, \"workers\": {}, \"share\": {}{}}}",
        m == 0 ? "" : ",", json_string(merchant.account), merchant.customers, merchant.suspects, merchant.workers,
        merchant.share, request.is_between_auto ? ", \"between\": " + interval(merchant.between) : ""));
  }
  sink.write("],\n \"workers\": [");
  for (std::size_t w = 0; w < result.workers.size(); ++w) {
    const WorkerResult& worker = result.workers[w];
    sink.write(fmt::format("{}\n   {{\"account\": {}, \"merchants\": [", w == 0 ? "" : ",",
                           json_string(ledger.accounts.at(to_index(worker.account)))));
    for (std::size_t i = 0; i < worker.merchants.size(); ++i) {
      const AccusedAt& at = worker.merchants[i];
      sink.write(fmt::format(
          "{}\n     {{\"account\": {},\n      \"purchase\": {},\n      \"reward\": {},\n      \"funding\": {}}}",
          i == 0 ? "" : ",", json_string(result.merchants[at.merchant].account),
          transaction_json(ledger, at.evidence.purchase), transaction_json(ledger, at.evidence.reward),
          transaction_json(ledger, at.evidence.funding)));
    }
    sink.write("]}");
  }
  sink.write("]}\n");
}

void write_json(Sink& sink, const Ledger& ledger, const ScanRequest& request, const HitCount& count) {
  sink.write("{\"schema\": \"ringscan.count/1\",\n" + ledger_json(ledger) + rule_head(request) +
             fmt::format(" \"hits\": {}, \"pairs\": {}}}\n", count.hits, count.pairs));
}

}  // namespace ringscan
