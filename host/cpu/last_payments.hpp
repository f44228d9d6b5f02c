// For a sweep in reverse time: when does a merchant pay somebody next? The last payment that came of each pair of
// wallets in a window, found by a hash, in buckets that forget what left the window; what a full bucket loses is known
// to be lost. A table of times alone, that pairs share, tells many receipts at once whether their payers can have been
// paid before. 4 bytes a place, and 16 more.
#pragma once
#include <array>
#include <bit>
#include <vector>

#include "cpu/any_in_band.hpp"
#include "io/pages.hpp"
#include "ledger/ledger.hpp"

namespace ringscan::cpu {

enum class Answer { no, yes, open };

// Receipts side by side.
struct ReceiptColumns {
  const AmountKey* keys;
  const Wallet* payers;
  const std::uint32_t* times;
};

class LastPayments {
 public:
  // `places`: a power of two, some for each payment of a window.
  LastPayments(std::size_t places, std::uint64_t within)
      : within_(within), shift_(32 - unsigned(std::countr_zero(places))), earliest_(places, never) {
    buckets_.resize(places / 4 + 1);
  }

  [[gnu::always_inline]] void prefetch(Wallet payer, Wallet payee) const {
    __builtin_prefetch(&earliest_[place(payer, payee)], 1);
    __builtin_prefetch(&bucket(place(payer, payee)), 1);
  }
  void add(Wallet payer, Wallet payee, std::uint32_t now) {
    const std::size_t at = place(payer, payee);
    earliest_[at] = now;
    bucket(at).add(pair(payer, payee), now, within_);
  }
  // Whether the next payment, now or later, is before `time`; open where it was lost.
  Answer is_before(Wallet payer, Wallet payee, std::uint32_t time, std::uint32_t now) const {
    const std::size_t at = place(payer, payee);
    if (earliest_[at] >= time) return Answer::no;
    return bucket(at).is_before(pair(payer, payee), time, now, within_);
  }
  // The first of receipts [begin, end) whose amount is in the band, and whose payer this merchant may have paid before;
  // `end` if there is none. The band is not empty.
  std::size_t next(const ReceiptColumns& receipts, std::size_t begin, std::size_t end, rules::Band band,
                   Wallet merchant) const;

 private:
  static constexpr std::uint32_t never = ~std::uint32_t{0};
  static constexpr std::uint32_t of_payer = 0x9E3779B1, of_both = 0x85EBCA77;

  struct alignas(64) Bucket {
    static constexpr std::size_t size = 4;
    std::array<std::uint64_t, size> pairs;
    std::array<std::uint32_t, size> times;
    std::uint32_t count, lost;  // lost: the earliest of the times that were
    bool has_lost;

    static bool has_left(std::uint32_t time, std::uint32_t now, std::uint64_t within) {
      return std::uint32_t(time - now) > within;
    }
    void add(std::uint64_t pair, std::uint32_t now, std::uint64_t within) {
      std::size_t to = 0;  // its own place, or a free one, or that of the latest
      for (std::size_t i = 0; i < count; ++i) {
        if (pairs[i] == pair) {
          times[i] = now;
          return;
        }
        if (times[i] > times[to]) to = i;
      }
      if (count < size) {
        to = count++;
      } else if (!has_left(times[to], now, within)) {
        lost = has_lost ? std::min(lost, times[to]) : times[to];
        has_lost = true;
      }
      pairs[to] = pair, times[to] = now;
    }
    Answer is_before(std::uint64_t pair, std::uint32_t time, std::uint32_t now, std::uint64_t within) const {
      for (std::size_t i = 0; i < count; ++i)
        if (pairs[i] == pair) return times[i] < time ? Answer::yes : Answer::no;
      return has_lost && !has_left(lost, now, within) ? Answer::open : Answer::no;
    }
  };

  static std::uint64_t pair(Wallet payer, Wallet payee) { return std::uint64_t(payer) << 32 | std::uint64_t(payee); }
  std::size_t place(Wallet payer, Wallet payee) const {
    return ((std::uint32_t(payer) * of_payer ^ std::uint32_t(payee)) * of_both) >> shift_;
  }
  Bucket& bucket(std::size_t place) const { return buckets_[place >> 2]; }
  std::size_t next_plain(const ReceiptColumns& receipts, std::size_t begin, std::size_t end, rules::Band band,
                         Wallet merchant) const;
  std::size_t next_avx512(const ReceiptColumns& receipts, std::size_t begin, std::size_t end, rules::Band band,
                          Wallet merchant) const;

  std::uint64_t within_;
  unsigned shift_;
  std::vector<std::uint32_t> earliest_;
  PagedArray<Bucket> buckets_;
};

}  // namespace ringscan::cpu
