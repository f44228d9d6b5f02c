// Payments of a window that stand together, last come last, in blocks that grow with what the window holds: those that
// left are passed over, and dropped before room is doubled. O(1) amortised a payment, 12 to 20 bytes, times at most
// four.
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

  explicit PaymentBlocks(std::uint64_t within) : within_(within) { lines_.resize(1); }

  // Payments moved and dropped so far.
  std::uint64_t work() const { return work_; }
  [[gnu::always_inline]] void prefetch(std::uint32_t below) const { __builtin_prefetch(&lines_[below]); }
  bool has_left(std::uint32_t time, std::uint32_t now) const {
    return std::uint32_t(is_forward ? now - time : time - now) > within_;
  }

  // `place`: where the payments are, 0 if there are none.
  [[gnu::always_inline]] void append(std::uint32_t& place, const WindowPayment& payment, std::uint32_t now) {
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
  void release(std::uint32_t& place) { free(std::exchange(place, 0)); }
  // Those that are in the window, which there may be none.
  [[gnu::always_inline]] Columns columns(std::uint32_t place, std::uint32_t now) {
    Head& of = head(place);
    if (has_left(of.oldest, now)) drop_left(place, now);
    return {keys(place) + of.begin, pairs(place) + of.begin, times(place) + of.begin, payers(place) + of.begin,
            of.end - of.begin};
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

  Head& head(std::uint32_t place) const { return reinterpret_cast<Head&>(lines_[place]); }
  AmountKey* keys(std::uint32_t place) const { return lines_[place].words.data() + 2; }
  std::uint64_t* pairs(std::uint32_t place) const { return keys(place) + head(place).capacity; }
  std::uint32_t* times(std::uint32_t place) const {
    return reinterpret_cast<std::uint32_t*>(keys(place) + (wallets == Kept::pair ? 2 : 1) * head(place).capacity);
  }
  Wallet* payers(std::uint32_t place) const { return reinterpret_cast<Wallet*>(times(place) + head(place).capacity); }

  [[gnu::noinline]] void drop_left(std::uint32_t place, std::uint32_t now) {
    Head& of = head(place);
    const std::uint32_t* const all = times(place);
    while (of.begin < of.end && has_left(all[of.begin], now)) ++of.begin, ++work_;
    if (of.begin < of.end) of.oldest = all[of.begin];
  }

  [[gnu::noinline]] void make_room(std::uint32_t& place, std::uint32_t now) {
    drop_left(place, now);
    const Head old = head(place);
    work_ += old.end - old.begin;
    if (2 * old.begin >= old.capacity) {
      move(place, place, old);
    } else {
      const std::uint32_t wider = take(2 * line_count(old));
      move(wider, place, old);
      free(place);
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

  // A power of two of lines without payments in them; lines_ may move.
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
    head(place) = {0, 0, std::uint32_t((count * sizeof(Line) - sizeof(Head)) / payment_bytes), 0};
    return place;
  }
  void free(std::uint32_t place) { free_[std::size_t(std::countr_zero(line_count(head(place))))].push_back(place); }
  static std::uint32_t line_count(const Head& head) {
    return std::uint32_t(
        std::bit_ceil((head.capacity * payment_bytes + sizeof(Head) + sizeof(Line) - 1) / sizeof(Line)));
  }

  std::uint64_t within_;
  PagedArray<Line> lines_;                           // the first is nobody's
  std::array<std::vector<std::uint32_t>, 32> free_;  // by the logarithm of their lines
  std::uint64_t work_ = 0;
};

}  // namespace ringscan::cpu
