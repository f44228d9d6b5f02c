#include "packed/plain_hits_writer.hpp"

#include <algorithm>

#include "io/pages.hpp"
#include "ledger/row_marks.hpp"

namespace ringscan::packed {
namespace {

constexpr std::size_t least_wallets = 64;  // of a sweep
constexpr Row prefetch_distance = 32;

// The most that the wallets of one range receive later. The others share a place that is never more than an amount, and
// one that takes what nobody asks for.
class LaterMaximum {
 public:
  LaterMaximum(std::size_t first, std::size_t count) : first_(first), count_(count) { most_.resize(count + 2); }
  [[gnu::always_inline]] AmountKey& of_sender(Wallet wallet) const { return of(wallet, count_); }
  [[gnu::always_inline]] AmountKey& of_receiver(Wallet wallet) const { return of(wallet, count_ + 1); }

 private:
  AmountKey& of(Wallet wallet, std::size_t elsewhere) const {
    const std::size_t place = to_index(wallet) - first_;
    return most_[place < count_ ? place : elsewhere];
  }

  std::size_t first_, count_;
  PagedArray<AmountKey> most_;
};

void sweep(const HitColumns& columns, const LaterMaximum& later, const IndexBudget& budget,
           PagedArray<std::uint64_t>& hits) {
  const auto& [from, to, time, amount, wallet_count] = columns;
  for (Row end = time.size(); end > 0;) {
    budget.stop_if_asked();
    Row first = end - 1;
    while (first > 0 && time[first - 1] == time[end - 1]) --first;
    for (Row row = end; row-- > first;) {
      if (row >= prefetch_distance) {
        __builtin_prefetch(&later.of_sender(from[row - prefetch_distance]));
        __builtin_prefetch(&later.of_receiver(to[row - prefetch_distance]), 1);
      }
      const bool is_hit = later.of_sender(from[row]) > amount[row];
      hits[row / PlainHits::rows_a_word] |= std::uint64_t{is_hit} << row % PlainHits::rows_a_word;
    }
    for (Row row = end; row-- > first;) {
      AmountKey& most = later.of_receiver(to[row]);
      most = std::max(most, amount[row]);
    }
    end = first;
  }
}

}  // namespace

void write_plain_hits(const HitColumns& columns, const IndexBudget& budget, SectionWriter& hits) {
  PagedArray<std::uint64_t> words;
  words.resize(PlainHits::words(columns.time.size()));
  const std::size_t at_once = std::max<std::size_t>(least_wallets, budget.memory_bytes / 2 / sizeof(AmountKey));
  for (std::size_t first = 0; first < columns.wallet_count; first += std::min(at_once, columns.wallet_count - first))
    sweep(columns, {first, std::min(at_once, columns.wallet_count - first)}, budget, words);
  hits.append(words.span());
}

}  // namespace ringscan::packed
