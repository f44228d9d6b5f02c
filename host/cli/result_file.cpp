#include "cli/result_file.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include "io/errors.hpp"
#include "io/input.hpp"
#include "ledger/amount.hpp"

namespace ringscan {
namespace {

using simdjson::dom::element;

std::string text(const element& value) { return std::string(std::string_view(value)); }

std::optional<ToldTransaction> transaction(const element& value) {
  if (value.is_null()) return std::nullopt;
  ToldTransaction told;
  if (!value["tx"].is_null()) told.id = text(value["tx"]);
  told.time = std::int64_t(value["time"]);
  told.from = text(value["from"]);
  told.to = text(value["to"]);
  told.asset = text(value["asset"]);
  told.amount = text(value["amount"]);
  if (!parse_digits(told.amount)) throw BadInput("an amount of a result is a whole number, not '" + told.amount + "'");
  return told;
}

ToldEvidence evidence(const element& value, std::string worker, std::initializer_list<const char*> names) {
  ToldEvidence told{std::move(worker), {}};
  for (const char* name : names)
    if (std::optional<ToldTransaction> found = transaction(value[name])) told.transactions.emplace_back(name, *found);
  return told;
}

ToldGroup scan_group(const element& result) {
  ToldGroup group{"scan", {}, {}, {}, {}, {}};
  for (const element worker : result["workers"]) {
    const std::string name = text(worker["account"]);
    group.roles["worker"].insert(name);
    for (const element at : worker["merchants"]) {
      group.roles["merchant"].insert(text(at["account"]));
      group.evidence.push_back(evidence(at, name, {"purchase", "funding", "reward"}));
    }
  }
  return group;
}

discover::Share share(const element& figures, std::string what) {
  return {std::uint64_t(figures[what]), std::uint64_t(figures["of_" + what])};
}

// Nothing in files that older versions wrote.
std::optional<ToldCircumstances> circumstances(const element& signals) {
  element figures;
  if (signals["synchrony"].get(figures) != simdjson::SUCCESS) return std::nullopt;
  ToldCircumstances told;
  discover::Circumstances& found = told.found;
  found.step = std::uint64_t(figures["within"]);
  found.workers_in_step = share(figures, "workers");
  found.others_in_step = share(figures, "others");
  if (const element burst = signals["burst"]; !burst.is_null()) {
    found.burst = {std::int64_t(burst["between"].at(0)), std::int64_t(burst["between"].at(1))};
    found.purchases_in_burst = share(burst, "purchases");
    found.payments_in_burst = share(burst, "payments");
    found.burst_tail = double(burst["minus_log10_p"]);
  }
  found.equal_rewards = share(signals["equal_amounts"], "rewards");
  found.equal_purchases = share(signals["equal_amounts"], "purchases");
  found.youth = std::uint64_t(signals["fresh"]["within"]);
  found.fresh_workers = share(signals["fresh"], "workers");
  found.fresh_others = share(signals["fresh"], "others");
  found.payments_inside = share(signals["inside"], "payments");
  found.workers_inside = share(signals["inside"], "workers");
  const element funder = signals["funder"];
  found.workers_funded = share(funder, "workers");
  found.funder_tail = double(funder["minus_log10_p"]);
  if (!funder["account"].is_null()) told.funder = text(funder["account"]), found.funder = Account{};
  return told;
}

ToldGroup farm_group(const element& farm, const char* kind) {
  ToldGroup group{fmt::format("{} {}", kind, std::int64_t(farm["rank"])), {}, {}, {}, {}, {}};
  for (const element merchant : farm["merchants"]) group.roles["merchant"].insert(text(merchant["account"]));
  for (const element payer : farm["delegations"]) group.roles["delegation"].insert(text(payer["account"]));
  for (const element worker : farm["workers"]) {
    const std::string name = text(worker["account"]);
    group.roles["worker"].insert(name);
    for (const element at : worker["evidence"])
      group.evidence.push_back(evidence(at, name, {"purchase", "funding", "reward"}));
  }
  element signals;
  if (farm["signals"].get(signals) == simdjson::SUCCESS) group.circumstances = circumstances(signals);
  return group;
}

// What a farm is told with besides its accounts; results of earlier versions have none of it.
void add_notes(const element& farm, std::size_t replicates, ToldGroup& group) {
  simdjson::dom::array reasons, decisions;
  if (farm["review_reasons"].get(reasons) == simdjson::SUCCESS)
    for (const element reason : reasons) group.notes.push_back("may also be " + text(reason));
  double exceedance = 0;
  if (farm["exceedance"].get(exceedance) == simdjson::SUCCESS)
    group.notes.push_back(fmt::format("the best report of {:.0f} of {} permuted ledgers scores as much",
                                      exceedance * double(replicates), replicates));
  if (farm["decisions"].get(decisions) == simdjson::SUCCESS)
    for (const element decision : decisions) {
      const std::string comment = text(decision["comment"]);
      group.decisions[text(decision["account"])] = text(decision["verdict"]) + (comment.empty() ? "" : ", " + comment);
    }
}

ToldGroup loop_group(const element& loop) {
  ToldGroup group{fmt::format("loop {}", std::int64_t(loop["rank"])), {}, {}, {}, {}, {}};
  for (const element account : loop["accounts"]) group.roles["account"].insert(text(account["account"]));
  for (const element trip : loop["trips"]) group.evidence.push_back(evidence(trip, "", {"there", "back"}));
  return group;
}

}  // namespace

ResultFile read_result(const std::string& path) {
  const std::string whole = read_whole(path);
  ResultFile file;
  try {
    simdjson::dom::parser parser;
    const element result = parser.parse(whole);
    file.schema = text(result["schema"]);
    if (file.schema == "ringscan.scan/1") {
      file.groups.push_back(scan_group(result));
    } else if (file.schema == "ringscan.discover/1") {
      std::uint64_t replicates = 0;
      if (result["calibration"]["replicates"].get(replicates) != simdjson::SUCCESS) replicates = 0;
      for (const char* const kind : {"farm", "cleared", "refund"}) {
        const std::string list = kind == std::string_view("cleared") ? kind : kind + std::string("s");
        simdjson::dom::array farms;
        if (result[list].get(farms) != simdjson::SUCCESS && list != "cleared") throw BadInput(path + " has no " + list);
        for (const element farm : farms) {
          file.groups.push_back(farm_group(farm, kind));
          add_notes(farm, replicates, file.groups.back());
        }
      }
      for (const element loop : result["loops"]) file.groups.push_back(loop_group(loop));
    } else {
      throw BadInput(fmt::format("{} has schema {}, not ringscan.scan/1 or ringscan.discover/1", path, file.schema));
    }
  } catch (const simdjson::simdjson_error& error) {
    throw BadInput(fmt::format("{} is no result of scan or discover as JSON: {}", path, error.what()));
  }
  return file;
}

}  // namespace ringscan
