// The stages inside a call, for backends that name them (BackendOptions::on_stage): copy, sort, join, ... in seconds.
#pragma once
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace ringscan::bench {

class StageClock {
 public:
  // Ends the stage at hand and begins another.
  void enter(std::string_view stage) {
    const auto now = Clock::now();
    if (!stage_.empty()) seconds_[stage_ + "_s"] += std::chrono::duration<double>(now - begin_).count();
    stage_ = stage;
    begin_ = now;
  }
  // By `<stage>_s`, since the last call of this.
  std::map<std::string, double> take() {
    enter("");
    return std::exchange(seconds_, {});
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::map<std::string, double> seconds_;
  std::string stage_;
  Clock::time_point begin_;
};

}  // namespace ringscan::bench
