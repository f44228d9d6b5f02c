#include "read/read_ledger.hpp"

#include <tbb/task_arena.h>

#include <limits>

#include "io/input.hpp"
#include "read/ledger_builder.hpp"
#include "read/reading.hpp"

namespace ringscan {

Ledger read_ledger(const std::vector<std::string>& inputs, const ReadOptions& options, ReadReport& report,
                   const std::function<void(const ReadProgress&)>& progress,
                   const std::vector<std::string>* merchants) {
  const RowRules rules(options);  // before the files: a mistake on the command line is told first
  Reading reading(rules, expand_inputs(inputs), report, progress);
  LedgerBuilder builder(options.time_axis, options.keep_self);
  tbb::task_arena arena(options.threads == 0 ? tbb::task_arena::automatic : int(options.threads));
  return arena.execute([&] {
    reading.read(builder.rows());
    builder.dropped = reading.dropped();
    for (std::shared_ptr<const void>& source : std::move(reading).sources()) builder.keep(std::move(source));
    if (options.dedupe) builder.dedupe();
    return merchants ? builder.finish_for(*merchants) : builder.finish();
  });
}

std::string canonical_account(std::string_view text) {
  HexBuffer buffer;
  return std::string(fold_hex(text, address_digits, buffer).value_or(text));
}

std::optional<std::int64_t> parse_time(std::string_view text, TimeAxis axis) {
  if (axis == TimeAxis::seconds) return TimeFormat("auto").parse(text);
  const std::optional<std::uint64_t> number = parse_count(text);
  if (!number || *number > std::uint64_t(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  return std::int64_t(*number);
}

}  // namespace ringscan
