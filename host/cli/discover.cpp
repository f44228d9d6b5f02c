#include <fmt/format.h>

#include <algorithm>

#include "cli/backends.hpp"
#include "cli/commands.hpp"
#include "cli/discover_options.hpp"
#include "cli/output.hpp"
#include "cli/reading.hpp"
#include "cli/signals.hpp"
#include "cli/stats.hpp"
#include "write/discover_result.hpp"
#include "write/escape.hpp"
#include "write/table.hpp"

namespace ringscan {
namespace {

// The loops over every pair of transactions have no part in discover.
ChosenBackend choose_for_discover(const std::string& name, const BackendOptions& options) {
  ChosenBackend chosen = choose_backend(name, options);
  if (chosen.backend->name() == "cuda-pairs")
    throw Unavailable("discover runs on the backends cuda, cpu and reference, not on " + name);
  return chosen;
}

// An answer beside the result, if it is asked for. What cannot be written is told before anything is read.
std::optional<Output> second_output(const Arguments& arguments, const std::string& name) {
  const std::optional<std::string> path = arguments.optional_text(name);
  if (!path) return std::nullopt;
  if (path == arguments.text("output")) throw UsageError("--" + name + " and -o name the same file");
  return std::optional<Output>(std::in_place, path, arguments.has("overwrite"));
}

void add_counts(Stats& stats, const Ledger& ledger, const discover::Result& result) {
  stats.count("transactions", ledger.head().transactions);
  stats.count("accounts", ledger.head().accounts);
  stats.count("farms", result.farms.size());
  stats.count("cleared", result.cleared.size());
  stats.count("refunds", result.sweeps.size());
  stats.count("loops", result.loops.size());
  stats.count("candidates", result.work.evaluations);
  stats.count("windows", result.work.windows);
  stats.count("paths", result.work.paths);
  stats.count("lookups", result.work.lookups);
  stats.count("sampled", result.work.sampled);
}

int run_discover(const Arguments& arguments) {
  ReadOptions reading = read_options(arguments);
  reading.threads = threads(arguments);
  const std::vector<std::string> inputs = ledgers(arguments);
  const DiscoverOptions options = discover_request(arguments, reading.time_axis);
  const bool quiet = arguments.has("quiet");
  const std::uint64_t device = arguments.number("device", 0).value_or(0);
  BackendOptions run{reading.threads, &interrupted_by_user, int(std::min<std::uint64_t>(device, 1024))};
  const BackendOptions backend_options = run;
  ChosenBackend chosen = choose_for_discover(arguments.text("backend"), backend_options);
  const std::optional<std::string> path = arguments.text("output");
  const std::string format = output_format(arguments.optional_text("format"), path, {"text", "json", "csv", "parquet"});
  if (format == "parquet") require_parquet();
  const std::uint32_t replicates = std::uint32_t(arguments.number("calibrate", 1).value_or(0));
  Output output(path, arguments.has("overwrite"));
  std::optional<Output> merchants = second_output(arguments, "merchants-out");
  std::optional<Output> stats_output = second_output(arguments, "stats");

  if (!quiet && !chosen.reason.empty()) fmt::print(stderr, "ringscan: backend {}\n", chosen.reason);

  Stats stats(arguments.has("stats"));
  for (const char* name : {"pattern", "within", "max-gain", "min-workers", "min-score", "hub-degree", "max-recipients",
                           "rewards-a-purchase", "exclude", "decisions", "calibrate", "top"})
    if (arguments.has(name)) stats.setting(name, json_string(arguments.text(name)));
  Progress progress(shows_progress(arguments));
  stats.phase("read");
  ReadReport report;
  const Ledger ledger = read_with_progress(inputs, reading, report, progress, quiet);
  run.on_stage = [&](std::string_view stage) {
    throw_if_interrupted();
    stats.phase(std::string(stage));
    progress.phase(stage);
  };
  discover::Result result;
  ask_chosen(chosen, backend_options, quiet, [&](Backend& backend) {
    result = find_farms(backend, ledger, options, run);
    if (replicates > 0) result.calibration = calibrate(backend, ledger, options, replicates, run);
  });
  add_counts(stats, ledger, result);
  ledger.prepare(evidence_rows(result));
  progress.finish();
  stats.phase("write");
  throw_if_interrupted();
  if (merchants) {  // before the report, whose reader may have gone
    write_merchants(merchants->sink(), ledger, result);
    merchants->commit();
  }
  if (format == "json")
    write_json(output.sink(), ledger, options, result);
  else if (format == "csv")
    write_csv(output.sink(), ledger, result);
  else if (format == "parquet")
    write_parquet(output.sink(), ledger, result);
  else
    write_text(output.sink(), ledger, options, result, arguments.has("review"));
  output.commit();
  if (stats_output) {
    stats_output->sink().write(stats.json(chosen.backend->name(), reading.threads));
    stats_output->commit();
  }
  const bool found = !result.farms.empty() || !result.loops.empty();
  return found && arguments.has("fail-on-findings") ? found_something : 0;
}

}  // namespace

int discover_command(int argc, const char* const* argv) {
  cxxopts::Options options = discover_option_table();
  const std::optional<Arguments> arguments = Arguments::parse(options, argc, argv);
  return arguments ? run_discover(*arguments) : 0;
}

}  // namespace ringscan
