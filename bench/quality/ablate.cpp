// usage: ablate LEDGER FOLDER [--without NAME]...     FOLDER/NAME.json for each, or for all parts and FOLDER/none.json
//        ablate --list
//
// `discover` on one ledger without a part of its method, at a time: what evaluate.py compares. Everything is reported,
// whatever its score, so that any cut can be made afterwards.
#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cpu/cpu.hpp"
#include "discover/discover.hpp"
#include "io/output.hpp"
#include "read/read_ledger.hpp"
#include "write/discover_result.hpp"

namespace {

using namespace ringscan;

struct Part {
  std::string_view name, meaning;
  void (*leave_out)(DiscoverOptions&);
};

constexpr double always = std::numeric_limits<double>::infinity();

constexpr Part parts[] = {
    {"none", "nothing is left out", [](DiscoverOptions&) {}},
    // Signals.
    {"time-votes", "neither gate nor score asks who is paid after",
     [](DiscoverOptions& o) { o.time_vote_ratio = o.most_by_time_votes = 0; }},
    {"amount-votes", "neither gate nor score asks who is paid more",
     [](DiscoverOptions& o) { o.amount_vote_ratio = o.direct_amount_vote_ratio = o.most_by_amount_votes = 0; }},
    {"totals", "single payments alone are compared",
     [](DiscoverOptions& o) { o.balances_totals = false, o.balanced_share = 0; }},
    {"chance", "neither gate nor score compares with strangers",
     [](DiscoverOptions& o) { o.most_chance = 1, o.most_by_chance = 0; }},
    {"funding", "neither gate nor score asks what the merchants paid the payers",
     [](DiscoverOptions& o) { o.closed_share = o.reported_closed_share = o.score_of_funding = 0; }},
    {"neutral", "a reward may exceed its purchase by nothing", [](DiscoverOptions& o) { o.neutral_gain = 0; }},
    // Terms of the score.
    {"score-time", "time votes are no part of the score", [](DiscoverOptions& o) { o.most_by_time_votes = 0; }},
    {"score-amount", "amount votes are no part of the score", [](DiscoverOptions& o) { o.most_by_amount_votes = 0; }},
    {"score-chance", "chance is no part of the score", [](DiscoverOptions& o) { o.most_by_chance = 0; }},
    {"score-funding", "funding is no part of the score", [](DiscoverOptions& o) { o.score_of_funding = 0; }},
    // Gates.
    {"gate-few-workers", "merchants or payers may be more than the workers",
     [](DiscoverOptions& o) { o.hands_ratio = 0; }},
    {"gate-sweep", "all may be paid at once", [](DiscoverOptions& o) { o.sweep_share = 0; }},
    {"gate-prefunded-sweep", "all may be paid before all buy", [](DiscoverOptions& o) { o.prefunded_sweep_share = 0; }},
    {"gate-wide-payer", "workers may be few of those whom the payers pay",
     [](DiscoverOptions& o) {
       o.max_recipients = std::numeric_limits<std::uint32_t>::max();
       o.recipients_share = 0;
     }},
    {"gate-wide-payer-share", "likewise, of a thousand at most", [](DiscoverOptions& o) { o.recipients_share = 0; }},
    {"gate-time-votes", "the gate alone", [](DiscoverOptions& o) { o.time_vote_ratio = 0; }},
    {"gate-amount-votes", "the gate alone",
     [](DiscoverOptions& o) { o.amount_vote_ratio = o.direct_amount_vote_ratio = 0; }},
    {"gate-unexplained", "workers may be few of the common accounts",
     [](DiscoverOptions& o) { o.direct_purity = o.open_purity = 0; }},
    {"gate-unbalanced", "totals at merchants that pay themselves need not balance",
     [](DiscoverOptions& o) { o.balanced_share = 0; }},
    {"gate-immediate", "rewards may come within a minute", [](DiscoverOptions& o) { o.min_delay = 0; }},
    {"gate-interest", "the later may be the more", [](DiscoverOptions& o) { o.interest_deviations = always; }},
    {"gate-pass-through", "who is paid first may buy once", [](DiscoverOptions& o) { o.repeating_share = 0; }},
    {"gate-unfunded", "payers may be paid by others",
     [](DiscoverOptions& o) { o.closed_share = o.reported_closed_share = 0; }},
    {"gate-by-chance", "strangers may match as often", [](DiscoverOptions& o) { o.most_chance = 1; }},
    {"ban", "who pays back many at once may be part of a farm", [](DiscoverOptions& o) { o.bans_sweeps = false; }},
    // Candidates.
    {"source-direct", "(a) merchants that pay themselves", [](DiscoverOptions& o) { o.pays_directly = false; }},
    {"source-links", "(b) pairs with accounts in common, and their groups",
     [](DiscoverOptions& o) { o.linked_chance = o.overlap_chance = 0; }},
    {"source-overlaps", "(b) only those that are funded", [](DiscoverOptions& o) { o.overlap_chance = 0; }},
    {"unions", "nothing is merged", [](DiscoverOptions& o) { o.merge_rounds = 0; }},
};

const Part& part(std::string_view name) {
  const auto found = std::ranges::find(parts, name, &Part::name);
  if (found == std::end(parts)) throw std::invalid_argument(fmt::format("no part is called {}: see --list", name));
  return *found;
}

void run(std::span<char*> arguments) {
  std::vector<Part> chosen;
  for (std::size_t i = 2; i + 1 < arguments.size(); i += 2) chosen.push_back(part(arguments[i + 1]));
  if (chosen.empty()) chosen.assign(std::begin(parts), std::end(parts));
  ReadReport report;
  const Ledger ledger = read_ledger({arguments[0]}, {}, report, [](const ReadProgress&) {});
  for (const Part& part : chosen) {
    DiscoverOptions options = discover_options(TimeAxis::seconds);
    options.min_score = 0;
    part.leave_out(options);
    const discover::Result result = find_farms(*make_cpu({2}), ledger, options, {2, nullptr});
    if (ledger.transaction_ids) ledger.transaction_ids->prepare(evidence_rows(result));
    OutputFile file(fmt::format("{}/{}.json", arguments[1], part.name), true);
    write_json(file, ledger, options, result);
    file.commit();
  }
}

}  // namespace

int main(int count, char** values) {
  const std::span<char*> arguments(values + 1, std::size_t(count - 1));
  if (arguments.size() == 1 && arguments[0] == std::string_view("--list")) {
    for (const Part& part : parts) fmt::print("{}\t{}\n", part.name, part.meaning);
    return 0;
  }
  if (arguments.size() < 2 || arguments.size() % 2 == 1) {
    fmt::print(stderr, "usage: ablate LEDGER FOLDER [--without NAME]...\n       ablate --list\n");
    return 2;
  }
  try {
    run(arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "ablate: {}\n", error.what());
    return 1;
  }
}
