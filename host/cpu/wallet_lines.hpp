// What every wallet paid, or was paid, side by side in the order of rows: two reads away from whoever asks.
//
// Counted, then scattered: two passes over the columns, O(N + wallets). 16 bytes a row, 8 a wallet, and 8 a wallet for
// each slab of rows while it is built; there are only so many slabs that these stay within the lines.
#pragma once
#include <tbb/parallel_for.h>

#include <algorithm>
#include <span>
#include <vector>

#include "backend.hpp"
#include "cpu/sweep.hpp"
#include "io/pages.hpp"

namespace ringscan::cpu {

struct WalletLine {
  Wallet counterparty;
  std::uint32_t time;
  AmountKey amount;
};

class WalletLines {
 public:
  // The rows that `accepts` takes, each at the wallet that `of` names.
  template <class Accepts>
  WalletLines(const BackendOptions& options, const LedgerView& ledger, std::span<const Wallet> of,
              std::span<const Wallet> counterparty, Accepts accepts) {
    const Row rows = ledger.size();
    const std::size_t wallets = ledger.wallet_count();
    const std::size_t slabs =
        std::clamp<std::size_t>(2 * rows / std::max<std::size_t>(1, wallets), 1, std::max(1u, options.threads));
    const auto over_slabs = [&](auto take) {
      tbb::parallel_for(
          std::size_t{0}, slabs,
          [&](std::size_t slab) {
            const Row begin = rows / slabs * slab, end = slab + 1 == slabs ? rows : begin + rows / slabs;
            options.did(end - begin);
            for (Row row = begin; row < end; ++row) {
              if (row % 65536 == 0) options.stop_if_asked();
              if (accepts(row)) take(slab, row, end);
            }
          },
          tbb::simple_partitioner());
    };
    std::vector<PagedArray<std::uint64_t>> places(slabs);  // first how many, then where the next one goes
    for (PagedArray<std::uint64_t>& some : places) some.resize(wallets + 1);
    over_slabs([&](std::size_t slab, Row row, Row) { ++places[slab][to_index(of[row])]; });
    begins_.resize(wallets + 1);
    std::uint64_t next = 0;
    for (std::size_t wallet = 0; wallet <= wallets; ++wallet) {
      begins_[wallet] = next;
      for (PagedArray<std::uint64_t>& some : places) next += std::exchange(some[wallet], next);
    }
    lines_.resize(next);
    options.did(0, 0, next * sizeof(WalletLine));
    over_slabs([&](std::size_t slab, Row row, Row end) {
      std::uint64_t* const place = places[slab].data();
      if (end - row > prefetch_distance) {
        __builtin_prefetch(place + to_index(of[row + prefetch_distance]), 1);
        __builtin_prefetch(lines_.data() + place[to_index(of[row + prefetch_distance / 2])], 1);
      }
      lines_[place[to_index(of[row])]++] = {counterparty[row], ledger.time[row], ledger.amount[row]};
    });
  }

  std::size_t count(Wallet wallet) const { return begins_[to_index(wallet) + 1] - begins_[to_index(wallet)]; }
  std::span<WalletLine> of(Wallet wallet) const { return {lines_.data() + begins_[to_index(wallet)], count(wallet)}; }

  // All wallets' lines; a wallet's begin at its place.
  std::span<const WalletLine> all() const { return lines_.span(); }
  std::size_t place(Wallet wallet) const { return begins_[to_index(wallet)]; }

  // First the one, then, some lines later, the other.
  [[gnu::always_inline]] void prefetch_place(Wallet wallet) const { __builtin_prefetch(&begins_[to_index(wallet)]); }
  [[gnu::always_inline]] void prefetch_lines(Wallet wallet) const {
    const WalletLine* const first = &lines_[begins_[to_index(wallet)]];
    __builtin_prefetch(first);
    __builtin_prefetch(first + 4);
  }

 private:
  PagedArray<std::uint64_t> begins_;
  PagedArray<WalletLine> lines_;
};

}  // namespace ringscan::cpu
