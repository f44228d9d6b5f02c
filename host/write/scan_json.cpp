#include <fmt/format.h>

#include "write/escape.hpp"
#include "write/scan_result.hpp"

namespace ringscan {
namespace {

template <class T>
std::string number_or_null(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : "null";
}

std::string decimal_or_null(const std::optional<Decimal>& value) {
  return value ? '"' + to_string(*value) + '"' : "null";
}

std::string ledger_head(const Ledger& ledger) {
  const LedgerHead head = ledger.head();
  std::string dropped;
  for (std::size_t i = 0; i < drop_names.size(); ++i)
    dropped += fmt::format("{}\"{}\": {}", i == 0 ? "" : ", ", drop_names[i], ledger.dropped[i]);
  return fmt::format(
      " \"ledger\": {{\"transactions\": {}, \"accounts\": {}, \"assets\": {}, \"first_time\": {}, \"last_time\": {},\n"
      "            \"dropped\": {{{}}}}},\n",
      head.transactions, head.accounts, head.assets, number_or_null(head.first_time), number_or_null(head.last_time),
      dropped);
}

// Options that do not apply are null: a purchase alone has no model, a count no workers.
std::string rule_head(const ScanRequest& request) {
  const bool has_model = request.rule != RuleName::time;
  std::string quorum = "null";
  if (!request.all_merchants) quorum = request.quorum ? fmt::format("{}", *request.quorum) : "\"all\"";
  const std::string between =
      request.between ? fmt::format("[{}, {}]", request.between->after, request.between->before) : "null";
  return fmt::format(
      " \"rule\": {{\"name\": \"{}\", \"model\": {}, \"within\": {}, \"max_gain\": {}, \"between\": {}, "
      "\"min_share\": {}, \"quorum\": {}}},\n",
      rule_name(request.rule), has_model ? fmt::format("\"{}\"", model_name(request.effective_model())) : "null",
      number_or_null(request.within), decimal_or_null(request.max_gain), between, decimal_or_null(request.min_share),
      quorum);
}

std::string transaction(const Ledger& ledger, Row row) {
  if (row == no_row) return "null";
  const LedgerView view = ledger.view();
  const std::string id = ledger.transaction_id(row);
  const auto account = [&](Account who) { return json_string(ledger.accounts.at(to_index(who))); };
  return fmt::format("{{\"tx\": {}, \"time\": {}, \"from\": {}, \"to\": {}, \"asset\": {}, \"amount\": \"{}\"}}",
                     id.empty() ? "null" : json_string(id), view.time_at(row), account(view.sender(row)),
                     account(view.receiver(row)), json_string(ledger.assets.at(to_index(view.asset(row)))),
                     to_string(view.amount_at(row)));
}

}  // namespace

void write_json(Sink& sink, const Ledger& ledger, const ScanRequest& request, const ScanResult& result) {
  sink.write("{\"schema\": \"ringscan.scan/1\",\n" + ledger_head(ledger) + rule_head(request) + " \"merchants\": [");
  for (std::size_t m = 0; m < result.merchants.size(); ++m) {
    const MerchantResult& merchant = result.merchants[m];
    sink.write(
        fmt::format("{}\n   {{\"account\": {}, \"customers\": {}, \"suspects\": {}, \"workers\": {}, \"share\": {}}}",
                    m == 0 ? "" : ",", json_string(merchant.account), merchant.customers, merchant.suspects,
                    merchant.workers, merchant.share));
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
          transaction(ledger, at.evidence.purchase), transaction(ledger, at.evidence.reward),
          transaction(ledger, at.evidence.funding)));
    }
    sink.write("]}");
  }
  sink.write("]}\n");
}

void write_json(Sink& sink, const Ledger& ledger, const ScanRequest& request, const HitCount& count) {
  sink.write("{\"schema\": \"ringscan.count/1\",\n" + ledger_head(ledger) + rule_head(request) +
             fmt::format(" \"hits\": {}, \"pairs\": {}}}\n", count.hits, count.pairs));
}

}  // namespace ringscan
