// Every form on every workload and rule, as a Google Benchmark program: its flags and its JSON are the usual ones.
//
// usage: ring_bench [--full | --smoke] [--threads N] [--tamper WHAT] [--benchmark_...]
//   --full         every rule as far as each form can go (n to 10^8; tens of minutes and 16 GB on two cores)
//   --smoke        tiny ledgers, once: seconds
//   --threads N    of the backend cpu (default: all cores)
//   --tamper WHAT  spoils what is expected (suspects, evidence, customers, count), to show that this ends the run
//
// A case is form/workload/rule/n/m. `limit/.../sweep/...` is what memory allows a count (limit.hpp). Else its time is
// that of find_suspects + find_evidence (for every suspect) + count_customers, or of count_hits; each is also a counter
// in seconds. Before a case is timed, and after every timed run, the answer is compared with what is expected; if it is
// wrong the program says so and ends with 1.
#include <benchmark/benchmark.h>
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "ask.hpp"
#include "check.hpp"
#include "device.hpp"
#include "forms.hpp"
#include "limit.hpp"
#include "machine_cases.hpp"
#include "stage_clock.hpp"

namespace ringscan::bench {
namespace {

struct Options {
  bool full = false, smoke = false;
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  std::string tamper;
};

// The workload of the case at hand and what is expected of it; cases come workload by workload.
class Stage {
 public:
  explicit Stage(std::string tamper) : tamper_(std::move(tamper)) {}

  const Workload& workload(const WorkloadOptions& options) {
    if (!workload_ || !(workload_->options == options)) {
      answers_.clear();
      workload_.reset();  // before the next is made
      workload_.emplace(make_workload(options));
    }
    return *workload_;
  }
  const Answer& answer(const Question& question) {
    const auto [place, is_new] = answers_.try_emplace(question.name);
    if (is_new) {
      place->second = expected_answer(*workload_, question);
      spoil(place->second);
    }
    return place->second;
  }

 private:
  void spoil(Answer& answer) const {
    if (tamper_ == "suspects" && !answer.suspects.empty()) answer.suspects.pop_back();
    if (tamper_ == "evidence" && !answer.evidence.empty()) ++answer.evidence.back().purchase;
    if (tamper_ == "customers" && !answer.customers.empty()) ++answer.customers.back();
    if (tamper_ == "count") ++answer.count.hits;
  }

  std::string tamper_;
  std::optional<Workload> workload_;
  std::map<std::string_view, Answer> answers_;
};

struct Case {
  const Form* form;
  WorkloadOptions workload;
  Question question;

  std::string name() const {
    return fmt::format("{}/{}/{}/{}/{}", form->name, bench::name(workload.shape), question.name, workload.transactions,
                       workload.merchants);
  }
};

void run_case(benchmark::State& state, const Case& one, Stage& stage, unsigned threads) {
  const Workload& workload = stage.workload(one.workload);
  // The question's --within belongs to the workload.
  Question question;
  for (const Question& each : questions(workload))
    if (each.name == one.question.name) question = each;
  const Answer& expected = stage.answer(question);
  StageClock stages;
  BackendOptions options{threads};
  options.on_stage = [&](std::string_view name) { stages.enter(name); };
  const auto backend = one.form->make(options);
  const auto asked = [&](Phases& phases) {
    const Answer answer = ask(*backend, workload, question, phases);
    check_answer(one.name(), answer, expected);
  };
  Phases phases;
  asked(phases);  // never timed: it is also the warm-up
  stages.take();

  std::map<std::string, double> sums;
  for (auto _ : state) {
    asked(phases);
    state.SetIterationTime(phases.total());
    sums["find_suspects_s"] += phases.suspects;
    sums["find_evidence_s"] += phases.evidence;
    sums["count_customers_s"] += phases.customers;
    sums["count_hits_s"] += phases.count;
    for (const auto& [counter, value] : stages.take()) sums[counter] += value;
  }
  const auto runs = state.iterations();
  const double n = double(workload.ledger.from.size());
  const double bytes = bytes_moved(*one.form, workload, question, expected);
  for (const auto& [counter, sum] : sums)
    if (sum > 0) state.counters[counter] = benchmark::Counter(sum, benchmark::Counter::kAvgIterations);
  state.SetItemsProcessed(std::int64_t(n) * runs);
  if (bytes > 0) {
    state.SetBytesProcessed(std::int64_t(bytes) * runs);
    state.counters["bytes_per_transaction"] = bytes / n;
  }
  if (const double pairs = pairs_compared(*one.form, workload, question, expected); pairs > 0) {
    const double rate = pairs * double(runs) / (sums["find_suspects_s"] + sums["count_hits_s"]);
    state.counters["comparisons_per_second"] = rate;
    if (const auto peak = peak_comparisons()) state.counters["of_peak_comparisons"] = rate / *peak;
  }
  state.counters["n"] = n;
  state.counters["m"] = double(workload.merchants.size());
  state.counters["found"] = double(question.all_receivers ? expected.count.hits : expected.suspects.size());
  state.counters["threads"] = one.form->backend == "reference" ? 1 : threads;
}

void run_limit_case(benchmark::State& state, const WorkloadOptions& options, Stage& stage, unsigned threads) {
  const LedgerView ledger = stage.workload(options).ledger.view();
  for (auto _ : state) run_limit(ledger, threads);
  state.SetItemsProcessed(std::int64_t(ledger.size()) * state.iterations());
}

// The workloads: n in powers of ten, and m in powers of ten at two fixed n.
std::vector<WorkloadOptions> workloads(const Options& options) {
  constexpr std::uint64_t listed = 100;
  std::vector<WorkloadOptions> all;
  const std::uint64_t least = options.smoke ? 100 : 1'000;
  const std::uint64_t most = options.smoke ? 1'000 : options.full ? 100'000'000 : 10'000'000;
  for (std::uint64_t n = least; n <= most; n *= 10)
    for (std::size_t shape = 0; shape < shape_names.size(); ++shape) {
      const std::uint64_t many = std::min<std::uint64_t>(n / 50, 100'000);
      const std::uint64_t m = Shape(shape) == Shape::many_merchants ? many : std::min(listed, n / 10);
      all.push_back({Shape(shape), n, std::uint32_t(m), 1});
    }
  if (!options.smoke)
    for (const std::uint64_t n : {std::uint64_t{10'000}, std::uint64_t{1'000'000}})
      for (std::uint64_t m = 1; m <= n / 10; m *= 10)
        if (m != listed) all.push_back({Shape::uniform, n, std::uint32_t(m), 1});
  return all;
}

void register_cases(const Options& options, Stage& stage) {
  register_copy_cases(std::uint64_t{options.smoke ? 1u : 1024u} << 20, options.threads);
  for (std::uint64_t n = 1'000; n <= (options.smoke ? 1'000u : options.full ? 1'000'000u : 100'000u); n *= 10)
    register_read_case(n);
  for (const WorkloadOptions& workload : workloads(options)) {
    Workload shape_only;
    shape_only.options = workload;
    const bool is_m_sweep = workload.shape == Shape::uniform &&
                            workload.merchants != std::min<std::uint64_t>(100, workload.transactions / 10);
    if (!is_m_sweep)
      benchmark::RegisterBenchmark(
          fmt::format("limit/{}/sweep/{}/{}", name(workload.shape), workload.transactions, workload.merchants).c_str(),
          [=, &stage](benchmark::State& state) { run_limit_case(state, workload, stage, options.threads); })
          ->UseRealTime();
    for (const Question& question : questions(shape_only)) {
      if (is_m_sweep && question.name != "plain") continue;
      for (const Form& form : forms) {
        const Reach& reach = options.full                                 ? form.full
                             : is_headline(workload.shape, question.name) ? form.headline
                                                                          : form.others;
        if (!can_reach(reach, workload.transactions, workload.merchants, question.all_receivers)) continue;
        if (!form.is_available()) continue;
        const Case one{&form, workload, question};
        benchmark::RegisterBenchmark(one.name().c_str(), [=, &stage](benchmark::State& state) {
          run_case(state, one, stage, options.threads);
        })->UseManualTime();
      }
    }
  }
}

// Takes our own options out of the arguments; Google Benchmark checks the rest.
Options parse(std::vector<char*>& arguments) {
  Options options;
  std::vector<char*> rest = {arguments.front()};
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    const std::string_view value = i + 1 < arguments.size() ? arguments[i + 1] : "";
    if (argument == "--full") {
      options.full = true;
    } else if (argument == "--smoke") {
      options.smoke = true;
    } else if (argument == "--tamper") {
      options.tamper = value;
      ++i;
    } else if (argument == "--threads") {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), options.threads);
      if (error != std::errc{} || end != value.data() + value.size() || options.threads == 0)
        throw UsageError("--threads takes a number from 1 on");
      ++i;
    } else {
      rest.push_back(arguments[i]);
    }
  }
  arguments = rest;
  return options;
}

int run(std::vector<char*> arguments) {
  const Options options = parse(arguments);
  // Ours first, so that the user's count.
  std::string repetitions = options.smoke ? "--benchmark_repetitions=1" : "--benchmark_repetitions=5";
  std::string least_time = options.smoke ? "--benchmark_min_time=0.0001" : "--benchmark_min_time=0.02";
  std::vector<char*> all = {arguments.front(), repetitions.data(), least_time.data()};
  for (std::size_t i = 1; i < arguments.size(); ++i) all.push_back(arguments[i]);
  int count = int(all.size());
  all.push_back(nullptr);
  benchmark::Initialize(&count, all.data());
  if (benchmark::ReportUnrecognizedArguments(count, all.data())) return 2;
  check_expectations(options.smoke ? 300 : 2'000, 10);
  Stage stage(options.tamper);
  register_cases(options, stage);
  for (const BackendEntry& entry : backends())
    benchmark::AddCustomContext("backend " + std::string(entry.name),
                                entry.why_unavailable().empty() ? "available" : entry.why_unavailable());
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace
}  // namespace ringscan::bench

int main(int count, char** values) {
  try {
    return ringscan::bench::run(std::vector<char*>(values, values + count));
  } catch (const ringscan::UsageError& error) {
    fmt::print(stderr, "ring_bench: {}\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "ring_bench: {}\n", error.what());
    return 1;
  }
}
