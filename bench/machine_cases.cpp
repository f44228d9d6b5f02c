#include "machine_cases.hpp"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <ranges>
#include <string>
#include <thread>
#include <vector>

#include "check.hpp"
#include "device.hpp"
#include "generate/generate.hpp"
#include "read/read_ledger.hpp"

namespace ringscan::bench {
namespace {

void copy_on_host(benchmark::State& state, std::uint64_t bytes, unsigned threads) {
  const std::vector<char> from(bytes, 1);
  std::vector<char> to(bytes);
  for (auto _ : state) {
    std::vector<std::jthread> copiers;
    for (unsigned i = 0; i < threads; ++i) {
      const std::uint64_t begin = bytes * i / threads, end = bytes * (i + 1) / threads;
      copiers.emplace_back([&, begin, end] { std::memcpy(to.data() + begin, from.data() + begin, end - begin); });
    }
    copiers.clear();  // waits
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(std::int64_t(2 * bytes) * state.iterations());
}

void copy_on_device(benchmark::State& state) {
  std::int64_t bytes = 0;
  for (auto _ : state) {
    const auto copy = time_device_copy();
    if (!copy) return state.SkipWithError("the device is gone");
    state.SetIterationTime(copy->seconds);
    bytes += std::int64_t(copy->bytes);
  }
  state.SetBytesProcessed(bytes);
}

struct TemporaryFolder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("ring_bench." + std::to_string(getpid()));
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

// Canonical order is the generated order: ascending (block, index).
bool is_what_was_generated(const Ledger& ledger, const GeneratedLedger& generated) {
  const LedgerView view = ledger.view();
  return std::ranges::equal(generated.rows, std::views::iota(Row{0}, view.size()), [&](const auto& row, Row place) {
    return row.time == view.time_at(place) && row.amount == view.amount_at(place);
  });
}

void read_export(benchmark::State& state, std::uint64_t transactions) {
  GenerateOptions options;
  options.transactions = transactions;
  options.accounts = std::uint32_t(std::max<std::uint64_t>(100, transactions / 8));
  const GeneratedLedger generated = generate_ledger(options);
  const TemporaryFolder folder;
  write_generated(generated, folder.path, true);
  const std::filesystem::path file = folder.path / "transactions.csv";
  const auto read = [&] {
    ReadReport report;
    return read_ledger({file.string()}, {}, report, [](const ReadProgress&) {});
  };
  if (!is_what_was_generated(read(), generated)) stop_for_wrong_answer("read/generated/csv", "rows");
  std::uint64_t rows = 0;
  for (auto _ : state) rows = read().from.size();
  state.SetItemsProcessed(std::int64_t(rows) * state.iterations());
  state.SetBytesProcessed(std::int64_t(std::filesystem::file_size(file)) * state.iterations());
  state.counters["n"] = double(rows);
}

}  // namespace

void register_copy_cases(std::uint64_t bytes, unsigned threads) {
  benchmark::RegisterBenchmark("copy/host", [=](benchmark::State& state) {
    copy_on_host(state, bytes, threads);
  })->UseRealTime();
  if (time_device_copy()) benchmark::RegisterBenchmark("copy/device", copy_on_device)->UseManualTime();
}

void register_read_case(std::uint64_t transactions) {
  benchmark::RegisterBenchmark(("read/generated/csv/" + std::to_string(transactions)).c_str(),
                               [=](benchmark::State& state) { read_export(state, transactions); })
      ->UseRealTime();
}

}  // namespace ringscan::bench
