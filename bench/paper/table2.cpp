// Operations and time of Algorithm 1 in its minimal, average and maximal case, for the literal loops and every backend
// of this machine, over n and over m, with the exponents fitted. README.md says what of the paper stands beside them.
//
// usage: paper_table2 [--quick]     (a minute on two cores; --quick: seconds, to see that it works)
//
// Time is find_suspects + find_workers with quorum `all`, median of 5. The count of operations is checked against a
// closed form where there is one, and every backend's suspects against the counting loops' (above 10^4 rows: against
// the largest later receipt); a difference ends the program with 1 and no figure of that case.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cli/backends.hpp"
#include "loop_cases.hpp"

namespace ringscan {
namespace {

constexpr int repetitions = 5;
constexpr std::uint64_t loops_up_to = 10'000;  // rows: above, neither the count nor backends that loop
constexpr std::uint32_t fixed_m = 10;

using Points = std::map<std::uint64_t, double>;  // by n, or by m

// The least-squares slope in log-log over the three largest.
std::string exponent(const Points& points) {
  if (points.size() < 3) return "–";
  const std::vector<std::pair<double, double>> last(std::prev(points.end(), 3), points.end());
  double x = 0, y = 0, xx = 0, xy = 0;
  for (const auto& [at, value] : last) {
    x += std::log(at) / 3;
    y += std::log(value) / 3;
  }
  for (const auto& [at, value] : last) {
    xx += (std::log(at) - x) * (std::log(at) - x);
    xy += (std::log(at) - x) * (std::log(value) - y);
  }
  return fmt::format("{:.2f}", xy / xx);
}

std::string time_text(double seconds) {
  if (seconds >= 1) return fmt::format("{:.3g} s", seconds);
  return seconds >= 1e-3 ? fmt::format("{:.3g} ms", seconds * 1e3) : fmt::format("{:.3g} µs", seconds * 1e6);
}

std::uint64_t merchants_with_suspects(const std::vector<Suspicion>& suspects) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < suspects.size(); ++i) count += i == 0 || suspects[i].merchant != suspects[i - 1].merchant;
  return std::max<std::uint64_t>(count, 1);
}

double median_seconds(Backend& backend, const LoopLedger& loop, const std::vector<Suspicion>& expected,
                      std::string_view what) {
  std::vector<double> seconds;
  for (int i = 0; i <= repetitions; ++i) {
    const LedgerView view = loop.ledger.view();
    const auto start = std::chrono::steady_clock::now();
    const std::vector<Suspicion> suspects = backend.find_suspects(view, Rule{}, loop.merchants);
    const auto workers = backend.find_workers(view, suspects, merchants_with_suspects(suspects));
    const auto end = std::chrono::steady_clock::now();
    if (suspects != expected)
      throw std::runtime_error(fmt::format("{} gives a wrong answer for {}", backend.name(), what));
    if (i > 0) seconds.push_back(std::chrono::duration<double>(end - start).count());  // the first warms up
  }
  std::ranges::nth_element(seconds, seconds.begin() + repetitions / 2);
  return seconds[repetitions / 2];
}

struct Measured {
  Points operations;                   // of the loops
  std::map<std::string, Points> time;  // by backend
};

void measure(Measured& measured, LoopCase which, std::uint64_t n, std::uint32_t m, std::uint64_t at) {
  const std::string what = fmt::format("{}, n = {}, m = {}", loop_case_names[std::size_t(which)], n, m);
  const LoopLedger loop = make_loop_ledger(which, n, m);
  std::vector<Suspicion> expected = suspects_by_later_maximum(loop);
  if (n <= loops_up_to) {
    const LoopRun run = count_operations(loop);
    if (const auto formula = operations_by_formula(which, n, m); formula && *formula != run.operations)
      throw std::runtime_error("the count of operations is not its closed form for " + what);
    if (run.suspects != expected) throw std::runtime_error("the loops and the later maximum differ for " + what);
    measured.operations[at] = double(run.operations.total());
  }
  for (const BackendEntry& entry : backends()) {
    if (!entry.why_unavailable().empty() || (n > loops_up_to && entry.name == "reference")) continue;
    const auto backend = entry.make({std::max(1u, std::thread::hardware_concurrency()), nullptr});
    measured.time[std::string(entry.name)][at] = median_seconds(*backend, loop, expected, what);
  }
}

void print_table(const std::vector<std::uint64_t>& places, std::string_view letter,
                 const std::map<LoopCase, Measured>& measured, std::string_view stated) {
  fmt::print("| case | what |");
  for (const std::uint64_t place : places) fmt::print(" {} = {} |", letter, place);
  fmt::print(" exponent in {0} | the paper's bound |\n|---|---|", letter);
  for (std::size_t i = 0; i < places.size() + 2; ++i) fmt::print("---|");
  fmt::print("\n");
  const auto print_row = [&](LoopCase which, std::string_view what, const Points& points, auto text) {
    fmt::print("| {} | {} |", loop_case_names[std::size_t(which)], what);
    for (const std::uint64_t place : places) {
      const auto point = points.find(place);
      fmt::print(" {} |", point == points.end() ? "" : text(point->second));
    }
    fmt::print(" {} | {} |\n", exponent(points), stated);
  };
  for (const auto& [which, one] : measured) {
    print_row(which, "operations of the loops", one.operations,
              [](double count) { return fmt::format("{:.0f}", count); });
    for (const auto& [backend, points] : one.time) print_row(which, "time of " + backend, points, time_text);
  }
}

void run(bool quick) {
  std::vector<std::uint64_t> sizes = {100, 1'000, 10'000}, lists = {10, 100, 1'000};
  if (!quick) sizes.insert(sizes.end(), {100'000, 1'000'000});
  const std::uint64_t fixed_n = quick ? 2'000 : 10'000;
  std::map<LoopCase, Measured> by_n, by_m;
  for (std::size_t i = 0; i < loop_case_names.size(); ++i) {
    for (const std::uint64_t n : sizes) measure(by_n[LoopCase(i)], LoopCase(i), n, fixed_m, n);
    for (const std::uint64_t m : lists) measure(by_m[LoopCase(i)], LoopCase(i), fixed_n, std::uint32_t(m), m);
  }
  fmt::print("By n, m = {}:\n\n", fixed_m);
  print_table(sizes, "n", by_n, "2");
  fmt::print("\nBy m, n = {}:\n\n", fixed_n);
  print_table(lists, "m", by_m, "1");
}

}  // namespace
}  // namespace ringscan

int main(int count, char** values) {
  const bool quick = count == 2 && std::string_view(values[1]) == "--quick";
  if (count > 1 && !quick) {
    fmt::print(stderr, "usage: paper_table2 [--quick]\n");
    return 2;
  }
  try {
    ringscan::run(quick);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "paper_table2: {}\n", error.what());
    return 1;
  }
}
