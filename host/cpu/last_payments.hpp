// For a sweep in reverse time: when does a merchant pay somebody next? The last payment that came of each pair of
// wallets in a window, found by a hash, in buckets that forget what left the window; what does not fit its bucket,
// which is seldom, is found in a map. A table of times alone, which pairs share, tells of many receipts at once whether
// their payers can have been paid before. 20 bytes a place.
#pragma once
#include <array>
#include <bit>
#include <unordered_map>
#include <vector>

#include "cpu/any_in_band.hpp"
#include "io/pages.hpp"
#include "ledger/ledger.hpp"

namespace ringscan::cpu {

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
    Bucket& of = bucket(at);
    if (of.add(pair(payer, payee), now, within_)) return;
    of.has_more = true;
    others_[pair(payer, payee)] = now;
    if (others_.size() < most_others_) return;
    std::erase_if(others_, [&](const auto& other) { return std::uint32_t(other.second - now) > within_; });
    most_others_ = std::max(least_others, 2 * others_.size());
  }
  // Whether the next payment is before `time`, which is in the window.
  bool is_before(Wallet payer, Wallet payee, std::uint32_t time) const {
    const std::size_t at = place(payer, payee);
    if (earliest_[at] >= time) return false;
    const Bucket& of = bucket(at);
    if (const std::uint32_t* const found = of.find(pair(payer, payee))) return *found < time;
    if (!of.has_more) return false;
    const auto other = others_.find(pair(payer, payee));
    return other != others_.end() && other->second < time;
  }
  // The first of receipts [begin, end) whose amount is in the band, and whose payer this merchant may have paid before;
  // `end` if there is none. The band is not empty.
  std::size_t next(const ReceiptColumns& receipts, std::size_t begin, std::size_t end, rules::Band band,
                   Wallet merchant) const;

 private:
  static constexpr std::uint32_t never = ~std::uint32_t{0};
  static constexpr std::uint32_t of_payer = 0x9E3779B1, of_both = 0x85EBCA77;

  static constexpr std::size_t least_others = 1024;

  struct alignas(64) Bucket {
    static constexpr std::size_t size = 4;
    std::array<std::uint64_t, size> pairs;
    std::array<std::uint32_t, size> times;
    std::uint32_t count;
    bool has_more;  // once a pair had to go elsewhere, where it stays

    const std::uint32_t* find(std::uint64_t pair) const {
      for (std::size_t i = 0; i < count; ++i)
        if (pairs[i] == pair) return &times[i];
      return nullptr;
    }
    // False where there is no room. A pair that had to go elsewhere may come back: then what is here is what counts.
    bool add(std::uint64_t pair, std::uint32_t now, std::uint64_t within) {
      std::size_t to = 0;  // its own place, or a free one, or that of the latest
      for (std::size_t i = 0; i < count; ++i) {
        if (pairs[i] == pair) {
          times[i] = now;
          return true;
        }
        if (times[i] > times[to]) to = i;
      }
      if (count < size)
        to = count++;
      else if (std::uint32_t(times[to] - now) <= within)
        return false;
      pairs[to] = pair, times[to] = now;
      return true;
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
  std::unordered_map<std::uint64_t, std::uint32_t> others_;
  std::size_t most_others_ = least_others;
};

}  // namespace ringscan::cpu
