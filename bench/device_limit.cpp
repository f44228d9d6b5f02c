// How near the cuda backend's counts over all receivers come to what the device's memory and its link allow, as a table
// in Markdown; where there is no device, the lines of the cpu backend alone.
//
// usage: device_limit [--quick] [--transactions N] [--threads T] [--rounds R]
//   --quick  a tiny ledger, once: seconds
//
// Rounds are interleaved, and the shortest time of each counts. `sweep` and `pairs` are stages: the plain rule from
// device memory, with the pairs gathered, and the distinct ones among them counted. The share of copy speed is that of
// bytes moved (forms.hpp) over a copy within device memory; of the streamed form, that of its 20 bytes a transaction
// over a copy from pinned host memory. Every answer is compared with the others, on a smaller ledger with what is
// expected, and workers (quorum 2, of the suspects of 100 merchants) with the cpu backend's.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "check.hpp"
#include "cpu/cpu.hpp"
#include "device.hpp"
#include "forms.hpp"
#include "stage_clock.hpp"

namespace ringscan::bench {
namespace {

struct Options {
  std::uint64_t transactions = 100'000'000;
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  unsigned rounds = 5;
};

constexpr std::string_view measured[] = {"cpu", "cuda", "cuda-streamed", "cuda-device-partition"};

struct Times {
  std::map<std::string, double> shortest;  // by stage, and "all", "workers"
  void take(const std::string& what, double seconds) {
    const auto place = shortest.try_emplace(what, seconds).first;
    place->second = std::min(place->second, seconds);
  }
  double of(const std::string& what) const {
    const auto place = shortest.find(what);
    return place == shortest.end() ? 0 : place->second;
  }
};

double seconds_of(auto call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string milliseconds(double seconds) { return seconds > 0 ? fmt::format("{:.1f}", seconds * 1e3) : "–"; }

std::string share(double bytes, double seconds, const std::optional<DeviceCopy>& copy) {
  if (!copy || seconds <= 0) return "–";
  return fmt::format("{:.0f} %", 100 * bytes / seconds / (double(copy->bytes) / copy->seconds));
}

class Measurement {
 public:
  Measurement(Shape shape, std::uint64_t transactions, const Options& options)
      : workload_(make_workload({shape, transactions, 100, 1})), options_(options) {}

  // Every form `rounds` times in turn.
  void run(unsigned rounds) {
    const LedgerView ledger = workload_.ledger.view();
    const auto cpu = make_cpu({options_.threads});
    const std::vector<Suspicion> suspects = cpu->find_suspects(ledger, {}, workload_.merchants);
    const std::vector<Account> workers = cpu->find_workers(ledger, suspects, 2);
    for (unsigned round = 0; round < rounds; ++round)
      for (const Form& form : forms) {
        if (std::ranges::find(measured, form.name) == std::end(measured) || !form.is_available()) continue;
        StageClock clock;
        BackendOptions backend_options{options_.threads};
        backend_options.on_stage = [&](std::string_view stage) { clock.enter(stage); };
        const auto backend = form.make(backend_options);
        Times& times = times_[std::string(form.name)];
        HitCount count;
        times.take("all", seconds_of([&] { count = backend->count_hits(ledger, {}, {}); }));
        for (const auto& [stage, seconds] : clock.take()) times.take(stage, seconds);
        if (!has_count_) count_ = count, has_count_ = true;
        if (count != count_) stop_for_wrong_answer(case_name(form), "count");
        std::vector<Account> found;
        times.take("workers", seconds_of([&] { found = backend->find_workers(ledger, suspects, 2); }));
        if (found != workers) stop_for_wrong_answer(case_name(form), "workers");
      }
  }
  void expect_right_answer() const {
    const Question question{"count", {}, true};
    if (count_ != expected_answer(workload_, question).count) stop_for_wrong_answer("device_limit", "count");
  }

  void print(const std::optional<DeviceCopy>& copy, const std::optional<DeviceCopy>& link) const {
    const double n = double(workload_.options.transactions), wallets = double(workload_.ledger.wallet_account.size());
    const double swept = device_sweep_bytes(n, wallets, double(count_.hits));
    for (const auto& [form, times] : times_) {
      const double sweep = times.of("sweep_s"), all = times.of("all");
      std::string of_copy = "–";
      if (form == "cuda") of_copy = share(swept, sweep + times.of("pairs_s"), copy);
      if (form == "cuda-streamed") of_copy = share(20 * n, sweep, link) + " of the link";
      fmt::print("| {} | {} | {} | {} | {} | {} | {} | {:.1f} | {} | {} |\n", name(workload_.options.shape), form,
                 milliseconds(times.of("copy_s")), milliseconds(sweep + times.of("sort_s") + times.of("join_s")),
                 milliseconds(times.of("pairs_s")), milliseconds(all), milliseconds(times.of("workers")), n / all / 1e6,
                 sweep > 0 ? fmt::format("{:.1f}", n / sweep / 1e6) : "–", of_copy);
    }
    std::fflush(stdout);
  }

 private:
  std::string case_name(const Form& form) const {
    return fmt::format("{}/{}/count", form.name, name(workload_.options.shape));
  }

  Workload workload_;
  Options options_;
  std::map<std::string, Times> times_;
  HitCount count_;
  bool has_count_ = false;
};

int run(int count, char** values) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = values[i];
    const auto number = [&] { return i + 1 < count ? std::stoull(values[++i]) : 0; };
    if (argument == "--quick")
      options.transactions = 10'000, options.rounds = 1;
    else if (argument == "--transactions")
      options.transactions = number();
    else if (argument == "--threads")
      options.threads = unsigned(number());
    else if (argument == "--rounds")
      options.rounds = unsigned(number());
    else
      throw UsageError("there is no option " + std::string(argument));
  }
  if (options.transactions < 100 || options.threads == 0 || options.rounds == 0)
    throw UsageError("--transactions from 100, --threads and --rounds from 1");
  const auto copy = time_device_copy(), link = time_link_copy();
  const auto gigabytes = [](const auto& one) {
    return one ? fmt::format("{:.1f} GB/s", double(one->bytes) / one->seconds / 1e9) : "no device";
  };
  fmt::print(
      "Copy within device memory (read and written): {}; from pinned host memory: {}; {} threads of the host.\n\n",
      gigabytes(copy), gigabytes(link), options.threads);
  fmt::print(
      "| workload of {} | form | copy ms | sweep or sort ms | pairs ms | all ms | workers ms | M tx/s, all | M tx/s, "
      "sweep | of copy speed |\n|---|---|---|---|---|---|---|---|---|---|\n",
      options.transactions);
  for (const Shape shape : {Shape::uniform, Shape::power_law, Shape::hot_account, Shape::many_ties}) {
    Measurement small(shape, std::min<std::uint64_t>(options.transactions, 50'000), options);
    small.run(1);
    small.expect_right_answer();
    Measurement large(shape, options.transactions, options);
    large.run(options.rounds);
    large.print(copy, link);
  }
  return 0;
}

}  // namespace
}  // namespace ringscan::bench

int main(int count, char** values) {
  try {
    return ringscan::bench::run(count, values);
  } catch (const ringscan::UsageError& error) {
    fmt::print(stderr, "device_limit: {}\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "device_limit: {}\n", error.what());
    return 1;
  }
}
