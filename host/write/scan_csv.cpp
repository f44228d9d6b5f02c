#include <fmt/format.h>

#include "write/escape.hpp"
#include "write/scan_result.hpp"

namespace ringscan {
namespace {

std::string transaction(const Ledger& ledger, Row row) {
  if (row == no_row) return ",,,,,,";
  const LedgerView view = ledger.view();
  const auto account = [&](Account who) { return csv_field(ledger.accounts.at(to_index(who))); };
  return fmt::format(",{},{},{},{},{},{}", csv_field(ledger.transaction_id(row)), view.time_at(row),
                     account(view.sender(row)), account(view.receiver(row)),
                     csv_field(ledger.assets.at(to_index(view.asset(row)))), to_string(view.amount_at(row)));
}

}  // namespace

void write_csv(Sink& sink, const Ledger& ledger, const ScanResult& result) {
  std::string header = "worker,merchant,customers,suspects,workers,share";
  for (const std::string_view what : {"purchase", "reward", "funding"})
    for (const std::string_view column : {"tx", "time", "from", "to", "asset", "amount"})
      header += fmt::format(",{}_{}", what, column);
  sink.write(header + '\n');
  for (const WorkerResult& worker : result.workers)
    for (const AccusedAt& at : worker.merchants) {
      const MerchantResult& merchant = result.merchants[at.merchant];
      sink.write(fmt::format("{},{},{},{},{},{}{}{}{}\n", csv_field(ledger.accounts.at(to_index(worker.account))),
                             csv_field(merchant.account), merchant.customers, merchant.suspects, merchant.workers,
                             merchant.share, transaction(ledger, at.evidence.purchase),
                             transaction(ledger, at.evidence.reward), transaction(ledger, at.evidence.funding)));
    }
}

void write_csv(Sink& sink, const HitCount& count) {
  sink.write(fmt::format("hits,pairs\n{},{}\n", count.hits, count.pairs));
}

}  // namespace ringscan
