// Payments of a window that stand together, last come last, in blocks that grow with what the window holds: those that
// left are passed over, and dropped before room is doubled. Where bands are narrow, a block that grows long is split by
// amounts, so that a question looks at few. O(1) amortised a payment, 12 to 20 bytes, times at most four.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "io/pages.hpp"
#include "ledger/ledger.hpp"
#include "rules/predicates.hpp"

namespace ringscan::cpu {

struct WindowPayment {
  AmountKey key;
  std::uint32_t time;
  Wallet payer, payee;
  std::uint64_t pair() const { return std::uint64_t(payer) << 32 | std::uint64_t(payee); }
};

// Of both wallets a block keeps the pair, the payer, or none.
enum class Kept { none, payer, pair };

template <Kept wallets, bool is_forward>
class PaymentBlocks {
 public:
  // Side by side, `count` of each.
  struct Columns {
    const AmountKey* keys;
    const std::uint64_t* pairs;
    const std::uint32_t* times;
    const Wallet* payers;
    std::size_t count;
  };

  PaymentBlocks(std::uint64_t within, bool splits) : within_(within), splits_(splits) { lines_.resize(1); }

  // Payments moved and dropped so far.
  std::uint64_t work() const { return work_; }
  [[gnu::always_inline]] void prefetch(std::uint32_t below) const { __builtin_prefetch(&lines_[below & ~is_split]); }
  bool has_left(std::uint32_t time, std::uint32_t now) const {
    return std::uint32_t(is_forward ? now - time : time - now) > within_;
  }

  // `below`: where the payments are, 0 if there are none; put() and release() change it.
  void put(std::uint32_t& below, const WindowPayment& payment, std::uint32_t now) {
    if (splits_ && is_long(below)) split(below, now);
    if ((below & is_split) == 0)
      append(below, payment, now);
    else
      append_to_class(below & ~is_split, payment, now);
  }
  void release(std::uint32_t& below) {
    if ((below & is_split) == 0) {
      free(below, line_count(head(below)));
    } else {
      const std::uint32_t split = below & ~is_split;
      for (std::size_t i = 0; i < class_count; ++i)
        if (const std::uint32_t of_class = classes(split)[i]; of_class != 0)
          free(of_class, line_count(head(of_class)));
      free(split, split_lines);
    }
    below = 0;
  }
  // Calls visit(columns) for those that are in the window and perhaps in the band, until it returns true.
  template <class Visit>
  void each(std::uint32_t below, rules::Band band, std::uint32_t now, Visit visit) {
    if ((below & is_split) == 0) {
      visit(columns(below, now));
      return;
    }
    const std::size_t last = class_of(band.high);
    for (std::size_t i = class_of(band.low); i <= last; ++i)
      if (const std::uint32_t of_class = classes(below & ~is_split)[i]; of_class != 0)
        if (visit(columns(of_class, now))) return;
  }

 private:
  // A power of two of lines: this head, then the keys, pairs, times and payers of so many payments, of which those from
  // `begin` to `end` count.
  struct Head {
    std::uint32_t begin, end, capacity;
    std::uint32_t oldest;  // the time of the one at `begin`, if there is one
  };
  struct alignas(64) Line {
    std::array<std::uint64_t, 8> words;
  };
  static constexpr std::size_t payment_bytes = wallets == Kept::pair ? 20 : wallets == Kept::payer ? 16 : 12;
  static constexpr std::uint32_t is_split = std::uint32_t{1} << 31;
  static constexpr std::size_t class_count = 128;  // half octaves
  static constexpr std::uint32_t split_lines = class_count * sizeof(std::uint32_t) / sizeof(Line);
  static constexpr std::uint32_t most_lines_unsplit = 8;

  static std::size_t class_of(AmountKey key) {
    if (key < 2) return 0;
    const auto octave = unsigned(std::bit_width(key)) - 1;
    return 2 * octave + (key >> (octave - 1) & 1);
  }
  std::uint32_t* classes(std::uint32_t split) const {
    return reinterpret_cast<std::uint32_t*>(lines_[split].words.data());
  }
  Head& head(std::uint32_t place) const { return reinterpret_cast<Head&>(lines_[place]); }
  AmountKey* keys(std::uint32_t place) const { return lines_[place].words.data() + 2; }
  std::uint64_t* pairs(std::uint32_t place) const { return keys(place) + head(place).capacity; }
  std::uint32_t* times(std::uint32_t place) const {
    return reinterpret_cast<std::uint32_t*>(keys(place) + (wallets == Kept::pair ? 2 : 1) * head(place).capacity);
  }
  Wallet* payers(std::uint32_t place) const {
    return reinterpret_cast<Wallet*>(times(place) + head(place).capacity);
  }

  Columns columns(std::uint32_t place, std::uint32_t now) {
    Head& of = head(place);
    if (has_left(of.oldest, now)) drop_left(place, now);
    return {keys(place) + of.begin, pairs(place) + of.begin, times(place) + of.begin, payers(place) + of.begin,
            of.end - of.begin};
  }
  void drop_left(std::uint32_t place, std::uint32_t now) {
    Head& of = head(place);
    const std::uint32_t* const all = times(place);
    while (of.begin < of.end && has_left(all[of.begin], now)) ++of.begin, ++work_;
    if (of.begin < of.end) of.oldest = all[of.begin];
  }

  bool is_long(std::uint32_t below) const {
    if (below == 0 || (below & is_split) != 0) return false;
    const Head& of = head(below);
    return of.end == of.capacity && of.capacity * payment_bytes > most_lines_unsplit / 2 * sizeof(Line);
  }
  void split(std::uint32_t& below, std::uint32_t now) {
    drop_left(below, now);
    const std::uint32_t old = std::exchange(below, take_lines(split_lines) | is_split), split = below & ~is_split;
    std::fill_n(classes(split), class_count, 0);
    for (std::uint32_t i = head(old).begin; i < head(old).end; ++i) {
      WindowPayment payment{keys(old)[i], times(old)[i], {}, {}};
      if constexpr (wallets == Kept::payer) payment.payer = payers(old)[i];
      if constexpr (wallets == Kept::pair)
        payment.payer = Wallet(std::uint32_t(pairs(old)[i] >> 32)), payment.payee = Wallet(std::uint32_t(pairs(old)[i]));
      append_to_class(split, payment, now);
    }
    free(old, line_count(head(old)));
  }
  void append_to_class(std::uint32_t split, const WindowPayment& payment, std::uint32_t now) {
    std::uint32_t place = classes(split)[class_of(payment.key)];
    append(place, payment, now);
    classes(split)[class_of(payment.key)] = place;  // lines may have moved
  }
  void append(std::uint32_t& place, const WindowPayment& payment, std::uint32_t now) {
    ++work_;
    if (place == 0) place = take(1);
    if (head(place).end == head(place).capacity) make_room(place, now);
    Head& of = head(place);
    keys(place)[of.end] = payment.key;
    times(place)[of.end] = payment.time;
    if constexpr (wallets == Kept::pair) pairs(place)[of.end] = payment.pair();
    if constexpr (wallets == Kept::payer) payers(place)[of.end] = payment.payer;
    if (of.begin == of.end) of.oldest = payment.time;
    ++of.end;
  }
  void make_room(std::uint32_t& place, std::uint32_t now) {
    drop_left(place, now);
    const Head old = head(place);
    work_ += old.end - old.begin;
    if (2 * old.begin >= old.capacity) {
      move(place, place, old);
    } else {
      const std::uint32_t wider = take(2 * line_count(old));
      move(wider, place, old);
      free(place, line_count(old));
      place = wider;
    }
  }
  void move(std::uint32_t to, std::uint32_t from, const Head& old) {
    const auto move_column = [&](auto* of, const auto* old_of) {
      std::memmove(of, old_of + old.begin, (old.end - old.begin) * sizeof(*of));
    };
    move_column(keys(to), keys(from));
    if constexpr (wallets == Kept::pair) move_column(pairs(to), pairs(from));
    move_column(times(to), times(from));
    if constexpr (wallets == Kept::payer) move_column(payers(to), payers(from));
    head(to) = {0, old.end - old.begin, head(to).capacity, old.oldest};
  }

  // Lines without payments in them; lines_ may move.
  std::uint32_t take_lines(std::uint32_t count) {
    std::vector<std::uint32_t>& free = free_[std::size_t(std::countr_zero(count))];
    if (free.empty()) {
      const std::size_t place = lines_.size();
      if (place + count >= is_split) throw std::bad_alloc();
      lines_.resize(place + count);
      return std::uint32_t(place);
    }
    const std::uint32_t place = free.back();
    free.pop_back();
    return place;
  }
  std::uint32_t take(std::uint32_t count) {
    const std::uint32_t place = take_lines(count);
    head(place) = {0, 0, std::uint32_t((count * sizeof(Line) - sizeof(Head)) / payment_bytes), 0};
    return place;
  }
  void free(std::uint32_t place, std::uint32_t count) { free_[std::size_t(std::countr_zero(count))].push_back(place); }
  static std::uint32_t line_count(const Head& head) {
    return std::uint32_t(
        std::bit_ceil((head.capacity * payment_bytes + sizeof(Head) + sizeof(Line) - 1) / sizeof(Line)));
  }

  std::uint64_t within_;
  bool splits_;
  PagedArray<Line> lines_;                           // the first is nobody's
  std::array<std::vector<std::uint32_t>, 32> free_;  // by the logarithm of their lines
  std::uint64_t work_ = 0;
};

}  // namespace ringscan::cpu
