#include "cli/reading.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <thread>

#include "cli/signals.hpp"
#include "io/errors.hpp"
#include "read/packed_source.hpp"
#include "write/escape.hpp"

namespace ringscan {

bool is_asked_as_it_is(const std::vector<std::string>& inputs, const ReadOptions& options) {
  const bool is_filtered = options.start || options.end || options.min_amount || !options.assets.empty();
  return inputs.size() == 1 && !is_filtered && !options.dedupe && is_packed_ledger(inputs.front());
}

namespace {

Ledger open_packed(const std::string& path, const ReadOptions& options) {
  const PackedLedger file(path, options.threads);
  Ledger ledger = file.ledger();
  check_packed(path, file, ledger, options);
  return ledger;
}

}  // namespace

Ledger read_with_progress(const std::vector<std::string>& inputs, const ReadOptions& options, ReadReport& report,
                          Progress& progress, bool quiet, const std::vector<std::string>* merchants) {
  const auto tell = [&](const ReadProgress& so_far) {
    throw_if_interrupted();
    progress.reading(so_far);
  };
  Ledger ledger = is_asked_as_it_is(inputs, options) ? open_packed(inputs.front(), options)
                                                     : read_ledger(inputs, options, report, tell, merchants);
  progress.finish();
  if (!quiet) show_findings(report);
  return ledger;
}

void show_findings(const ReadReport& report) {
  for (const std::string& warning : report.warnings)
    fmt::print(stderr, "ringscan: warning: {}\n", terminal_text(warning));
  for (const RejectedRow& row : report.rejected)
    fmt::print(stderr, "ringscan: rejected {}:{}: {}: {}\n", terminal_text(row.file), row.line,
               terminal_text(row.column), terminal_text(row.reason));
}

unsigned threads(const Arguments& arguments) {
  const std::uint64_t asked =
      arguments.number("threads", 1).value_or(std::max(1u, std::thread::hardware_concurrency()));
  return unsigned(std::min<std::uint64_t>(asked, 1024));
}

std::optional<std::uint64_t> memory_limit(const Arguments& arguments) {
  const std::optional<std::string> given = arguments.optional_text("memory-limit");
  if (!given) return std::nullopt;
  constexpr std::array<std::pair<std::string_view, unsigned>, 4> units = {
      {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}}};
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), number);
  const std::string_view unit(end, std::size_t(given->data() + given->size() - end));
  for (const auto& [name, shift] : units)
    if (error == std::errc() && unit == name && number > 0 && number < std::uint64_t{1} << (63 - shift))
      return number << shift;
  throw UsageError("--memory-limit is a size such as 8GiB or 500MiB, not '" + *given + "'");
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
