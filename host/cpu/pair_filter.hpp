// Which payments of a window can complete a purchase at all: those that have one of their payee at their payer in the
// window on their other side. One pass in the opposite direction of the sweep that asks; pairs share places by a hash,
// so more may be taken than need be, never fewer. 8 bytes a place and a bit a row.
#pragma once
#include <array>
#include <vector>

#include "cpu/sweep.hpp"
#include "io/pages.hpp"

namespace ringscan::cpu {

// A place for both directions between two wallets.
class PairPlaces {
 public:
  explicit PairPlaces(std::size_t places) : shift_(64 - unsigned(std::countr_zero(places))) {}  // a power of two
  std::size_t of(Wallet wallet, Wallet other) const {
    const auto one = std::uint32_t(wallet), two = std::uint32_t(other);
    return (std::uint64_t{one ^ two} << 32 | std::uint32_t(one + two)) * 0x9E3779B97F4A7C15u >> shift_;
  }

 private:
  unsigned shift_;
};

class PairFilter {
 public:
  // Of `rows`. Purchases are those of `bought`; what completes them comes after them or, with `is_before`, before.
  PairFilter(const BackendOptions& options, const LedgerView& ledger, Slab rows, Slab bought, bool is_before,
             std::uint64_t within, std::size_t places)
      : first_(rows.begin), marks_((rows.end - rows.begin + 63) / 64) {
    if (is_before)
      mark(options, ledger, rows, bought, within, places, [&](Row i) { return rows.end - 1 - i; });
    else
      mark(options, ledger, rows, bought, within, places, [&](Row i) { return rows.begin + i; });
  }
  bool holds(Row row) const { return marks_[(row - first_) / 64] >> (row - first_) % 64 & 1; }

 private:
  using Last = std::array<std::uint32_t, 2>;  // purchases, from the larger wallet and to it

  template <class RowAt>
  void mark(const BackendOptions& options, const LedgerView& ledger, Slab rows, Slab bought, std::uint64_t within,
            std::size_t places, RowAt row_at) {
    const PairPlaces place(places);
    PagedArray<Last> last;
    last.resize(places);
    const Row count = rows.end - rows.begin;
    options.did(count);
    for (Row i = 0; i < count; ++i) {
      if (i % 65536 == 0) options.stop_if_asked();
      if (i + prefetch_distance < count) {
        const Row ahead = row_at(i + prefetch_distance);
        __builtin_prefetch(&last[place.of(ledger.from[ahead], ledger.to[ahead])], 1);
      }
      const Row row = row_at(i);
      const Wallet from = ledger.from[row], to = ledger.to[row];
      Last& of = last[place.of(from, to)];
      const std::uint32_t now = ledger.time[row];
      const std::uint32_t opposite = of[to < from];
      const std::uint32_t since = now > opposite ? now - opposite : opposite - now;
      marks_[(row - first_) / 64] |= std::uint64_t{since <= within} << (row - first_) % 64;
      if (row >= bought.begin && row < bought.end) of[from < to] = now;
    }
  }

  Row first_;
  std::vector<std::uint64_t> marks_;
};

}  // namespace ringscan::cpu
