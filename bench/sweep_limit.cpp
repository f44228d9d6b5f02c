// How near the cpu backend's counts over all receivers come to what memory allows, as a table in Markdown.
//
// usage: sweep_limit [--quick] [--transactions N] [--threads T] [--rounds R] [--only QUESTION] [--processor-time]
//   --quick          tiny ledgers, once: seconds
//   --only QUESTION  beside the limit only the question of this name
//   --processor-time  for a machine that others use too: processor time over the number of threads, not elapsed time
//
// The ledgers are packed ones, in the page cache: about 45 bytes a row in the folder for temporary files. The limit
// (limit.hpp) is measured in the same run. Rounds are interleaved, and the shortest time of each counts.
// Every answer is compared with the others of its question, and on a smaller ledger with what is expected.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "answers.hpp"
#include "check.hpp"
#include "cpu/cpu.hpp"
#include "limit.hpp"
#include "pack_workload.hpp"
#include "packed/packed_ledger.hpp"

namespace ringscan::bench {
namespace {

struct Options {
  std::uint64_t transactions = 10'000'000;
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  unsigned rounds = 5;
  std::string_view only;
  bool quick = false, processor_time = false;
};

double seconds_of(auto call, const Options& options, unsigned threads) {
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t processor_start = std::clock();
  call();
  if (options.processor_time) return double(std::clock() - processor_start) / CLOCKS_PER_SEC / threads;
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Asked {
  std::string_view name;
  Rule rule;
  std::string_view goal;       // share of the limit
  bool knows_its_rows = true;  // false: of a ledger that knows nothing of its rows
};

std::vector<Asked> asked_of(const Workload& workload) {
  const Decimal gain{Amount{max_gain_tenths}, 1};
  const std::uint64_t within = workload.within;
  return {{"plain", {}, "70 %"},
          {"plain, by sweep", {}, "70 %", false},
          {"--within", {Model::any, within, {}, {}}, "40 %"},
          {"--within, by sweep", {Model::any, within, {}, {}}, "40 %", false},
          {"--within --max-gain", {Model::any, within, gain, {}}, "20 %"},
          {"enhanced --within --max-gain", {Model::enhanced, within, gain, {}}, "20 %"},
          {"basic --within", {Model::basic, within, {}, {}}, "20 %"},
          {"advanced", {Model::advanced, {}, {}, {}}, "10 %"},
          {"advanced --within", {Model::advanced, within, {}, {}}, "10 %"},
          {"advanced --within --max-gain", {Model::advanced, within, gain, {}}, "10 %"}};
}

struct Best {
  double seconds = std::numeric_limits<double>::infinity();
  void take(double other) { seconds = std::min(seconds, other); }
};

// The workload with the columns and indexes of a packed ledger, whose file is gone when this returns.
Workload packed(WorkloadOptions options) {
  Workload workload = make_workload(options);
  const std::string path = std::filesystem::temp_directory_path() / fmt::format("sweep_limit-{}.ledger", ::getpid());
  pack_workload(workload, path, PackedIndex::receiver);
  workload.ledger = open_packed_ledger(path);
  std::filesystem::remove(path);
  workload.ledger.view().checked();
  return workload;
}

void check_small(Shape shape, unsigned threads) {
  const Workload workload = packed({shape, 20'000, 100, 3});
  const auto backend = make_cpu({threads});
  for (const Asked& asked : asked_of(workload)) {
    const HitCount found = backend->count_hits(workload.ledger.view(), asked.rule, {});
    if (found != expected_answer(workload, {asked.name, asked.rule, true}).count)
      stop_for_wrong_answer(fmt::format("cpu/{}/{}", name(shape), asked.name), "count");
  }
}

void measure(Shape shape, const Options& options, unsigned threads) {
  check_small(shape, threads);
  const Workload workload = packed({shape, options.transactions, 100, 1});
  const LedgerView ledger = workload.ledger.view();
  std::vector<Asked> all = asked_of(workload);
  if (!options.only.empty()) std::erase_if(all, [&](const Asked& asked) { return asked.name != options.only; });
  LedgerView unknown = ledger;
  unknown.plain_hits = {}, unknown.reward_waits = {}, unknown.returns = {};
  const auto backend = make_cpu({threads});
  Best limit;
  std::vector<Best> best(all.size());
  std::vector<HitCount> counts(all.size());
  for (unsigned round = 0; round < options.rounds; ++round) {
    limit.take(seconds_of([&] { run_limit(ledger, threads); }, options, threads));
    for (std::size_t i = 0; i < all.size(); ++i) {
      HitCount count;
      const LedgerView& asked = all[i].knows_its_rows ? ledger : unknown;
      best[i].take(seconds_of([&] { count = backend->count_hits(asked, all[i].rule, {}); }, options, threads));
      if (round == 0) counts[i] = count;
      if (count != counts[i]) stop_for_wrong_answer(fmt::format("cpu/{}/{}", name(shape), all[i].name), "count");
    }
  }
  const double n = double(ledger.size());
  const auto line = [&](std::string_view what, double seconds, std::string_view goal, const HitCount& count) {
    fmt::print("| {} | {} | {} | {:.1f} | {:.1f} | {:.0f} % | {} | {} | {} |\n", name(shape), threads, what,
               n / seconds / 1e6, seconds / n * 1e9, 100 * limit.seconds / seconds, goal, count.hits, count.pairs);
  };
  line("limit", limit.seconds, "", {});
  for (std::size_t i = 0; i < all.size(); ++i) line(all[i].name, best[i].seconds, all[i].goal, counts[i]);
  std::fflush(stdout);
}

int run(int count, char** values) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = values[i];
    const auto number = [&] { return i + 1 < count ? std::stoull(values[++i]) : 0; };
    if (argument == "--quick")
      options.quick = true, options.transactions = 10'000, options.rounds = 1;
    else if (argument == "--transactions")
      options.transactions = number();
    else if (argument == "--threads")
      options.threads = unsigned(number());
    else if (argument == "--rounds")
      options.rounds = unsigned(number());
    else if (argument == "--only")
      options.only = i + 1 < count ? values[++i] : "";
    else if (argument == "--processor-time")
      options.processor_time = true;
    else
      options.rounds = 0;
  }
  if (options.rounds == 0 || options.threads == 0 || options.transactions < 100) {
    fmt::print(stderr,
               "usage: sweep_limit [--quick] [--transactions N] [--threads T] [--rounds R] [--only QUESTION] "
               "[--processor-time]\n");
    return 2;
  }
  fmt::print(
      "n = {}\n\n| workload | threads | question | M tx/s | ns/tx | of the limit | goal | hits | pairs |\n"
      "|---|---|---|---|---|---|---|---|---|\n",
      options.transactions);
  for (const Shape shape : {Shape::power_law, Shape::uniform})
    for (unsigned threads = 1; threads <= options.threads; threads *= 2) measure(shape, options, threads);
  return 0;
}

}  // namespace
}  // namespace ringscan::bench

int main(int count, char** values) {
  try {
    return ringscan::bench::run(count, values);
  } catch (const std::exception& error) {
    fmt::print(stderr, "sweep_limit: {}\n", error.what());
    return 1;
  }
}
