#include <fmt/format.h>

#include <algorithm>

#include "write/circumstances.hpp"
#include "write/discover_result.hpp"
#include "write/escape.hpp"
#include "write/scan_result.hpp"
#include "write/text_parts.hpp"

namespace ringscan {
namespace {

using namespace discover;

constexpr std::size_t most_shown = 3;  // workers of a farm and payments of each; the JSON has all

class Writer {
 public:
  Writer(Sink& sink, const Ledger& ledger, const DiscoverOptions& options, const Result& result, bool review)
      : sink_(sink),
        ledger_(ledger),
        view_(ledger.view()),
        options_(options),
        calibration_(result.calibration),
        review_(review) {}

  void table(const std::vector<Farm>& farms) {
    sink_.write("rank   score  model     workers  merchants  delegations  in order  more paid  funded  asset\n");
    for (std::size_t i = 0; i < farms.size(); ++i) {
      const Farm& farm = farms[i];
      const Signals& found = farm.signals;
      sink_.write(
          fmt::format("{:>4}  {:>6.1f}  {:<8}  {:>7}  {:>9}  {:>11}  {:>8}  {:>9}  {:>6}  {}\n", i + 1, found.score,
                      model_name(farm.model), found.workers, farm.merchants.size(), farm.delegations.size(),
                      fmt::format("{}:{}", found.votes_in_order, found.votes_out_of_order),
                      fmt::format("{}:{}", found.votes_more, found.votes_less),
                      farm.delegations.empty() ? "-" : fmt::format("{:.0f} %", 100 * found.funded), asset(farm.asset)));
    }
  }

  void farm(const Farm& farm, std::string_view kind, std::size_t rank, std::string_view note = {}) {
    const Signals& found = farm.signals;
    const bool is_after = found.side == Side::after;
    std::string text = fmt::format("\n{} {}{}\n", kind, rank, note);
    text += fmt::format("  {} of {} accounts that {} were {}, {} after {} in the median\n", found.workers, found.common,
                        farm.delegations.empty() ? "these merchants paid back"
                                                 : "bought from the merchants and were paid by the delegations",
                        is_after ? "paid more than they had spent" : "given the money for their purchases first",
                        duration_text(ledger_.time_axis, found.delay), is_after ? "the purchase" : "the payment");
    text += fmt::format("  votes: {} accounts in this order and {} in the other; {} paid more and {} paid less\n",
                        found.votes_in_order, found.votes_out_of_order, found.votes_more, found.votes_less);
    text += fmt::format(
        "  the payers paid {} accounts in all; strangers' payments would fit in {:.2f} % of pairs, their totals in "
        "{:.2f} %\n",
        found.recipients, 100 * found.chance, 100 * found.chance_of_totals);
    if (!farm.delegations.empty())
      text += fmt::format(
          "  the merchants paid the delegations {:.0f} % of the rewards; {} of {} rewards follow such a payment\n",
          100 * found.funded, farm.funded_between, farm.rewards_matched);
    text += circumstances_text(farm.circumstances, funder_name(ledger_, farm), ledger_.time_axis);
    if (calibration_ && found.gate == Gate::none) {
      const double share = calibration_->exceedance(found.score);
      const std::size_t replicates = calibration_->scores.size();
      text += fmt::format("  the best report of {:.0f} of {} permuted ledgers scores as much\n",
                          share * double(replicates), replicates);
    }
    if (farm.group > 0 && farm.group != rank)
      text += fmt::format("  shares merchants or payers with farm {}, in another asset\n", farm.group);
    for (const std::uint32_t place : farm.decisions) {
      const Decision& decision = options_.decisions[place];
      text += fmt::format("  {}: {}{}{}\n", verdict_name(decision.verdict), terminal_text(decision.account),
                          decision.comment.empty() ? "" : ", ", terminal_text(decision.comment));
    }
    if (review_)
      for (const Story story : farm.stories)
        text += fmt::format("  may also be {}: {}\n", story_name(story), story_text(story, farm, ledger_.time_axis));
    else if (!farm.stories.empty())
      text += "  may also be " + names(farm.stories) + " (--review says why)\n";
    for (const Account merchant : farm.merchants) text += fmt::format("  merchant    {}\n", name(merchant));
    for (const Account payer : farm.delegations) text += fmt::format("  delegation  {}\n", name(payer));
    for (std::size_t i = 0; i < farm.workers.size(); ++i) {
      const FarmWorker& worker = farm.workers[i];
      text += fmt::format("  suspect     {}  {} purchases for {}, {} payments of {}\n", name(worker.account),
                          worker.purchases, to_string(worker.spent), worker.rewards, to_string(worker.received));
      if (i >= most_shown) continue;
      for (std::size_t e = 0; e < std::min(most_shown, worker.evidence.size()); ++e) text += lines(worker.evidence[e]);
    }
    sink_.write(text);
  }

  void loop(const Loop& loop, std::size_t rank) {
    std::string text = fmt::format("\nloop {}: {} accounts, {} trips there and back, {}\n", rank, loop.accounts.size(),
                                   loop.trips.size(), asset(loop.asset));
    for (const Account account : loop.accounts) text += fmt::format("  suspect     {}\n", name(account));
    for (std::size_t i = 0; i < std::min(most_shown, loop.trips.size()); ++i)
      text += line("there", loop.trips[i].there) + line("back", loop.trips[i].back);
    sink_.write(text);
  }

 private:
  std::string lines(const FarmEvidence& evidence) const {
    std::string text;
    if (evidence.purchase != no_row) text += line("purchase", evidence.purchase);
    if (evidence.funding != no_row) text += line("funding", evidence.funding);
    if (evidence.reward != no_row) text += line("reward", evidence.reward);
    return text;
  }
  std::string line(std::string_view what, Row row) const {
    const std::string id = ledger_.transaction_id(row);
    return fmt::format("    {:<8}  {}  {} {}  from {} to {}  tx {}\n", what,
                       time_text(ledger_.time_axis, view_.time_at(row)), to_string(view_.amount_at(row)),
                       asset(view_.asset(row)), name(view_.sender(row)), name(view_.receiver(row)),
                       id.empty() ? "(none)" : terminal_text(id));
  }
  static std::string names(const std::vector<Story>& stories) {
    std::string list;
    for (const Story story : stories) list += fmt::format("{}{}", list.empty() ? "" : ", ", story_name(story));
    return list;
  }
  std::string name(Account account) const { return terminal_text(ledger_.accounts.at(to_index(account))); }
  std::string asset(Asset which) const { return terminal_text(ledger_.assets.at(to_index(which))); }

  Sink& sink_;
  const Ledger& ledger_;
  LedgerView view_;
  const DiscoverOptions& options_;
  const std::optional<Calibration>& calibration_;
  bool review_;
};

std::string question(const Ledger& ledger, const DiscoverOptions& options) {
  return fmt::format(
      "discover {}, within {}, gain at most {}, hubs above {} payers or payees, score from {} on\n{}\n\n",
      pattern_name(options.pattern), duration_text(ledger.time_axis, options.within), options.max_gain,
      options.hub_degree, options.min_score, ledger_text(ledger));
}

std::string calibration_text(const Calibration& calibration, const DiscoverOptions& options) {
  const std::size_t replicates = calibration.scores.size();
  const std::uint64_t reports = calibration.reports(options.min_score);
  return fmt::format(
      "calibration: {} report{} from {} on in {} permuted ledgers (payments of a payer, of one time and size, have "
      "changed "
      "receivers;\n"
      "  payments among the accounts of what is told below are left out): what chance does, not what refunds, loans "
      "or\n"
      "  compensation look like. From {:.3f} on it is at most one report in 20 of them. On {} generated ledgers "
      "without\n"
      "  farms but with such stories there are {} reports from {} on\n",
      reports, reports == 1 ? "" : "s", options.min_score, replicates, calibration.cut(), generated_rate.ledgers,
      generated_rate.reports, generated_rate.min_score);
}

}  // namespace

void write_text(Sink& sink, const Ledger& ledger, const DiscoverOptions& options, const Result& result, bool review) {
  sink.write(question(ledger, options));
  Writer writer(sink, ledger, options, result, review);
  if (!result.farms.empty()) writer.table(result.farms);
  if (options.pattern != Pattern::loops)
    sink.write(fmt::format("{}{} suspected farm{}; the score ranks them and is no probability\n",
                           result.farms.empty() ? "" : "\n", result.farms.size(), result.farms.size() == 1 ? "" : "s"));
  if (result.calibration) sink.write(calibration_text(*result.calibration, options));
  for (std::size_t i = 0; i < result.farms.size(); ++i) writer.farm(result.farms[i], "farm", i + 1);
  for (std::size_t i = 0; i < result.cleared.size(); ++i)
    writer.farm(result.cleared[i], "cleared", i + 1,
                ": a farm, had nobody cleared it or a part of it; not counted as one");
  for (std::size_t i = 0; i < result.sweeps.size(); ++i)
    writer.farm(result.sweeps[i], "refund or sweep", i + 1, ", not counted as a farm");
  if (options.pattern != Pattern::farms)
    sink.write(fmt::format("\n{} loop{} of own accounts\n", result.loops.size(), result.loops.size() == 1 ? "" : "s"));
  for (std::size_t i = 0; i < result.loops.size(); ++i) writer.loop(result.loops[i], i + 1);
}

std::string_view pattern_name(Pattern pattern) {
  return pattern == Pattern::farms ? "farms" : pattern == Pattern::loops ? "loops" : "all";
}

std::string_view gate_name(Gate gate) {
  constexpr std::array<std::string_view, gate_count + 1> names = {
      "few_workers", "sweep",     "prefunded_sweep", "wide_payer",   "time_votes", "amount_votes", "unexplained",
      "unbalanced",  "immediate", "interest",        "pass_through", "unfunded",   "by_chance",    "none"};
  return names[std::size_t(gate)];
}

std::string_view story_name(Story story) {
  constexpr std::array<std::string_view, story_count> names = {"launch", "refund", "exchange", "lending", "forwarder"};
  return names[std::size_t(story)];
}

std::string funder_name(const Ledger& ledger, const Farm& farm) {
  const std::optional<Account> funder = farm.circumstances.funder;
  return funder ? ledger.accounts.at(to_index(*funder)) : std::string();
}

std::string_view verdict_name(Verdict verdict) { return verdict == Verdict::confirmed ? "confirmed" : "cleared"; }

std::string story_text(Story story, const Farm& farm, TimeAxis axis) {
  const Signals& found = farm.signals;
  switch (story) {
    case Story::launch:
      return fmt::format("a launch or sale that gives money back: {} of {} accounts bought again once it had begun to",
                         found.trading_on, found.workers);
    case Story::refund:
      return fmt::format(
          "a shop that refunds: besides {} accounts that were paid more, {} got back what they had paid or less; it "
          "paid "
          "{} accounts and has {} customers",
          found.workers, found.plain_refunds, found.recipients, found.customers);
    case Story::exchange:
      return fmt::format(
          "an exchange or market: {} accounts were paid; {} of {} before rather than after, {} of {} less rather than "
          "more",
          found.recipients, found.votes_out_of_order, found.votes_out_of_order + found.votes_in_order, found.votes_less,
          found.votes_less + found.votes_more);
    case Story::lending:
      return fmt::format(
          "a lender or a staking pool: who waited longer was paid more (correlation {:.2f} of {} payments)",
          found.interest, found.matched);
    case Story::forwarder:
      return fmt::format(
          "addresses that pass money on: {} {} in the median{}", duration_text(axis, found.delay),
          found.side == Side::before ? "from payment to purchase" : "from purchase to payment",
          farm.delegations.empty()
              ? ""
              : fmt::format(", and the merchants paid the payers {:.0f} % of the rewards", 100 * found.funded));
  }
  return {};
}

}  // namespace ringscan
