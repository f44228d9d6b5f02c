#include "cli/stats.hpp"

#include <fmt/format.h>

#include <fstream>

#include "cli/version.hpp"
#include "write/escape.hpp"

namespace ringscan {
namespace {

// A line "Name:  123 kB" of /proc/self/status, in bytes; 0 if there is none.
std::uint64_t status_bytes(std::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name)) return std::stoull(line.substr(name.size() + 1)) * 1024;
  return 0;
}

}  // namespace

Stats::Stats(bool measured) {
  if (!measured) return;
  sampler_ = std::jthread([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      peak_anonymous_bytes_ = std::max(peak_anonymous_bytes_.load(), status_bytes("RssAnon"));
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
}

void Stats::end_phase() {
  const Clock::time_point now = Clock::now();
  if (!phase_name_.empty())
    phases_.emplace_back(phase_name_, std::chrono::duration<double>(now - phase_begin_).count());
  phase_begin_ = now;
}

void Stats::phase(std::string name) {
  end_phase();
  phase_name_ = std::move(name);
}

std::string Stats::json(std::string_view backend, unsigned threads) {
  phase("");
  const auto object = [](const auto& entries, auto value_text) {
    std::string text;
    for (const auto& [name, value] : entries)
      text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", json_string(name), value_text(value));
    return "{" + text + "}";
  };
  const double seconds = std::chrono::duration<double>(phase_begin_ - begin_).count();
  return fmt::format(
      "{{\"schema\": \"ringscan.stats/1\",\n \"version\": {}, \"backend\": {}, \"threads\": {},\n \"seconds\": "
      "{:.6f},\n"
      " \"phases\": {},\n \"counts\": {},\n \"peak_anonymous_bytes\": {}, \"peak_resident_bytes\": {},\n \"settings\": "
      "{}}}\n",
      json_string(version), json_string(backend), threads, seconds,
      object(phases_, [](double value) { return fmt::format("{:.6f}", value); }),
      object(counts_, [](std::uint64_t value) { return fmt::format("{}", value); }),
      std::max(peak_anonymous_bytes_.load(), status_bytes("RssAnon")), status_bytes("VmHWM"),
      object(settings_, [](const std::string& value) { return value; }));
}

}  // namespace ringscan
