#include "cli/scan_options.hpp"

#include <fmt/format.h>

#include <array>

#include "cli/account_files.hpp"
#include "cli/reading.hpp"
#include "io/errors.hpp"
#include "write/scan_result.hpp"

namespace ringscan {
namespace {

template <class Value, std::size_t count>
Value named(std::string_view option, const std::string& name, const std::array<Value, count>& values,
            std::string_view (*name_of)(Value)) {
  std::vector<std::string> names;
  for (const Value value : values) {
    names.emplace_back(name_of(value));
    if (names.back() == name) return value;
  }
  throw UsageError(fmt::format("{} knows no '{}'{}{}", option, name, suggestion(name, names), one_of(names)));
}

}  // namespace

cxxopts::Options scan_options() {
  cxxopts::Options options(
      "ringscan scan",
      "Examples:\n"
      "  ringscan scan transactions.csv --merchants merchants.txt\n"
      "  ringscan scan transactions.csv.gz --merchants merchants.txt --model advanced --within 7d --max-gain 0.2\n"
      "  ringscan scan export-*.csv --dedupe --merchants merchants.txt --rule share --min-share 0.3 -o result.json\n"
      "  ringscan scan sales.csv --map from=buyer,to=seller,value=price,time=when --value-unit decimals:2 --merchants "
      "m.txt\n"
      "  ringscan scan transactions.csv --merchants merchants.txt -o result.parquet\n"
      "  ringscan scan transactions.csv --merchants all --count\n\n"
      "Finds the suspected workers of given merchants: accounts whose purchase is followed by a larger payment to "
      "them\n"
      "(rule ring), falls into an interval (rule time), or whose merchant has a large share of them (rule share).\n");
  options.custom_help("LEDGER... --merchants FILE [OPTION...]");
  const auto text = [] { return cxxopts::value<std::string>(); };
  // clang-format off
  options.add_options("Question")
      ("merchants", "accounts to look at, one a line, each with its own ,T1,T2 if wanted; or all, with --count", text(), "FILE")
      ("rule", "ring, time or share (Algorithms 1, 2, 3)", text()->default_value("ring"), "RULE")
      ("model", "who pays the reward: any, enhanced (the merchant), advanced (a delegation that the merchant paid); basic: the merchant funded the purchase", text(), "MODEL")
      ("within", "reward at most D after the purchase: 90s, 15m, 12h, 7d; a plain number on a block or step axis", text(), "D")
      ("max-gain", "reward at most 1 + G times the purchase", text(), "G")
      ("between", "only purchases with T1 < time < T2 (Unix seconds or ISO 8601); auto: for each merchant the hours or days in which its purchases rise fastest (not with --count, nor on a block or step axis)", text(), "T1,T2")
      ("min-share", "only merchants whose share of workers among their customers is above P", text(), "P")
      ("quorum", "suspect at this many merchants or more; all: at every merchant that has a suspect", text()->default_value("all"), "Q")
      ("exclude", "accounts that are never merchant, worker, delegation or payer of a reward", text(), "FILE")
      ("count", "with --merchants all: only the numbers of hits and of (merchant, suspect) pairs");
  options.add_options("Answer")
      ("o,output", "write to FILE, whole or not at all; - is stdout", text()->default_value("-"), "FILE")
      ("format", "text, json, csv or parquet; else by FILE's suffix, else text", text(), "FORMAT")
      ("verify", "check the answer before it is written; stderr says what was checked")
      ("stats", "write timings, counts and memory as JSON", text(), "FILE")
      ("fail-on-findings", "exit code 10 if there is a suspected worker");
  options.add_options("Running")
      ("backend", "auto, cuda, cuda-pairs, cpu or reference", text()->default_value("auto"), "NAME")
      ("threads", "threads of the cpu backend (default: all)", text(), "N")
      ("device", "which device the cuda backends use, counted from 0", text(), "N")
      ("n,dry-run", "read the ledger, say what the question would take, and stop");
  // clang-format on
  add_run_options(options);
  add_read_options(options);
  return options;
}

ScanRequest scan_request(const Arguments& arguments, TimeAxis axis) {
  static constexpr std::array rules = {RuleName::ring, RuleName::time, RuleName::share};
  static constexpr std::array models = {Model::any, Model::basic, Model::enhanced, Model::advanced};
  ScanRequest request;
  request.rule = named("--rule", arguments.text("rule"), rules, rule_name);
  if (const auto model = arguments.optional_text("model")) request.model = named("--model", *model, models, model_name);
  if (const auto within = arguments.optional_text("within"))
    request.within = duration_argument("--within", *within, axis);
  request.max_gain = decimal_option(arguments, "max-gain");
  request.min_share = decimal_option(arguments, "min-share");
  if (const auto between = arguments.optional_text("between")) {
    request.is_between_auto = *between == "auto";
    if (!request.is_between_auto) request.between = parse_interval(*between, axis);
    if (!request.is_between_auto && !request.between)
      throw UsageError("--between takes auto, or T1,T2 with T1 < T2, not '" + *between + "'");
  }
  if (arguments.text("quorum") != "all") request.quorum = arguments.number("quorum", 1);
  const bool count = arguments.has("count");
  if (!arguments.has("merchants")) throw UsageError("which merchants? Give --merchants FILE, one account a line");
  request.all_merchants = arguments.text("merchants") == "all";
  if (request.all_merchants && !count)
    throw UsageError(
        "--merchants all goes with --count: who works for whom without a list of merchants is another question");
  if (count && !request.all_merchants) throw UsageError("--count goes with --merchants all");
  if (count && (request.rule == RuleName::share || request.min_share || arguments.has("quorum")))
    throw UsageError("--count counts purchases and pairs: it takes no --rule share, --min-share or --quorum");
  if (!request.all_merchants) request.merchants = read_merchants(arguments.text("merchants"), axis);
  if (const auto exclude = arguments.optional_text("exclude")) request.excluded = read_accounts(*exclude);
  check_request(request, axis);
  return request;
}

}  // namespace ringscan
