#include "generate/truth.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace ringscan {

namespace {

constexpr std::size_t most_text = std::size_t{1} << 20;  // written at once

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

std::string traits_of(const FarmTraits& traits) {
  return fmt::format(
      "{{\"fake_percent\": {}, \"longest_hours\": {}, \"gain_permille\": {}, \"campaign_days\": {}, \"split\": {}, "
      "\"batched\": {}, \"unpaid\": {}, \"drip\": {}, \"payroll\": {}, \"exchange\": {}, \"prefunded\": {}, "
      "\"swept\": {}, \"shared_delegation\": {}}}",
      traits.fake_percent, traits.longest_hours, traits.gain_permille, traits.campaign_days, traits.split,
      traits.batched, traits.unpaid, traits.drip, traits.payroll, traits.exchange, traits.prefunded, traits.swept,
      traits.shared_delegation);
}

// What a ledger with a difficulty has at the end: who is who in the background.
void write_actors(const GeneratedLedger& ledger, Sink& sink) {
  std::string text = ",\n \"actors\": [";
  std::string_view before = "\n  ";
  for (const Actor& actor : ledger.actors) {
    fmt::format_to(std::back_inserter(text), R"({}{{"account": "{}", "story": "{}", "instance": {}, "role": "{}"}})",
                   before, ledger.address(actor.account), actor.story, actor.instance, actor.role);
    before = ",\n  ";
    if (text.size() < most_text) continue;
    sink.write(text);
    text.clear();
  }
  sink.write(text + "]");
}

}  // namespace

void write_truth(const GeneratedLedger& ledger, Sink& sink) {
  const auto& difficulty = ledger.options.difficulty;
  sink.write(fmt::format("{{\"schema\": \"ringscan.truth/1\",\n \"seed\": {},\n{} \"models\": {},\n \"farms\": [",
                         ledger.options.seed,
                         difficulty ? fmt::format(" \"difficulty\": \"{}\",\n", name(*difficulty)) : "",
                         list(ledger.options.models, [](FarmModel model) { return name(model); })));
  std::string_view before_farm = "\n  ";
  for (const Farm& farm : ledger.farms) {
    sink.write(fmt::format(
        "{}{{\"model\": \"{}\",\n   \"merchants\": {},\n   \"delegations\": {},\n"
        "   \"workers\": {},\n{}   \"steps\": [",
        before_farm, name(farm.model), addresses(ledger, farm.merchants), addresses(ledger, farm.delegations),
        addresses(ledger, farm.workers), difficulty ? "   \"traits\": " + traits_of(farm.traits) + ",\n" : ""));
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
  sink.write(fmt::format("],\n \"honest_customers\": {}", addresses(ledger, ledger.honest_customers)));
  if (difficulty) write_actors(ledger, sink);
  sink.write("}\n");
}

}  // namespace ringscan
