// Progress on stderr: one line that renews itself on a terminal, else a plain line every 10 s.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "read/read_ledger.hpp"

namespace ringscan {

class Progress {
 public:
  // Silent if not `shown`.
  explicit Progress(bool shown);
  ~Progress() { finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void reading(const ReadProgress& so_far);
  void phase(std::string_view name);
  // Clears the line, so that what follows starts on a clean one.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  void show(const std::string& line);

  bool shown_, terminal_;
  Clock::time_point begin_ = Clock::now(), last_ = begin_;
  bool line_open_ = false;
};

}  // namespace ringscan
