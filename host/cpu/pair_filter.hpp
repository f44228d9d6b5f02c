// Which rows of a window can be a hit, or complete one, where only the merchant's own payments count: purchases and
// payments that have one of the other kind between the same two wallets in the window on the right side. Two passes in
// opposite directions that know the last of each pair; pairs share places by a hash, so more may be kept than need be,
// never fewer. Of a packed ledger only payments that may be returned are looked at. 8 bytes a place and a bit a row.
#pragma once
#include <array>
#include <vector>

#include "cpu/hit_words.hpp"
#include "cpu/sweep.hpp"
#include "io/pages.hpp"

namespace ringscan::cpu {

class PairFilter {
 public:
  // `places`: a power of two. Of `rows`; purchases are those of `bought`. What completes them comes after them or, with
  // `is_before`, before.
  PairFilter(const BackendOptions& options, const LedgerView& ledger, Slab rows, Slab bought, bool is_before,
             std::uint64_t within, std::size_t places)
      : options_(options),
        ledger_(ledger),
        rows_(rows),
        bought_(bought),
        is_before_(is_before),
        within_(within),
        shift_(64 - unsigned(std::countr_zero(places))),
        returns_(ledger.returns),
        completes_((rows.end - rows.begin + 63) / 64) {
    need(returns_.guard, returns_.may_be);
    const auto may_complete = [&](Row row, bool is_behind_purchase) __attribute__((always_inline)) {
      completes_[(row - rows.begin) / 64] |= std::uint64_t{is_behind_purchase} << (row - rows.begin) % 64;
    };
    const auto is_bought = [&](Row row) __attribute__((always_inline)) { return this->is_bought(row); };
    if (is_before)
      pass<true>(is_bought, may_complete);
    else
      pass<false>(is_bought, may_complete);
  }

  // Calls visit(row, may_be_hit, may_complete), what completes a purchase before the purchase. Rows that are neither
  // may come too.
  template <class Visit>
  void each(Visit visit) const {
    const auto completes = [&](Row row) __attribute__((always_inline)) { return may_complete(row); };
    const auto take = [&](Row row, bool is_behind_payment) __attribute__((always_inline)) {
      visit(row, is_behind_payment & is_bought(row), may_complete(row));
    };
    if (is_before_)
      pass<false>(completes, take);
    else
      pass<true>(completes, take);
  }

 private:
  static constexpr std::size_t rows_at_once = 4096;
  using Last = std::array<std::uint32_t, 2>;  // times of what was stored, from the larger wallet and to it

  // The same for both directions, without a branch that nobody could foresee.
  std::size_t place(Wallet wallet, Wallet other) const {
    const auto one = std::uint32_t(wallet), two = std::uint32_t(other);
    return (std::uint64_t{one ^ two} << 32 | std::uint32_t(one + two)) * 0x9E3779B97F4A7C15u >> shift_;
  }
  bool is_bought(Row row) const { return (row >= bought_.begin) & (row < bought_.end); }
  bool may_complete(Row row) const { return completes_[(row - rows_.begin) / 64] >> (row - rows_.begin) % 64 & 1; }

  // Calls take(row, whether the last row of the opposite direction that `is_stored` is in the window).
  template <bool is_reverse, class IsStored, class Take>
  [[gnu::always_inline]] void pass(IsStored is_stored, Take take) const {
    PagedArray<Last> last;
    last.resize(std::size_t{1} << (64 - shift_));
    std::array<Row, rows_at_once> rows;
    std::size_t count = 0;
    const auto look = [&] {
      options_.stop_if_asked();
      options_.did(count);
      for (std::size_t i = 0; i < count; ++i) {
        if (i + prefetch_distance < count) {
          const Row ahead = rows[i + prefetch_distance];
          __builtin_prefetch(&last[place(ledger_.from[ahead], ledger_.to[ahead])], 1);
        }
        const Row row = rows[i];
        const Wallet from = ledger_.from[row], to = ledger_.to[row];
        const std::uint32_t now = ledger_.time[row];
        Last& of = last[place(from, to)];
        const std::uint32_t opposite = of[to < from], same = of[from < to];
        take(row, (is_reverse ? opposite - now : now - opposite) <= within_);
        of[from < to] = is_stored(row) ? now : same;
      }
      count = 0;
    };
    if (rows_.begin == rows_.end) return;
    const Row first_word = rows_.begin / rows_a_word, words = (rows_.end - 1) / rows_a_word + 1 - first_word;
    for (Row i = 0; i < words; ++i) {
      const Row word = is_reverse ? first_word + words - 1 - i : first_word + i, first = word * rows_a_word;
      std::uint64_t wanted = bits_inside(first, rows_);
      if (returns_.is_present()) wanted &= returns_.may_be[word];
      if (wanted == ~std::uint64_t{0}) {
        for (Row bit = 0; bit < rows_a_word; ++bit) rows[count++] = first + (is_reverse ? rows_a_word - 1 - bit : bit);
        wanted = 0;
      }
      while (wanted != 0) {
        const int bit = is_reverse ? 63 - std::countl_zero(wanted) : std::countr_zero(wanted);
        wanted ^= std::uint64_t{1} << bit;
        rows[count++] = first + Row(bit);
      }
      if (count > rows_at_once - rows_a_word) look();
    }
    look();
  }

  const BackendOptions& options_;
  const LedgerView& ledger_;
  Slab rows_, bought_;
  bool is_before_;
  std::uint64_t within_;
  unsigned shift_;
  const Returns returns_;
  std::vector<std::uint64_t> completes_;
};

}  // namespace ringscan::cpu
