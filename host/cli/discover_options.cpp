#include "cli/discover_options.hpp"

#include <fmt/format.h>

#include "cli/account_files.hpp"
#include "cli/reading.hpp"
#include "io/errors.hpp"

namespace ringscan {
namespace {

// Options are decimals for the user; the method computes with doubles.
void set_decimal(const Arguments& arguments, const std::string& name, double& value) {
  if (decimal_option(arguments, name)) value = std::stod(arguments.text(name));
}

}  // namespace

cxxopts::Options discover_option_table() {
  cxxopts::Options options(
      "ringscan discover",
      "Examples:\n"
      "  ringscan discover chain.ledger\n"
      "  ringscan discover transactions.csv.gz --exclude exchanges.txt -o result.json --merchants-out merchants.txt\n"
      "  ringscan discover sales.csv --schema nft --pattern loops\n"
      "  ringscan discover chain.ledger --decisions reviewed.csv --calibrate=50 -o tonight.json\n\n"
      "Finds farms without a list of merchants: groups of accounts that are paid back, by the merchants or by others, "
      "a\n"
      "little more than they spent, after they spent it, more often than chance, markets, refunds, salaries and loans\n"
      "explain. The score ranks them; it is no probability.\n");
  options.custom_help("LEDGER... [OPTION...]");
  const auto text = [] { return cxxopts::value<std::string>(); };
  // clang-format off
  options.add_options("Question")
      ("pattern", "farms, loops (own accounts that trade in circles) or all", text()->default_value("farms"), "PATTERN")
      ("within", "reward at most D after the purchase, or before it (default 21d)", text(), "D")
      ("max-gain", "reward at most 1 + G times the purchase (default 0.2)", text(), "G")
      ("min-workers", "paid back, of a farm (default 3)", text(), "N")
      ("min-score", "report from this score on (default 10)", text(), "S")
      ("hub-degree", "a worker has at most so many payers, and so many payees (default 300)", text(), "N")
      ("max-recipients", "the payers of a farm pay at most so many accounts (default 1000)", text(), "N")
      ("rewards-a-purchase", "payments that are compared with a purchase, on either side (default 128)", text(), "N")
      ("exclude", "accounts that are never merchant, worker or delegation", text(), "FILE")
      ("decisions", "what people found out: a line is ACCOUNT,confirmed or ACCOUNT,cleared, and a comment behind a comma; # "
       "lines are ignored. A cleared account is no merchant or delegation of a farm: what would be one is told apart; and part of no loop", text(), "FILE")
      ("calibrate", "run also on N ledgers in which each payer's payments have changed receivers (default 20): how often "
       "does chance reach such scores? Each takes as long as a run without", text()->implicit_value("20"), "N")
      ("top", "report the first N farms, refunds and loops", text(), "N");
  options.add_options("Answer")
      ("o,output", "write to FILE, whole or not at all; - is stdout", text()->default_value("-"), "FILE")
      ("format", "text, json, csv or parquet (both a row a farm and worker); else by FILE's suffix, else text", text(), "FORMAT")
      ("review", "say why each innocent story that a report also fits fits it (the JSON always names them)")
      ("merchants-out", "write the farms' merchants, one a line, as `scan --merchants` takes them", text(), "FILE")
      ("stats", "write timings, counts and memory as JSON", text(), "FILE")
      ("fail-on-findings", "exit code 10 if there is a suspected farm or loop");
  options.add_options("Running")
      ("backend", "auto, cuda, cpu or reference: who collects payments and counts common accounts", text()->default_value("auto"), "NAME")
      ("device", "which device the cuda backend uses, counted from 0", text(), "N")
      ("threads", "threads to use (default: all)", text(), "N");
  // clang-format on
  add_run_options(options);
  add_read_options(options);
  return options;
}

DiscoverOptions discover_request(const Arguments& arguments, TimeAxis axis) {
  DiscoverOptions options = discover_options(axis);
  const std::string pattern = arguments.text("pattern");
  const std::vector<std::string> patterns = {"farms", "loops", "all"};
  const auto known = std::ranges::find(patterns, pattern);
  if (known == patterns.end())
    throw UsageError(
        fmt::format("--pattern knows no '{}'{}{}", pattern, suggestion(pattern, patterns), one_of(patterns)));
  options.pattern = Pattern(known - patterns.begin());
  if (const auto within = arguments.optional_text("within"))
    options.within = duration_argument("--within", *within, axis);
  set_decimal(arguments, "max-gain", options.max_gain);
  if (options.max_gain <= options.neutral_gain)
    throw UsageError(fmt::format("--max-gain is above {}: less is no gain", options.neutral_gain));
  set_decimal(arguments, "min-score", options.min_score);
  arguments.set_number("min-workers", 2, options.min_workers);
  arguments.set_number("hub-degree", 1, options.hub_degree);
  arguments.set_number("max-recipients", 1, options.max_recipients);
  arguments.set_number("rewards-a-purchase", 1, options.rewards_a_purchase);
  options.top = arguments.number("top", 1).value_or(0);
  if (const auto exclude = arguments.optional_text("exclude")) options.excluded = read_accounts(*exclude);
  if (const auto decisions = arguments.optional_text("decisions")) options.decisions = read_decisions(*decisions);
  return options;
}

}  // namespace ringscan
