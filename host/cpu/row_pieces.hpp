// The rows of a ledger that lies on the disk, a piece of bounded length at a time, as one pass wants them: read ahead,
// checked, used once, and let go.
#pragma once
#include <algorithm>
#include <optional>

#include "cpu/sweep.hpp"

namespace ringscan::cpu {

// The ledger's guard, if it has one, around rows that are used once.
class PassingRows {
 public:
  explicit PassingRows(const LedgerView& ledger) : ledger_(ledger) {}

  std::uint32_t time(Row row) const {
    if (ledger_.guard != nullptr) ledger_.guard->need(&ledger_.time[row], sizeof(std::uint32_t));
    return ledger_.time[row];
  }
  // Of rows [begin, end), the first whose time `is_beyond`; times that are beyond follow those that are not.
  template <class IsBeyond>
  Row first(Row begin, Row end, IsBeyond is_beyond) const {
    while (begin < end) {
      const Row middle = begin + (end - begin) / 2;
      if (is_beyond(time(middle)))
        end = middle;
      else
        begin = middle + 1;
    }
    return begin;
  }
  // The rows inside the interval.
  Slab inside(const Interval& interval) const {
    const auto at = [&](std::uint32_t time) { return ledger_.first_time + std::int64_t{time}; };
    const Row begin = first(0, ledger_.size(), [&](std::uint32_t time) { return at(time) > interval.after; });
    return {begin, first(begin, ledger_.size(), [&](std::uint32_t time) { return at(time) >= interval.before; })};
  }

  void ahead(Row begin, Row end) const {
    if (ledger_.guard != nullptr && begin < end) ledger_.guard->will_need_rows(begin, end);
  }
  void need(Row begin, Row end) const {
    if (ledger_.guard != nullptr) ledger_.guard->need_rows(begin, end);
  }
  void release(Row begin, Row end) const {
    if (ledger_.guard != nullptr) ledger_.guard->release_rows(begin, end);
  }

 private:
  const LedgerView& ledger_;
};

// A part of a reverse sweep: what is judged first, and then taken in. Only whole groups of equal times are both.
struct Piece {
  Row begin, end;
  bool is_judged, is_added;
  friend bool operator==(const Piece&, const Piece&) = default;
};

// Cuts rows [begin, end), of which those before `judged_end` are judged, into pieces of at most `most` rows, last to
// first. A group of equal times that is longer is judged piece by piece, and then taken in piece by piece. `begin` and
// `judged_end` begin groups.
class ReversePieces {
 public:
  ReversePieces(const LedgerView& ledger, Row begin, Row judged_end, Row end, Row most)
      : rows_(ledger), begin_(begin), judged_end_(judged_end), end_(end), most_(most) {}

  std::optional<Piece> next() {
    if (is_inside_group_) return next_of_group();
    if (end_ == begin_) return std::nullopt;
    const bool is_judged = end_ <= judged_end_;
    const Row least = is_judged ? begin_ : std::max(begin_, judged_end_);
    const Row low = end_ - least > most_ ? end_ - most_ : least;
    const Row cut = is_judged ? first_group(low) : low;
    if (cut == end_) {
      const std::uint32_t time = rows_.time(end_ - 1);
      group_ = {rows_.first(begin_, end_, [&](std::uint32_t other) { return other >= time; }), end_};
      is_inside_group_ = true;
      left_ = {group_.begin, group_.end, true, false};
      return next_of_group();
    }
    return Piece{cut, std::exchange(end_, cut), is_judged, true};
  }

 private:
  // The first row from `low` on that begins a group.
  Row first_group(Row low) const {
    if (low == begin_) return low;
    const std::uint32_t before = rows_.time(low - 1);
    return rows_.first(low, end_, [&](std::uint32_t time) { return time > before; });
  }
  std::optional<Piece> next_of_group() {
    const Row cut = left_.end - left_.begin > most_ ? left_.end - most_ : left_.begin;
    const Piece piece = {cut, std::exchange(left_.end, cut), left_.is_judged, left_.is_added};
    if (left_.end > left_.begin) return piece;
    if (left_.is_judged) {
      left_ = {group_.begin, group_.end, false, true};
    } else {
      is_inside_group_ = false;
      end_ = group_.begin;
    }
    return piece;
  }

  PassingRows rows_;
  Row begin_, judged_end_, end_;
  Row most_;
  bool is_inside_group_ = false;
  Slab group_{};
  Piece left_{};  // of it, in this round
};

}  // namespace ringscan::cpu
