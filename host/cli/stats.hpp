// --stats: what a run took, as JSON (schema ringscan.stats/1).
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace ringscan {

class Stats {
 public:
  // Samples the process's anonymous memory from now on if `measured`.
  explicit Stats(bool measured);

  // Ends the phase at hand and begins another.
  void phase(std::string name);
  void setting(std::string name, std::string json) { settings_.emplace_back(std::move(name), std::move(json)); }
  void count(std::string name, std::uint64_t value) { counts_.emplace_back(std::move(name), value); }
  std::string json(std::string_view backend, unsigned threads);

 private:
  using Clock = std::chrono::steady_clock;
  void end_phase();

  Clock::time_point begin_ = Clock::now(), phase_begin_ = begin_;
  std::string phase_name_;
  std::vector<std::pair<std::string, double>> phases_;
  std::vector<std::pair<std::string, std::string>> settings_;
  std::vector<std::pair<std::string, std::uint64_t>> counts_;
  std::atomic<std::uint64_t> peak_anonymous_bytes_ = 0;
  std::jthread sampler_;  // last: it ends before what it writes to
};

}  // namespace ringscan
