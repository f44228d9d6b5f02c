// The paper's experiment over many seeds: for each algorithm the true and false positives and negatives and the
// accuracy over the 89 users, mean and standard deviation, beside the paper's Table 3. Every question is asked of the
// backends `reference` and `cpu`; where their answers differ the program says so and ends with 1.
//
// usage: paper_experiment [--seeds N] [--csv FILE] [--sensitivity]
//   --seeds N       seeds 1..N (default 1000)
//   --csv FILE      the raw counts, one line per seed and algorithm; FILE must not exist
//   --sensitivity   also what each choice of the process moves
//
// The output follows from the arguments alone.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "cpu/cpu.hpp"
#include "detect/scan.hpp"
#include "paper_process.hpp"
#include "reference/reference.hpp"
#include "sensitivity.hpp"

namespace ringscan {

namespace {

struct Outcome {
  unsigned tp = 0, fp = 0, fn = 0, tn = 0;
};

// Sums of integers, so that the figures do not depend on the order of anything.
struct Spread {
  std::uint64_t count = 0, sum = 0, sum_of_squares = 0;

  void add(std::uint64_t value) {
    ++count;
    sum += value;
    sum_of_squares += value * value;
  }
  double mean() const { return static_cast<double>(sum) / static_cast<double>(count); }
  double deviation() const {
    if (count < 2) return 0;
    const double n = static_cast<double>(count);
    return std::sqrt(static_cast<double>(count * sum_of_squares - sum * sum) / (n * (n - 1)));
  }
};

struct Summary {
  Spread tp, fp, fn, tn, right;

  void add(const Outcome& outcome) {
    tp.add(outcome.tp);
    fp.add(outcome.fp);
    fn.add(outcome.fn);
    tn.add(outcome.tn);
    right.add(outcome.tp + outcome.tn);
  }
};

ScanRequest request_of(RuleName rule, const PaperLedger& paper, const Setting& setting) {
  ScanRequest request;
  request.rule = rule;
  for (const std::string& merchant : paper.merchants) request.merchants.push_back({merchant, std::nullopt});
  if (rule != RuleName::time) request.model = setting.model;
  if (rule == RuleName::time) request.between = paper.campaign;
  if (rule == RuleName::share) request.min_share = parse_decimal(setting.min_share);
  request.quorum = setting.quorum;
  return request;
}

struct Backends {
  std::unique_ptr<Backend> reference = make_reference({});
  std::unique_ptr<Backend> cpu = make_cpu({});
};

Outcome run(Backends& backends, const PaperLedger& paper, const PaperShape& shape, const ScanRequest& request) {
  const ScanResult result = scan(*backends.reference, paper.ledger, request);
  if (!(scan(*backends.cpu, paper.ledger, request) == result))
    throw std::runtime_error("the backends reference and cpu give different answers");
  const std::unordered_set<std::string> truth(paper.workers.begin(), paper.workers.end());
  Outcome outcome;
  for (const WorkerResult& worker : result.workers)
    ++(truth.contains(paper.ledger.accounts.at(to_index(worker.account))) ? outcome.tp : outcome.fp);
  outcome.fn = shape.workers - outcome.tp;
  outcome.tn = shape.customers - outcome.fp;
  return outcome;
}

constexpr std::array algorithms = {RuleName::ring, RuleName::time, RuleName::share};
constexpr std::array<std::string_view, 3> algorithm_names = {"1 ring", "2 time", "3 share"};
constexpr std::array<std::string_view, 3> paper_counts = {"16/0/4/69", "19/0/1/69", "16/0/4/69"};
constexpr std::array<std::string_view, 3> paper_accuracies = {"0.955", "0.989", "0.955"};

std::array<Summary, 3> run_seeds(Backends& backends, const Setting& setting, std::uint64_t seeds, std::string* csv) {
  std::array<Summary, 3> summaries;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const PaperLedger paper = make_paper_ledger(setting.shape, seed);
    for (std::size_t i = 0; i < algorithms.size(); ++i) {
      const Outcome outcome = run(backends, paper, setting.shape, request_of(algorithms[i], paper, setting));
      summaries[i].add(outcome);
      if (csv != nullptr)
        fmt::format_to(std::back_inserter(*csv), "{},{},{},{},{},{}\n", seed, i + 1, outcome.tp, outcome.fp, outcome.fn,
                       outcome.tn);
    }
  }
  return summaries;
}

std::string text(const Spread& spread) { return fmt::format("{:.2f} ± {:.2f}", spread.mean(), spread.deviation()); }

void print_table(const std::array<Summary, 3>& summaries, unsigned users) {
  fmt::print("| algorithm | TP | FP | FN | TN | accuracy | the paper: TP/FP/FN/TN | accuracy |\n");
  fmt::print("|---|---|---|---|---|---|---|---|\n");
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const Summary& summary = summaries[i];
    fmt::print("| {} | {} | {} | {} | {} | {:.3f} ± {:.3f} | {} | {} |\n", algorithm_names[i], text(summary.tp),
               text(summary.fp), text(summary.fn), text(summary.tn), summary.right.mean() / users,
               summary.right.deviation() / users, paper_counts[i], paper_accuracies[i]);
  }
}

void print_sensitivity(Backends& backends, std::uint64_t seeds) {
  fmt::print("\nMean FN and FP of algorithm 1, 2, 3, over {} seeds:\n\n", seeds);
  fmt::print("| what differs | FN 1 | FN 2 | FN 3 | FP 1 | FP 2 | FP 3 |\n|---|---|---|---|---|---|---|\n");
  for (const Setting& setting : sensitivity_settings()) {
    const auto [ring, time, share] = run_seeds(backends, setting, seeds, nullptr);
    fmt::print("| {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} |\n", setting.what, ring.fn.mean(),
               time.fn.mean(), share.fn.mean(), ring.fp.mean(), time.fp.mean(), share.fp.mean());
  }
}

struct Arguments {
  std::uint64_t seeds = 1'000;
  std::string csv;
  bool sensitivity = false;
};

Arguments parse(int count, char** values) {
  const std::string usage = "usage: paper_experiment [--seeds N] [--csv FILE] [--sensitivity]";
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string_view option = values[i];
    const std::string_view value = i + 1 < count ? values[i + 1] : "";
    if (option == "--sensitivity") {
      arguments.sensitivity = true;
      continue;
    }
    ++i;
    if (option == "--csv" && !value.empty()) {
      arguments.csv = value;
    } else if (option == "--seeds") {
      const auto end = value.data() + value.size();
      const auto [rest, error] = std::from_chars(value.data(), end, arguments.seeds);
      if (error != std::errc{} || rest != end || arguments.seeds == 0 || arguments.seeds > 1'000'000)
        throw UsageError(usage + "\nN is between 1 and 1000000");
    } else {
      throw UsageError(usage);
    }
  }
  if (!arguments.csv.empty() && std::filesystem::exists(arguments.csv))
    throw OutputError(arguments.csv + " exists already");
  return arguments;
}

void experiment(const Arguments& arguments) {
  Backends backends;
  const Setting base;
  std::string csv = "seed,algorithm,tp,fp,fn,tn\n";
  const auto summaries = run_seeds(backends, base, arguments.seeds, &csv);
  if (!arguments.csv.empty()) {
    std::ofstream file(arguments.csv);
    if (!(file << csv).flush()) throw OutputError(arguments.csv + " cannot be written");
  }
  fmt::print("{} seeds, {} users of whom {} workers, {} transactions; reference and cpu agree on all\n\n",
             arguments.seeds, base.shape.workers + base.shape.customers, base.shape.workers, base.shape.transactions);
  print_table(summaries, base.shape.workers + base.shape.customers);
  if (arguments.sensitivity) print_sensitivity(backends, arguments.seeds);
}

}  // namespace

}  // namespace ringscan

int main(int count, char** values) {
  try {
    ringscan::experiment(ringscan::parse(count, values));
    return 0;
  } catch (const ringscan::UsageError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "paper_experiment: {}\n", error.what());
    return 1;
  }
}
