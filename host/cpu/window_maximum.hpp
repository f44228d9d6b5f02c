// --within for the reverse sweep (sweep.hpp): of what a wallet receives in the window after a purchase, is anything
// larger?
//
// Each wallet keeps a staircase, the receipts that are larger than all of its earlier ones, earliest (and smallest) on
// top: a receipt that is later and no larger than another is outlived by it, as the window moves back in time. A
// purchase asks for the first step above its amount and whether that is still inside the window. O(log steps) a
// purchase, O(1) amortised a receipt. 16 bytes a wallet for the top step, and 16 a step for those below, of which the
// ones that left the window are dropped before room is doubled.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <new>
#include <vector>

#include "backend.hpp"
#include "io/pages.hpp"

namespace ringscan::cpu {

template <bool has_excluded>
class WindowMaximum {
 public:
  static constexpr bool forgets = true;
  static constexpr std::size_t bytes_a_wallet = 16;
  // Searches below a top step, and steps pushed, moved and dropped, so far.
  std::uint64_t work() const { return work_; }

  WindowMaximum(const LedgerView& ledger, const Rule& rule) : ledger_(&ledger), within_(*rule.within) {
    tops_.resize(ledger.wallet_count());
    lines_.resize(1);
    if constexpr (has_excluded) {
      excluded_.resize(ledger.wallet_count());
      for (std::size_t w = 0; w < ledger.wallet_count(); ++w) excluded_[w] = rule.excludes(ledger.wallet_account[w]);
    }
  }

  // Inlined by force: g++ takes a call that only prefetches for one without effect, and drops it.
  [[gnu::always_inline]] void prefetch(Row row) const {
    __builtin_prefetch(&tops_[to_index(ledger_->from[row])]);
    __builtin_prefetch(&tops_[to_index(ledger_->to[row])], 1);
  }
  bool is_hit(Row row) const {
    const AmountKey amount = ledger_->amount[row];
    const std::uint32_t time = ledger_->time[row];
    const Top& top = tops_[to_index(ledger_->from[row])];
    if constexpr (has_excluded)
      if (is_excluded(ledger_->from[row]) || is_excluded(ledger_->to[row])) return false;
    const bool is_live = !has_left(top.time, time), is_larger = top.key > amount;
    if (is_live & !is_larger & (top.below != 0)) return is_below(top.below, amount, time);
    return is_live & is_larger;
  }
  void add(Row row) {
    const AmountKey key = ledger_->amount[row];
    const std::uint32_t time = ledger_->time[row];
    if constexpr (has_excluded)
      if (is_excluded(ledger_->from[row])) return;
    Top& top = tops_[to_index(ledger_->to[row])];
    if (top.key > key && !has_left(top.time, time)) {
      if (top.time == time) return;
      push(top, time);
    } else if (top.below != 0) {
      // Whatever is below a step that has left the window is later, and has left it too.
      if (has_left(top.time, time))
        release(top);
      else
        pop_up_to(top, key);
    }
    top.key = key;
    top.time = time;
  }

 private:
  struct Top {
    AmountKey key;  // 0: nothing was received that any purchase is less than
    std::uint32_t time;
    std::uint32_t below;  // place in lines_ of the steps below, or 0
  };
  struct Step {
    AmountKey key;
    std::uint32_t time;
    std::uint32_t unused;
  };
  // Of the steps below, the lowest (latest, largest) first; they follow this head. Together a power of two of lines.
  struct Head {
    std::uint64_t size;
    std::uint32_t line_count;
    std::uint32_t unused;
  };
  static constexpr std::size_t line_steps = 4;
  struct Line {
    std::array<Step, line_steps> steps;
  };
  static_assert(sizeof(Line) == 64 && sizeof(Head) == sizeof(Step) && sizeof(Top) == bytes_a_wallet);

  bool has_left(std::uint32_t time, std::uint32_t now) const { return std::uint32_t(time - now) > within_; }
  bool is_excluded(Wallet wallet) const { return excluded_[to_index(wallet)]; }
  Head& head(std::uint32_t place) const { return reinterpret_cast<Head&>(lines_[place].steps[0]); }
  Step* steps(std::uint32_t place) const { return lines_[place].steps.data() + 1; }

  bool is_below(std::uint32_t place, AmountKey amount, std::uint32_t time) const {
    ++work_;
    const Step* const first = steps(place);
    const Step* const end =
        std::partition_point(first, first + head(place).size, [&](const Step& step) { return step.key > amount; });
    return end != first && !has_left(end[-1].time, time);
  }

  // The top step goes below: another comes onto it.
  void push(Top& top, std::uint32_t now) {
    ++work_;
    if (top.below == 0) top.below = take(1);
    Head* of = &head(top.below);
    if (of->size + 1 == of->line_count * line_steps) {
      make_room(top, now);
      of = &head(top.below);
    }
    steps(top.below)[of->size++] = {top.key, top.time, 0};
  }

  void make_room(Top& top, std::uint32_t now) {
    const Head old = head(top.below);
    Step* const first = steps(top.below);
    Step* const live =
        std::partition_point(first, first + old.size, [&](const Step& step) { return has_left(step.time, now); });
    const std::size_t dropped = std::size_t(live - first);
    work_ += old.size;
    if (2 * dropped >= old.size) {
      std::memmove(first, live, (old.size - dropped) * sizeof(Step));
      head(top.below).size = old.size - dropped;
      return;
    }
    const std::uint32_t wider = take(2 * old.line_count);  // lines_ may have moved
    std::memcpy(steps(wider), steps(top.below) + dropped, (old.size - dropped) * sizeof(Step));
    head(wider).size = old.size - dropped;
    release(top);
    top.below = wider;
  }

  void pop_up_to(Top& top, AmountKey key) {
    Head& of = head(top.below);
    const Step* const first = steps(top.below);
    while (of.size > 0 && first[of.size - 1].key <= key) --of.size, ++work_;
    if (of.size == 0) release(top);
  }

  // A power of two of lines without steps in them.
  std::uint32_t take(std::uint32_t count) {
    std::vector<std::uint32_t>& free = free_[std::size_t(std::countr_zero(count))];
    std::uint32_t place;
    if (free.empty()) {
      if (lines_.size() + count > ~std::uint32_t{0}) throw std::bad_alloc();
      place = std::uint32_t(lines_.size());
      lines_.resize(lines_.size() + count);
    } else {
      place = free.back();
      free.pop_back();
    }
    head(place) = {0, count, 0};
    return place;
  }
  void release(Top& top) {
    free_[std::size_t(std::countr_zero(head(top.below).line_count))].push_back(top.below);
    top.below = 0;
  }

  const LedgerView* ledger_;
  std::uint64_t within_;
  PagedArray<Top> tops_;
  PagedArray<Line> lines_;                           // the first is nobody's
  std::array<std::vector<std::uint32_t>, 32> free_;  // by the logarithm of their lines
  std::vector<bool> excluded_;
  mutable std::uint64_t work_ = 0;
};

}  // namespace ringscan::cpu
