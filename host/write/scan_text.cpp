#include <fmt/format.h>

#include <algorithm>

#include "write/escape.hpp"
#include "write/scan_result.hpp"
#include "write/text_parts.hpp"

namespace ringscan {
namespace {

std::string question(const Ledger& ledger, const ScanRequest& request) {
  std::string text = fmt::format("rule {}", rule_name(request.rule));
  if (request.rule != RuleName::time) text += fmt::format(", model {}", model_name(request.effective_model()));
  if (request.within) text += fmt::format(", within {}", duration_text(ledger.time_axis, *request.within));
  if (request.max_gain) text += fmt::format(", gain at most {}", to_string(*request.max_gain));
  if (request.between)
    text += fmt::format(", purchases between {} and {}", time_text(ledger.time_axis, request.between->after),
                        time_text(ledger.time_axis, request.between->before));
  if (request.is_between_auto) text += ", purchases in the burst of each merchant";
  if (request.min_share) text += fmt::format(", share above {}", to_string(*request.min_share));
  if (!request.all_merchants)
    text += request.quorum ? fmt::format(", at {} or more merchants", *request.quorum)
                           : std::string(", at all merchants that have a suspect");
  return text + "\n" + ledger_text(ledger) + "\n\n";
}

std::string burst(const Ledger& ledger, const MerchantResult& merchant) {
  if (!merchant.between) return "none";
  return fmt::format("{} to {}", time_text(ledger.time_axis, merchant.between->after),
                     time_text(ledger.time_axis, merchant.between->before));
}

// Who pays whom is said where the headings do not say it: a purchase goes from the suspect to the merchant.
class EvidenceLines {
 public:
  explicit EvidenceLines(const Ledger& ledger) : ledger_(ledger), view_(ledger.view()) {}

  std::string operator()(const Evidence& found) const {
    std::string lines = line("purchase", found.purchase, "");
    if (found.reward != no_row) {
      const std::uint64_t later = view_.time[found.reward] - view_.time[found.purchase];
      lines += line("reward", found.reward,
                    fmt::format("  {} later, from {}", duration_text(ledger_.time_axis, later),
                                name(view_.sender(found.reward))));
    }
    if (found.funding != no_row)
      lines += line("funding", found.funding, "  from the merchant to " + name(view_.receiver(found.funding)));
    return lines;
  }

  std::string name(Account account) const { return terminal_text(ledger_.accounts.at(to_index(account))); }

 private:
  std::string line(std::string_view what, Row row, const std::string& note) const {
    const std::string id = ledger_.transaction_id(row);
    return fmt::format("    {:<8}  {}  {} {}  tx {}{}\n", what, time_text(ledger_.time_axis, view_.time_at(row)),
                       to_string(view_.amount_at(row)), terminal_text(ledger_.assets.at(to_index(view_.asset(row)))),
                       id.empty() ? "(none)" : terminal_text(id), note);
  }

  const Ledger& ledger_;
  LedgerView view_;
};

}  // namespace

void write_text(Sink& sink, const Ledger& ledger, const ScanRequest& request, const ScanResult& result) {
  sink.write(question(ledger, request));
  std::size_t width = 8;
  for (const MerchantResult& merchant : result.merchants) width = std::max(width, merchant.account.size());
  sink.write(fmt::format("{:<{}}  {:>9}  {:>8}  {:>7}  {:>6}{}\n", "merchant", width, "customers", "suspects",
                         "workers", "share", request.is_between_auto ? "  burst" : ""));
  for (const MerchantResult& merchant : result.merchants)
    sink.write(fmt::format("{:<{}}  {:>9}  {:>8}  {:>7}  {:>6.3f}{}\n", terminal_text(merchant.account), width,
                           merchant.customers, merchant.suspects, merchant.workers, merchant.share,
                           request.is_between_auto ? "  " + burst(ledger, merchant) : ""));
  sink.write(fmt::format("\n{} suspected worker{}\n", result.workers.size(), result.workers.size() == 1 ? "" : "s"));
  const EvidenceLines evidence(ledger);
  for (const WorkerResult& worker : result.workers) {
    sink.write(fmt::format("\nsuspect {}\n", evidence.name(worker.account)));
    for (const AccusedAt& at : worker.merchants)
      sink.write(fmt::format("  at merchant {}\n{}", terminal_text(result.merchants[at.merchant].account),
                             evidence(at.evidence)));
  }
}

void write_text(Sink& sink, const Ledger& ledger, const ScanRequest& request, const HitCount& count) {
  sink.write(question(ledger, request) +
             fmt::format("{} purchases satisfy the rule, {} distinct (merchant, suspect) pairs; every receiver counted "
                         "as a merchant\n",
                         count.hits, count.pairs));
}

std::string_view rule_name(RuleName rule) {
  return rule == RuleName::ring ? "ring" : rule == RuleName::time ? "time" : "share";
}

std::string_view model_name(Model model) {
  switch (model) {
    case Model::any:
      return "any";
    case Model::enhanced:
      return "enhanced";
    case Model::advanced:
      return "advanced";
    case Model::basic:
      return "basic";
    case Model::purchase_only:
      break;
  }
  return "none";
}

}  // namespace ringscan
