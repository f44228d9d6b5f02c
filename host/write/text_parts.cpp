#include "write/text_parts.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace ringscan {

std::string time_text(TimeAxis axis, std::int64_t time) {
  if (axis == TimeAxis::block) return fmt::format("block {}", time);
  if (axis == TimeAxis::step) return fmt::format("step {}", time);
  constexpr std::int64_t year_9999 = 253402300799;
  if (time < 0 || time > year_9999) return fmt::format("{} s", time);
  return fmt::format("{:%Y-%m-%d %H:%M:%S}Z", fmt::gmtime(std::time_t(time)));
}

std::string duration_text(TimeAxis axis, std::uint64_t ticks) {
  if (axis == TimeAxis::block) return fmt::format("{} blocks", ticks);
  if (axis == TimeAxis::step) return fmt::format("{} steps", ticks);
  if (ticks < 120) return fmt::format("{} s", ticks);
  if (ticks < 120 * 60) return fmt::format("{} min", ticks / 60);
  if (ticks < 72 * 3600) return fmt::format("{} h {:02} min", ticks / 3600, ticks / 60 % 60);
  return fmt::format("{} d {} h", ticks / 86400, ticks / 3600 % 24);
}

std::string ledger_text(const Ledger& ledger) {
  const LedgerHead head = ledger.head();
  std::string text = fmt::format("ledger: {} transactions, {} accounts, {} asset{}", head.transactions, head.accounts,
                                 head.assets, head.assets == 1 ? "" : "s");
  if (head.first_time)
    text += fmt::format(", {} to {}", time_text(ledger.time_axis, *head.first_time),
                        time_text(ledger.time_axis, *head.last_time));
  std::string dropped;
  for (std::size_t i = 0; i < drop_names.size(); ++i)
    if (ledger.dropped[i] > 0)
      dropped += fmt::format("{} {} {}", dropped.empty() ? "" : ",", ledger.dropped[i], drop_names[i]);
  if (!dropped.empty()) text += "\ndropped:" + dropped;
  return text;
}

}  // namespace ringscan
