#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/backends.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/reading.hpp"
#include "cli/scan_options.hpp"
#include "cli/signals.hpp"
#include "cli/stats.hpp"
#include "detect/verify.hpp"
#include "reference/reference.hpp"
#include "write/escape.hpp"
#include "write/scan_result.hpp"
#include "write/table.hpp"

namespace ringscan {
namespace {

void add_settings(Stats& stats, const Arguments& arguments) {
  for (const char* name :
       {"rule", "model", "within", "max-gain", "between", "min-share", "quorum", "merchants", "exclude", "schema",
        "map", "value-unit", "time-axis", "start", "end", "assets", "min-amount", "memory-limit", "spill-to"})
    if (arguments.has(name)) stats.setting(name, json_string(arguments.text(name)));
  for (const char* name : {"count", "verify", "dedupe", "keep-zero", "keep-self", "keep-failed"})
    if (arguments.has(name)) stats.setting(name, "true");
}

constexpr const char* wants_packed =
    "--memory-limit goes with one packed ledger, without filters: make it by ringscan import LEDGER... -o X.ledger";

// Everything that is decided before the ledger is read, so that a mistake costs no time.
class ScanRun {
 public:
  explicit ScanRun(const Arguments& arguments)
      : arguments_(arguments),
        reading_(read_options(arguments)),
        inputs_(ledgers(arguments)),
        request_(scan_request(arguments, reading_.time_axis)),
        quiet_(arguments.has("quiet")),
        threads_(ringscan::threads(arguments)),
        backend_options_(backend_options()),
        chosen_(choose()),
        path_(arguments.text("output")),
        format_(output_format(arguments.optional_text("format"), path_, {"text", "json", "csv", "parquet"})),
        output_(path_, arguments.has("overwrite")),
        stats_(arguments.has("stats")) {
    if (format_ == "parquet") {
      require_parquet();
      if (output_.is_terminal() && !arguments.has("dry-run"))
        throw UsageError("Parquet is nothing to look at: give -o FILE, or a pipe");
    }
    if (arguments.optional_text("stats") == path_) throw UsageError("--stats and -o name the same file");
    if (const auto path = arguments.optional_text("stats")) stats_output_.emplace(path, arguments.has("overwrite"));
    add_settings(stats_, arguments);
    if (!quiet_ && !chosen_.reason.empty()) fmt::print(stderr, "ringscan: backend {}\n", chosen_.reason);
  }

  int run() {
    Progress progress(shows_progress(arguments_));
    stats_.phase("read");
    ReadReport report;
    reading_.threads = threads_;
    std::vector<std::string> merchants;
    for (const MerchantAsked& merchant : request_.merchants) merchants.push_back(merchant.account);
    const Ledger ledger =
        read_with_progress(inputs_, reading_, report, progress, quiet_, request_.all_merchants ? nullptr : &merchants);
    stats_.count("transactions", ledger.head().transactions);
    stats_.count("accounts", ledger.head().accounts);
    stats_.count("rows_asked_for", ledger.from.size());
    if (backend_options_.memory_bytes > 0 && ledger.guard == nullptr) throw UsageError(wants_packed);
    warn_of_strangers(ledger);
    if (arguments_.has("dry-run")) return explain(ledger);
    bool found = false;
    ask_chosen(chosen_, backend_options_, quiet_, [&](Backend& backend) { found = answer(backend, ledger, progress); });
    return found && arguments_.has("fail-on-findings") ? found_something : 0;
  }

 private:
  // True if there is a suspected worker, or a hit.
  bool answer(Backend& backend, const Ledger& ledger, Progress& progress) {
    if (request_.all_merchants) {
      stats_.phase("count");
      const HitCount count = count_all(backend, ledger, request_);
      finish(ledger, count, progress);
      return count.hits > 0;
    }
    const ScanResult result = scan(backend, ledger, request_, [&](std::string_view phase) {
      throw_if_interrupted();
      stats_.phase(std::string(phase));
      progress.phase(phase);
    });
    stats_.count("workers", result.workers.size());
    ledger.prepare(evidence_rows(result));
    finish(ledger, result, progress);
    return !result.workers.empty();
  }

  BackendOptions backend_options() const {
    const std::uint64_t device = arguments_.number("device", 0).value_or(0);
    BackendOptions options{threads_, &interrupted_by_user, int(std::min<std::uint64_t>(device, 1024)), {}};
    const std::optional<std::string> spill_to = arguments_.optional_text("spill-to");
    if (const std::optional<std::uint64_t> limit = memory_limit(arguments_)) {
      check_memory_limit();
      options.memory_bytes = *limit;
      options.spill_path = (spill_to ? *spill_to + "/ringscan" : inputs_.front()) + ".spill";
    } else if (spill_to) {
      throw UsageError("--spill-to goes with --memory-limit");
    }
    return options;
  }

  void check_memory_limit() const {
    if (!request_.all_merchants)
      throw UsageError(
          "--memory-limit goes with --count: questions about given merchants keep in memory what they find");
    const bool is_missing = inputs_.size() == 1 && !std::filesystem::exists(inputs_.front());  // reading tells
    if (!is_missing && !is_asked_as_it_is(inputs_, reading_))
      throw UsageError(
          "--memory-limit goes with one packed ledger, without filters: make it by ringscan import LEDGER... -o "
          "X.ledger");
    if (arguments_.has("verify")) throw UsageError("--verify keeps the ledger in memory: it takes no --memory-limit");
    const std::string backend = arguments_.text("backend");
    if (backend != "auto" && backend != "cpu") throw UsageError("--memory-limit is kept by the cpu backend alone");
  }

  ChosenBackend choose() const {
    if (backend_options_.memory_bytes == 0) return choose_backend(arguments_.text("backend"), backend_options_);
    return choose_backend("cpu", backend_options_);
  }

  // How a count keeps to its limit, in lines of the plan.
  std::string limited_plan(const Ledger& ledger) {
    const CountPlan plan = plan_count(*chosen_.backend, ledger, request_);
    if (plan.is_in_memory) return "  memory         within the limit, nothing spills\n";
    std::string passes = fmt::format("{} over the ledger", plan.ledger_passes);
    if (plan.parts > 0) passes += fmt::format(", then {} over parts of what was spilled", plan.parts);
    return fmt::format("  memory         at most {} of {} MiB\n  passes         {}\n  on the disk    at most {} MiB\n",
                       plan.memory_bytes >> 20, backend_options_.memory_bytes >> 20, passes,
                       (plan.disk_bytes + (1 << 20) - 1) >> 20);
  }

  int explain(const Ledger& ledger) {
    const DeviceMemory memory = device_memory(*chosen_.backend, ledger, request_);
    std::string device = "none needed";
    if (memory.needed_bytes > 0)
      device = fmt::format("at most {} MiB of {} MiB free", memory.needed_bytes >> 20, memory.free_bytes >> 20);
    output_.sink().write(fmt::format(
        "plan (nothing was computed)\n  backend        {}, {} threads\n  transactions   {}\n  accounts       {}\n"
        "  looked at      {}\n  merchants      {}\n  device memory  {}\n{}",
        chosen_.backend->name(), threads_, ledger.head().transactions, ledger.head().accounts, ledger.from.size(),
        request_.all_merchants ? "every receiver" : std::to_string(request_.merchants.size()), device,
        backend_options_.memory_bytes > 0 ? limited_plan(ledger) : ""));
    output_.commit();
    return 0;
  }

  // A mistyped merchant is listed with zeros, which looks like innocence.
  void warn_of_strangers(const Ledger& ledger) const {
    if (quiet_) return;
    std::vector<std::string> names;
    for (const MerchantAsked& merchant : request_.merchants) names.push_back(merchant.account);
    std::vector<std::string> strangers;
    const std::vector<std::optional<Account>> accounts = find_accounts(ledger, names);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (!accounts[i]) strangers.push_back(names[i]);
    if (!strangers.empty())
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
      write_table(ledger, result);
    output_.commit();
    if (!stats_output_) return;
    stats_output_->sink().write(stats_.json(chosen_.backend->name(), threads_));
    stats_output_->commit();
  }

  void write_table(const Ledger& ledger, const ScanResult& result) {
    format_ == "csv" ? write_csv(output_.sink(), ledger, request_, result)
                     : write_parquet(output_.sink(), ledger, request_, result);
  }
  void write_table(const Ledger&, const HitCount& count) {
    format_ == "csv" ? write_csv(output_.sink(), count) : write_parquet(output_.sink(), count);
  }

  const Arguments& arguments_;
  ReadOptions reading_;
  std::vector<std::string> inputs_;
  ScanRequest request_;
  bool quiet_;
  unsigned threads_;
  BackendOptions backend_options_;
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
