#include "cli/progress.hpp"

#include <fmt/core.h>
#include <unistd.h>

namespace ringscan {

Progress::Progress(bool shown) : shown_(shown), terminal_(isatty(STDERR_FILENO) == 1) {}

void Progress::show(const std::string& line) {
  using namespace std::chrono_literals;
  const Clock::time_point now = Clock::now();
  if (!shown_ || now - last_ < (terminal_ ? Clock::duration(200ms) : Clock::duration(10s))) return;
  last_ = now;
  if (terminal_)
    fmt::print(stderr, "\r\x1b[K{}", line);
  else
    fmt::print(stderr, "{}\n", line);
  std::fflush(stderr);
  line_open_ = terminal_;
}

void Progress::reading(const ReadProgress& so_far) {
  if (!shown_) return;
  const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
  const double bytes = double(so_far.bytes_read);
  std::string line = fmt::format("reading: {:.1f} MB, {} rows, {:.2f} M rows/s", bytes / 1e6, so_far.rows,
                                 double(so_far.rows) / 1e6 / std::max(seconds, 1e-9));
  if (so_far.bytes_total > 0 && bytes > 0)
    line += fmt::format(", {:.0f} %, {:.0f} s left", 100 * bytes / double(so_far.bytes_total),
                        seconds * (double(so_far.bytes_total) - bytes) / bytes);
  show(line);
}

void Progress::phase(std::string_view name) {
  show(fmt::format("{} ({:.1f} s so far)", name, std::chrono::duration<double>(Clock::now() - begin_).count()));
}

void Progress::finish() {
  if (line_open_) fmt::print(stderr, "\r\x1b[K");
  line_open_ = false;
}

}  // namespace ringscan
