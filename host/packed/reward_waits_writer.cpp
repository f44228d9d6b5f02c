#include "packed/reward_waits_writer.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <limits>

#include "io/pages.hpp"
#include "ledger/row_marks.hpp"

namespace ringscan::packed {
namespace {

constexpr std::size_t least_wallets = 64;  // of a sweep
constexpr Row prefetch_distance = 32;

struct Range {
  std::size_t begin, end;
};

// The stacks of one range of wallets. At the bottom of each lies what is larger than any amount.
class LaterReceipts {
 public:
  LaterReceipts(std::span<const std::uint64_t> receipt_begins, Range wallets)
      : begins_(receipt_begins), wallets_(wallets) {
    tops_.resize(wallets.end - wallets.begin);
    receipts_.resize(bottom(wallets.end));
    for (std::size_t wallet = wallets.begin; wallet < wallets.end; ++wallet) {
      tops_[wallet - wallets.begin] = bottom(wallet);
      receipts_[bottom(wallet)].amount = none;
    }
  }
  static std::uint64_t bytes(std::uint64_t receipts, std::uint64_t wallets) {
    return receipts * sizeof(Receipt) + wallets * (sizeof(Receipt) + sizeof(std::uint64_t));
  }

  bool holds(Wallet wallet) const { return to_index(wallet) - wallets_.begin < tops_.size(); }
  [[gnu::always_inline]] void prefetch_place(Wallet wallet) const {
    if (holds(wallet)) __builtin_prefetch(&top(wallet), 1);
  }
  [[gnu::always_inline]] void prefetch(Wallet wallet) const {
    if (holds(wallet)) __builtin_prefetch(&receipts_[top(wallet)], 1);
  }
  // As RewardWaits has it.
  std::uint32_t wait(Wallet wallet, AmountKey amount, std::uint32_t now) const {
    constexpr std::uint64_t few = 8;
    std::uint64_t place = top(wallet);
    for (std::uint64_t i = 0; i < few && receipts_[place].amount <= amount; ++i) --place;
    if (receipts_[place].amount <= amount) {
      const std::span<const Receipt> below = receipts_.span().subspan(bottom(to_index(wallet)));
      const auto larger = std::ranges::partition_point(below.first(place - bottom(to_index(wallet))),
                                                       [&](const Receipt& receipt) { return receipt.amount > amount; });
      place = bottom(to_index(wallet)) + std::uint64_t(larger - below.begin()) - 1;
    }
    const Receipt& reward = receipts_[place];
    return reward.amount == none ? RewardWaits::never : reward.time - now - 1;
  }
  void add(Wallet wallet, AmountKey amount, std::uint32_t now) const {
    std::uint64_t& place = top(wallet);
    while (receipts_[place].amount <= amount) --place;
    receipts_[++place] = {amount, now, 0};
  }

 private:
  struct Receipt {
    AmountKey amount;
    std::uint32_t time, unused;
  };
  static constexpr AmountKey none = ~AmountKey{0};  // no amount's key

  std::uint64_t bottom(std::size_t wallet) const {
    return begins_[wallet] - begins_[wallets_.begin] + (wallet - wallets_.begin);
  }
  std::uint64_t& top(Wallet wallet) const { return tops_[to_index(wallet) - wallets_.begin]; }

  std::span<const std::uint64_t> begins_;
  Range wallets_;
  PagedArray<std::uint64_t> tops_;
  PagedArray<Receipt> receipts_;
};

// The waits of rows [begin, begin + waits.size()) whose senders are in the range.
void sweep(const RewardColumns& columns, const LaterReceipts& later, const IndexBudget& budget, Row begin,
           const PagedArray<std::uint32_t>& waits) {
  const auto& [from, to, time, amount, begins] = columns;
  for (Row end = time.size(); end > begin;) {
    budget.stop_if_asked();
    Row first = end - 1;
    while (first > 0 && time[first - 1] == time[end - 1]) --first;
    for (Row row = end; row-- > first;) {
      if (row >= 2 * prefetch_distance) {
        later.prefetch_place(from[row - 2 * prefetch_distance]);
        later.prefetch_place(to[row - 2 * prefetch_distance]);
        later.prefetch(from[row - prefetch_distance]);
        later.prefetch(to[row - prefetch_distance]);
      }
      if (row - begin < waits.size() && later.holds(from[row]))
        waits[row - begin] = later.wait(from[row], amount[row], time[row]);
    }
    for (Row row = end; row-- > first;)
      if (later.holds(to[row])) later.add(to[row], amount[row], time[row]);
    end = first;
  }
}

// No more than the threads together have room for. Each sweep passes over all rows, so that a few threads sweep no
// faster than one.
std::vector<Range> cut_wallets(std::span<const std::uint64_t> begins, std::uint64_t most_bytes, unsigned threads) {
  const std::size_t wallets = begins.size() - 1;
  constexpr unsigned few_threads = 3;
  const std::uint64_t bytes = std::min(
      most_bytes / threads, LaterReceipts::bytes(begins.back(), wallets) / (threads <= few_threads ? 1 : threads));
  std::vector<Range> ranges;
  for (std::size_t begin = 0, end; begin < wallets; begin = end) {
    for (end = std::min(wallets, begin + least_wallets); end < wallets; ++end)
      if (LaterReceipts::bytes(begins[end + 1] - begins[begin], end + 1 - begin) > bytes) break;
    ranges.push_back({begin, end});
  }
  return ranges;
}

}  // namespace

void write_reward_waits(const RewardColumns& columns, const IndexBudget& budget, SectionWriter& waits,
                        SectionWriter& hits) {
  const Row rows = columns.time.size();
  const std::vector<Range> ranges = cut_wallets(columns.receipt_begins, budget.memory_bytes / 2, budget.threads);
  const Row rows_at_once = std::max<Row>(1, budget.memory_bytes / 2 / sizeof(std::uint32_t) / PlainHits::rows_a_word) *
                           PlainHits::rows_a_word;
  for (Row begin = 0; begin < rows; begin += std::min(rows_at_once, rows - begin)) {
    PagedArray<std::uint32_t> of_part;
    of_part.resize(std::min(rows_at_once, rows - begin));
    tbb::parallel_for(
        std::size_t{0}, ranges.size(),
        [&](std::size_t i) {
          sweep(columns, LaterReceipts(columns.receipt_begins, ranges[i]), budget, begin, of_part);
        },
        tbb::simple_partitioner());
    waits.append(of_part.span());
    for (Row first = 0; first < of_part.size(); first += PlainHits::rows_a_word) {
      std::uint64_t word = 0;
      for (Row row = first; row < std::min<Row>(first + PlainHits::rows_a_word, of_part.size()); ++row)
        word |= std::uint64_t{of_part[row] != RewardWaits::never} << row % PlainHits::rows_a_word;
      hits.append(std::span<const std::uint64_t>(&word, 1));
    }
  }
}

}  // namespace ringscan::packed
