#include "generate/truth.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace ringscan {

namespace {

// Nothing here needs escaping: addresses, hashes and names of our own.
template <class Values, class Text>
std::string list(const Values& values, Text&& text) {
  std::string result = "[";
  for (const auto& value : values)
    fmt::format_to(std::back_inserter(result), "{}\"{}\"", result.size() > 1 ? ", " : "", text(value));
  return result + "]";
}

std::string addresses(const GeneratedLedger& ledger, const std::vector<AccountNumber>& accounts) {
  return list(accounts, [&](AccountNumber account) { return ledger.address(account); });
}

void append_step(std::string& text, const GeneratedLedger& ledger, const Step& step) {
  fmt::format_to(std::back_inserter(text), R"({{"task": {}, "step": "{}", "time": {}, "from": "{}", "to": "{}", )",
                 step.task, name(step.kind), step.time, ledger.address(step.from), ledger.address(step.to));
  if (step.transaction)
    fmt::format_to(std::back_inserter(text), R"("tx": "{}", "amount": "{}"}})",
                   ledger.transaction_hash(*step.transaction), to_string(step.amount));
  else
    text += R"("tx": null, "amount": null})";
}

}  // namespace

void write_truth(const GeneratedLedger& ledger, Sink& sink) {
  sink.write(fmt::format("{{\"schema\": \"ringscan.truth/1\",\n \"seed\": {},\n \"models\": {},\n \"farms\": [",
                         ledger.options.seed,
                         list(ledger.options.models, [](FarmModel model) { return name(model); })));
  std::string_view before_farm = "\n  ";
  for (const Farm& farm : ledger.farms) {
    sink.write(
        fmt::format("{}{{\"model\": \"{}\",\n   \"merchants\": {},\n   \"delegations\": {},\n"
                    "   \"workers\": {},\n   \"steps\": [",
                    before_farm, name(farm.model), addresses(ledger, farm.merchants),
                    addresses(ledger, farm.delegations), addresses(ledger, farm.workers)));
    before_farm = ",\n  ";
    std::string_view before_step = "\n    ";
    for (const Step& step : farm.steps) {
      std::string text(before_step);
      append_step(text, ledger, step);
      sink.write(text);
      before_step = ",\n    ";
    }
    sink.write("]}");
  }
  sink.write(fmt::format("],\n \"honest_customers\": {}}}\n", addresses(ledger, ledger.honest_customers)));
}

}  // namespace ringscan
