#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/reading.hpp"
#include "cli/signals.hpp"
#include "cli/stats.hpp"
#include "io/errors.hpp"
#include "read/append.hpp"
#include "read/import_ledger.hpp"

namespace ringscan {
namespace {

cxxopts::Options import_options() {
  cxxopts::Options options("ringscan import",
                           "Examples:\n"
                           "  ringscan import transactions/*.csv.gz -o chain.ledger\n"
                           "  ringscan import - --memory-limit 8GiB -o chain.ledger < transactions.csv\n"
                           "  ringscan import --append chain.ledger today/*.csv.gz\n\n"
                           "Reads exports once and packs them into one file, which every other command reads at once. "
                           "The file's bytes depend\n"
                           "on the transactions alone, not on the order of files and rows.\n"
                           "--append replaces X.ledger by one that answers as one import of its files and the new ones "
                           "would, whole or\n"
                           "not at all. Give the options that it was imported with. Tables of which one repeats the "
                           "other's payments, such\n"
                           "as transactions and traces, are to be imported together.\n");
  options.custom_help("LEDGER... -o X.ledger [OPTION...]\n  ringscan import --append X.ledger LEDGER... [OPTION...]");
  // clang-format off
  options.add_options("Answer")
      ("o,output", "the packed ledger", cxxopts::value<std::string>(), "FILE")
      ("append", "add to this packed ledger, and replace it", cxxopts::value<std::string>(), "X.ledger")
      ("index", "for questions about few merchants: none, receiver or both (default: both; with --append as it was)", cxxopts::value<std::string>(), "KIND")
      ("stats", "timings, counts and peak memory as JSON", cxxopts::value<std::string>(), "FILE");
  options.add_options("Running")
      ("threads", "as many threads (default: one a processor)", cxxopts::value<std::string>(), "N")
      ("memory-limit", "of memory, such as 8GiB; what does not fit goes through files beside the output", cxxopts::value<std::string>(), "SIZE");
  // clang-format on
  add_run_options(options);
  add_read_options(options);
  return options;
}

PackedIndex index_argument(const std::string& name) {
  if (name == "none") return PackedIndex::none;
  if (name == "receiver") return PackedIndex::receiver;
  if (name == "both") return PackedIndex::both;
  throw UsageError("--index is none, receiver or both, not '" + name + "'");
}

}  // namespace

int import_command(int argc, const char* const* argv) {
  cxxopts::Options table = import_options();
  const std::optional<Arguments> arguments = Arguments::parse(table, argc, argv);
  if (!arguments) return 0;
  const std::optional<std::string> appended = arguments->optional_text("append");
  const std::optional<std::string> path = appended ? appended : arguments->optional_text("output");
  if (!path) throw UsageError("where to? Give -o X.ledger");
  if (appended && arguments->has("output"))
    throw UsageError("--append replaces its ledger; for another file: ringscan import X.ledger LEDGER... -o Y.ledger");
  std::vector<std::string> inputs = ledgers(*arguments);
  ImportOptions options;
  options.reading = read_options(*arguments);
  options.reading.threads = threads(*arguments);
  options.overwrite = arguments->has("overwrite");
  options.memory_bytes = memory_limit(*arguments).value_or(0);
  options.stop_if_asked = throw_if_interrupted;
  std::optional<AppendedLedger> held;
  if (appended) {
    held.emplace(*appended, options.reading);
    options.index = held->index();
    options.appends = true;
    inputs.insert(inputs.begin(), *appended);
  }
  if (const auto index = arguments->optional_text("index")) options.index = index_argument(*index);
  std::optional<Output> stats_output;
  if (const auto stats = arguments->optional_text("stats")) stats_output.emplace(stats, options.overwrite);
  options.overwrite = options.overwrite || appended;
  Output(path, options.overwrite);  // what cannot be written is told before anything is read

  const bool quiet = arguments->has("quiet");
  Progress progress(shows_progress(*arguments));
  Stats stats(arguments->has("stats"));
  stats.phase("read");
  options.on_stage = [&](std::string_view stage) {
    stats.phase(std::string(stage));
    progress.phase(stage);
  };
  ReadReport report;
  import_ledger(inputs, *path, options, report, [&](const ReadProgress& so_far) {
    throw_if_interrupted();
    progress.reading(so_far);
  });
  progress.finish();
  if (!quiet) show_findings(report);
  if (!stats_output) return 0;
  stats_output->sink().write(stats.json("none", options.reading.threads));
  stats_output->commit();
  return 0;
}

}  // namespace ringscan
