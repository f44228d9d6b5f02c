// What memory allows a count over all receivers: a loop from the last row to the first that reads the columns of each
// row, gathers M[from] and writes M[to], in one word a wallet, with the sweep's prefetches and nothing of its logic.
// With T threads, T such loops over slabs of time with an M each.
#pragma once
#include <cstdint>
#include <thread>
#include <vector>

#include "cpu/sweep.hpp"

namespace ringscan::bench {

inline std::uint64_t limit_of(const LedgerView& ledger, cpu::Slab slab) {
  PagedArray<AmountKey> most;
  most.resize(ledger.wallet_count());
  std::uint64_t sum = 0;
  for (Row row = slab.end; row-- > slab.begin;) {
    if (row >= slab.begin + cpu::prefetch_distance) {
      __builtin_prefetch(&most[to_index(ledger.from[row - cpu::prefetch_distance])]);
      __builtin_prefetch(&most[to_index(ledger.to[row - cpu::prefetch_distance])], 1);
    }
    sum += most[to_index(ledger.from[row])] + ledger.time[row];
    most[to_index(ledger.to[row])] = ledger.amount[row];
  }
  return sum;
}

inline void run_limit(const LedgerView& ledger, unsigned threads) {
  const std::vector<cpu::Slab> slabs = cpu::cut_into_slabs(ledger, {0, ledger.size()}, threads);
  std::vector<std::uint64_t> sums(slabs.size());
  std::vector<std::jthread> loops;
  for (std::size_t i = 1; i < slabs.size(); ++i) loops.emplace_back([&, i] { sums[i] = limit_of(ledger, slabs[i]); });
  sums[0] = limit_of(ledger, slabs[0]);
  loops.clear();  // waits
  static volatile std::uint64_t sink;
  for (const std::uint64_t sum : sums) sink = sink + sum;
}

}  // namespace ringscan::bench
