#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <thread>

#include "cli/account_files.hpp"
#include "cli/backends.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/reading.hpp"
#include "cli/signals.hpp"
#include "cli/stats.hpp"
#include "detect/verify.hpp"
#include "reference/reference.hpp"
#include "write/escape.hpp"
#include "write/scan_result.hpp"

namespace ringscan {
namespace {

cxxopts::Options scan_options() {
  cxxopts::Options options(
      "ringscan scan",
      "Examples:\n"
      "  ringscan scan transactions.csv --merchants merchants.txt\n"
      "  ringscan scan transactions.csv.gz --merchants merchants.txt --model advanced --within 7d --max-gain 0.2\n"
      "  ringscan scan export-*.csv --dedupe --merchants merchants.txt --rule share --min-share 0.3 -o result.json\n"
      "  ringscan scan sales.csv --map from=buyer,to=seller,value=price,time=when --value-unit decimals:2 --merchants "
      "m.txt\n"
      "  ringscan scan transactions.csv --merchants all --count\n\n"
      "Finds the suspected workers of given merchants: accounts whose purchase is followed by a larger payment to "
      "them\n"
      "(rule ring), falls into an interval (rule time), or whose merchant has a large share of them (rule share).\n");
  options.custom_help("LEDGER... --merchants FILE [OPTION...]");
  const auto text = [] { return cxxopts::value<std::string>(); };
  options.add_options("Question")(
      "merchants", "accounts to look at, one a line, each with its own ,T1,T2 if wanted; or all, with --count", text(),
      "FILE")("rule", "ring, time or share (Algorithms 1, 2, 3)", text()->default_value("ring"), "RULE")(
      "model",
      "who pays the reward: any, enhanced (the merchant), advanced (a delegation that the merchant paid); basic: the "
      "merchant funded the purchase",
      text(), "MODEL")("within",
                       "reward at most D after the purchase: 90s, 15m, 12h, 7d; a plain number on a block or step axis",
                       text(), "D")("max-gain", "reward at most 1 + G times the purchase", text(), "G")(
      "between", "only purchases with T1 < time < T2 (Unix seconds or ISO 8601)", text(), "T1,T2")(
      "min-share", "only merchants whose share of workers among their customers is above P", text(), "P")(
      "quorum", "suspect at this many merchants or more; all: at every merchant that has a suspect",
      text()->default_value("all"),
      "Q")("exclude", "accounts that are never merchant, worker, delegation or payer of a reward", text(), "FILE")(
      "count", "with --merchants all: only the numbers of hits and of (merchant, suspect) pairs");
  options.add_options("Answer")("o,output", "write to FILE, whole or not at all; - is stdout",
                                text()->default_value("-"), "FILE")(
      "format", "text, json or csv; else by FILE's suffix, else text", text(), "FORMAT")(
      "verify", "check the answer before it is written; stderr says what was checked")(
      "stats", "write timings, counts and memory as JSON", text(), "FILE")(
      "fail-on-findings", "exit code 10 if there is a suspected worker");
  options.add_options("Running")("backend", "auto, cuda, cuda-pairs, cpu or reference", text()->default_value("auto"),
                                 "NAME")("threads", "threads of the cpu backend (default: all)", text(), "N");
  add_run_options(options);
  add_read_options(options);
  return options;
}

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

// 90s, 15m, 12h, 7d; on a block or step axis a plain number.
std::uint64_t parse_within(const std::string& text, TimeAxis axis) {
  static constexpr std::array<std::pair<char, std::uint64_t>, 4> units = {
      {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}}};
  std::string_view digits = text;
  std::uint64_t unit = axis == TimeAxis::seconds ? 0 : 1;
  if (axis == TimeAxis::seconds && !digits.empty())
    for (const auto& [name, seconds] : units)
      if (digits.back() == name) unit = seconds;
  if (axis == TimeAxis::seconds && unit > 0) digits.remove_suffix(1);
  const std::optional<Amount> number = parse_digits(digits);
  if (unit == 0 || !number || *number > Amount{std::uint64_t{1} << 40})
    throw UsageError("--within takes " +
                     std::string(axis == TimeAxis::seconds ? "a duration such as 90s, 15m, 12h or 7d"
                                                           : "a plain number of blocks or steps") +
                     ", not '" + text + "'");
  return number->limbs[0] * unit;
}

std::optional<Decimal> decimal_option(const Arguments& arguments, const std::string& name) {
  const std::optional<std::string> text = arguments.optional_text(name);
  if (!text) return std::nullopt;
  const std::optional<Decimal> value = parse_decimal(*text);
  if (!value) throw UsageError("--" + name + " is a decimal such as 0.25, not '" + *text + "'");
  return value;
}

ScanRequest scan_request(const Arguments& arguments, TimeAxis axis) {
  static constexpr std::array rules = {RuleName::ring, RuleName::time, RuleName::share};
  static constexpr std::array models = {Model::any, Model::basic, Model::enhanced, Model::advanced};
  ScanRequest request;
  request.rule = named("--rule", arguments.text("rule"), rules, rule_name);
  if (const auto model = arguments.optional_text("model")) request.model = named("--model", *model, models, model_name);
  if (const auto within = arguments.optional_text("within")) request.within = parse_within(*within, axis);
  request.max_gain = decimal_option(arguments, "max-gain");
  request.min_share = decimal_option(arguments, "min-share");
  if (const auto between = arguments.optional_text("between")) {
    if (*between == "auto") throw UsageError("--between auto is not built yet; give T1,T2");
    request.between = parse_interval(*between, axis);
    if (!request.between) throw UsageError("--between takes T1,T2 with T1 < T2, not '" + *between + "'");
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
  check_request(request);
  return request;
}

void add_settings(Stats& stats, const Arguments& arguments) {
  for (const char* name :
       {"rule", "model", "within", "max-gain", "between", "min-share", "quorum", "merchants", "exclude", "schema",
        "map", "value-unit", "time-axis", "start", "end", "assets", "min-amount"})
    if (arguments.has(name)) stats.setting(name, json_string(arguments.text(name)));
  for (const char* name : {"count", "verify", "dedupe", "keep-zero", "keep-self", "keep-failed"})
    if (arguments.has(name)) stats.setting(name, "true");
}

// Everything that is decided before the ledger is read, so that a mistake costs no time.
class ScanRun {
 public:
  explicit ScanRun(const Arguments& arguments)
      : arguments_(arguments),
        reading_(read_options(arguments)),
        inputs_(ledgers(arguments)),
        request_(scan_request(arguments, reading_.time_axis)),
        quiet_(arguments.has("quiet")),
        threads_(threads(arguments)),
        chosen_(choose_backend(arguments.text("backend"), {threads_, &interrupted_by_user})),
        path_(arguments.text("output")),
        format_(output_format(arguments.optional_text("format"), path_, {"text", "json", "csv"})),
        output_(path_, arguments.has("overwrite")),
        stats_(arguments.has("stats")) {
    if (arguments.optional_text("stats") == path_) throw UsageError("--stats and -o name the same file");
    if (const auto path = arguments.optional_text("stats")) stats_output_.emplace(path, arguments.has("overwrite"));
    add_settings(stats_, arguments);
    if (!quiet_ && !chosen_.reason.empty()) fmt::print(stderr, "ringscan: backend {}\n", chosen_.reason);
  }

  int run() {
    Progress progress(shows_progress(arguments_));
    stats_.phase("read");
    ReadReport report;
    const Ledger ledger = read_with_progress(inputs_, reading_, report, progress, quiet_);
    stats_.count("transactions", ledger.from.size());
    stats_.count("accounts", ledger.accounts.size());
    stats_.count("wallets", ledger.wallet_account.size());
    warn_of_strangers(ledger);
    bool found = false;
    if (request_.all_merchants) {
      stats_.phase("count");
      const HitCount count = count_all(*chosen_.backend, ledger, request_);
      found = count.hits > 0;
      finish(ledger, count, progress);
    } else {
      const ScanResult result = scan(*chosen_.backend, ledger, request_, [&](std::string_view phase) {
        throw_if_interrupted();
        stats_.phase(std::string(phase));
        progress.phase(phase);
      });
      found = !result.workers.empty();
      stats_.count("workers", result.workers.size());
      finish(ledger, result, progress);
    }
    return found && arguments_.has("fail-on-findings") ? found_something : 0;
  }

 private:
  static unsigned threads(const Arguments& arguments) {
    const std::uint64_t asked =
        arguments.number("threads", 1).value_or(std::max(1u, std::thread::hardware_concurrency()));
    return unsigned(std::min<std::uint64_t>(asked, 1024));
  }

  // A mistyped merchant is listed with zeros, which looks like innocence.
  void warn_of_strangers(const Ledger& ledger) const {
    std::vector<std::string> names;
    for (const MerchantAsked& merchant : request_.merchants) names.push_back(merchant.account);
    std::vector<std::string> strangers;
    const std::vector<std::optional<Account>> accounts = find_accounts(ledger, names);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (!accounts[i]) strangers.push_back(names[i]);
    if (!quiet_ && !strangers.empty())
      fmt::print(stderr, "ringscan: warning: {} of {} merchants are not in the ledger, such as {}\n", strangers.size(),
                 names.size(), terminal_text(strangers.front()));
  }

  template <class Result>
  void finish(const Ledger& ledger, const Result& result, Progress& progress) {
    if (arguments_.has("verify")) {
      stats_.phase("verify");
      const std::unique_ptr<Backend> reference = make_reference({1, &interrupted_by_user});
      for (const std::string& checked : verify(ledger, request_, result, *reference))
        if (!quiet_) fmt::print(stderr, "ringscan: verified: {}\n", checked);
    }
    progress.finish();
    stats_.phase("write");
    throw_if_interrupted();
    if (format_ == "json")
      write_json(output_.sink(), ledger, request_, result);
    else if (format_ == "text")
      write_text(output_.sink(), ledger, request_, result);
    else
      write_csv(ledger, result);
    output_.commit();
    if (!stats_output_) return;
    stats_output_->sink().write(stats_.json(chosen_.backend->name(), threads_));
    stats_output_->commit();
  }

  void write_csv(const Ledger& ledger, const ScanResult& result) {
    ringscan::write_csv(output_.sink(), ledger, result);
  }
  void write_csv(const Ledger&, const HitCount& count) { ringscan::write_csv(output_.sink(), count); }

  const Arguments& arguments_;
  ReadOptions reading_;
  std::vector<std::string> inputs_;
  ScanRequest request_;
  bool quiet_;
  unsigned threads_;
  ChosenBackend chosen_;
  std::optional<std::string> path_;
  std::string format_;
  Output output_;
  std::optional<Output> stats_output_;
  Stats stats_;
};

}  // namespace

int scan_command(int argc, const char* const* argv) {
  cxxopts::Options options = scan_options();
  const std::optional<Arguments> arguments = Arguments::parse(options, argc, argv);
  return arguments ? ScanRun(*arguments).run() : 0;
}

}  // namespace ringscan
