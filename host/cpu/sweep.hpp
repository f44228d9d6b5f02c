// All receivers at once, in one pass from the last transaction to the first: what each wallet receives later is known
// when its purchases come, in one small state a wallet. O(N), immune to hot accounts.
#pragma once
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <vector>

#include "backend.hpp"
#include "io/pages.hpp"

namespace ringscan::cpu {

// Rows [begin, end), in whole groups of equal times.
struct Slab {
  Row begin, end;
};

// The rows whose times lie in the interval.
inline Slab rows_inside(const LedgerView& ledger, const Interval& interval) {
  const auto first_where = [&](auto is_beyond) {
    return Row(
        std::ranges::partition_point(
            ledger.time, [&](std::uint32_t time) { return !is_beyond(ledger.first_time + std::int64_t{time}); }) -
        ledger.time.begin());
  };
  const Row begin = first_where([&](std::int64_t time) { return time > interval.after; });
  const Row end = first_where([&](std::int64_t time) { return time >= interval.before; });
  return {begin, std::max(begin, end)};
}

// At most `count` slabs of about the same length, ascending, none empty.
inline std::vector<Slab> cut_into_slabs(const LedgerView& ledger, Slab rows, std::size_t count) {
  std::vector<Slab> slabs;
  Row begin = rows.begin;
  for (std::size_t i = 1; i <= count; ++i) {
    const Row cut = rows.begin + (rows.end - rows.begin) / count * i;
    const Row end =
        i == count ? rows.end : Row(std::ranges::lower_bound(ledger.time, ledger.time[cut]) - ledger.time.begin());
    if (end > begin) slabs.push_back({begin, end}), begin = end;
  }
  return slabs;
}

// How many slabs there may be with a state each, so that the states stay within the size of the ledger's columns.
inline std::size_t slab_count(const BackendOptions& options, const LedgerView& ledger, std::size_t bytes_a_wallet) {
  constexpr std::uint64_t column_bytes = 20;  // a row
  const std::uint64_t states =
      column_bytes * ledger.size() / (bytes_a_wallet * std::max<std::size_t>(1, ledger.wallet_count()));
  return std::clamp<std::size_t>(states, 1, options.threads);
}

// Whether wallets are accounts, so that nobody needs to look an account up.
inline bool has_one_asset(const LedgerView& ledger) {
  for (std::size_t w = 0; w < ledger.wallet_count(); ++w)
    if (to_index(ledger.wallet_account[w]) != w) return false;
  return true;
}

// Where in the columns what is needed soon is asked for.
inline constexpr Row prefetch_distance = 32;

// Calls judge(row, state.is_hit(row)) for each row of the slab before `judged_end`, which ends a group, last to first.
// State: prefetch(row), is_hit(row) and add(row), which takes the row in as a receipt. A whole group of equal times is
// judged before any of it is taken in.
template <class State, class Judge>
void sweep(const BackendOptions& options, const LedgerView& ledger, Slab slab, Row judged_end, State&& state,
           Judge judge) {
  const auto prefetch = [&](Row row) __attribute__((always_inline)) {
    if (row >= prefetch_distance) state.prefetch(row - prefetch_distance);
  };
  options.did(slab.end - slab.begin);
  for (Row end = slab.end; end > slab.begin;) {
    options.stop_if_asked();
    Row first = end - 1;
    while (first > slab.begin && ledger.time[first - 1] == ledger.time[end - 1]) --first;
    if (end <= judged_end)
      for (Row row = end; row-- > first;) prefetch(row), judge(row, state.is_hit(row));
    else
      for (Row row = end; row-- > first;) prefetch(row);
    for (Row row = end; row-- > first;) {
      if (row >= first + prefetch_distance) state.prefetch(row - prefetch_distance);  // a group larger than a cache
      state.add(row);
    }
    end = first;
  }
}

// The columns that a sweep reads, for a handle that a loop keeps in registers.
struct SweptColumns {
  explicit SweptColumns(const LedgerView& ledger)
      : from(ledger.from.data()), to(ledger.to.data()), amount(ledger.amount.data()) {}
  const Wallet *from, *to;
  const AmountKey* amount;
};

// The plain rule: M[w] is the most that wallet w receives later, and a purchase is a hit if M[from] > amount. One word
// a wallet. Wallets of excluded accounts hold `excluded` there for ever: they neither buy, sell nor pay rewards.
template <bool has_excluded>
class LaterMaximum {
 public:
  LaterMaximum(const LedgerView& ledger, const Rule& rule) : columns_(ledger) {
    most_.resize(ledger.wallet_count());
    if constexpr (has_excluded)
      for (std::size_t w = 0; w < ledger.wallet_count(); ++w)
        if (rule.excludes(ledger.wallet_account[w])) most_[w] = excluded;
  }

  // The state as sweep() takes it.
  class Handle {
   public:
    // Inlined by force: g++ takes a call that only prefetches for one without effect, and drops it.
    [[gnu::always_inline]] void prefetch(Row row) const {
      __builtin_prefetch(&of(columns_.from[row]));
      __builtin_prefetch(&of(columns_.to[row]), 1);
    }
    bool is_hit(Row row) const {
      const AmountKey most = of(columns_.from[row]);
      bool hit = most > columns_.amount[row];
      if constexpr (has_excluded) hit = hit && most != excluded && of(columns_.to[row]) != excluded;
      return hit;
    }
    void add(Row row) const {
      AmountKey& most = of(columns_.to[row]);
      AmountKey received = columns_.amount[row];
      if constexpr (has_excluded) received = of(columns_.from[row]) == excluded ? 0 : received;
      most = most > received ? most : received;
    }

   private:
    friend LaterMaximum;
    Handle(const SweptColumns& columns, AmountKey* most) : columns_(columns), most_(most) {}
    AmountKey& of(Wallet wallet) const { return most_[to_index(wallet)]; }

    SweptColumns columns_;
    AmountKey* most_;
  };
  Handle handle() const { return {columns_, most_.data()}; }

  // Takes in what was received in a later slab.
  void add_later(const LaterMaximum& later) {
    AmountKey* const most = most_.data();
    const AmountKey* const more = later.most_.data();
    for (std::size_t w = 0; w < most_.size(); ++w) most[w] = std::max(most[w], more[w]);
  }

 private:
  static constexpr AmountKey excluded = ~AmountKey{0};  // no amount's key

  SweptColumns columns_;
  PagedArray<AmountKey> most_;
};

}  // namespace ringscan::cpu
