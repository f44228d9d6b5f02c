#include "cli/reading.hpp"

#include <fmt/core.h>

#include "cli/signals.hpp"
#include "write/escape.hpp"

namespace ringscan {

Ledger read_with_progress(const std::vector<std::string>& inputs, const ReadOptions& options, ReadReport& report,
                          Progress& progress, bool quiet, const std::vector<std::string>* merchants) {
  const auto tell = [&](const ReadProgress& so_far) {
    throw_if_interrupted();
    progress.reading(so_far);
  };
  Ledger ledger = read_ledger(inputs, options, report, tell, merchants);
  progress.finish();
  if (quiet) return ledger;
  for (const std::string& warning : report.warnings)
    fmt::print(stderr, "ringscan: warning: {}\n", terminal_text(warning));
  for (const RejectedRow& row : report.rejected)
    fmt::print(stderr, "ringscan: rejected {}:{}: {}: {}\n", terminal_text(row.file), row.line,
               terminal_text(row.column), terminal_text(row.reason));
  return ledger;
}

void add_run_options(cxxopts::Options& options) {
  // clang-format off
  options.add_options("Running")
      ("q,quiet", "say nothing on stderr but errors")
      ("no-progress", "no progress on stderr")
      ("overwrite", "replace output files that exist");
  // clang-format on
}

bool shows_progress(const Arguments& arguments) { return !arguments.has("quiet") && !arguments.has("no-progress"); }

}  // namespace ringscan
