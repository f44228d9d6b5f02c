#include "packed/reward_waits_writer.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "io/pages.hpp"
#include "ledger/row_marks.hpp"

namespace ringscan::packed {
namespace {

constexpr std::size_t least_wallets = 64;  // of a sweep
constexpr Row prefetch_distance = 32;
constexpr std::uint64_t most_piece_bytes = std::uint64_t{4} << 20;

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

// Of rows [begin, end), whole groups of equal times, takes the receipts in, last to first, and tells the waits of those
// whose senders are in the range.
void sweep(const RewardColumns& columns, const LaterReceipts& later, Row begin, Row end,
           std::span<std::uint32_t> waits) {
  const auto& [from, to, time, amount, begins] = columns;
  while (end > begin) {
    Row first = end - 1;
    while (first > begin && time[first - 1] == time[end - 1]) --first;
    for (Row row = end; row-- > first;) {
      if (row >= 2 * prefetch_distance) {
        later.prefetch_place(from[row - 2 * prefetch_distance]);
        later.prefetch_place(to[row - 2 * prefetch_distance]);
        later.prefetch(from[row - prefetch_distance]);
        later.prefetch(to[row - prefetch_distance]);
      }
      if (later.holds(from[row])) waits[row - begin] = later.wait(from[row], amount[row], time[row]);
    }
    for (Row row = end; row-- > first;)
      if (later.holds(to[row])) later.add(to[row], amount[row], time[row]);
    end = first;
  }
}

// The wallets from `begin` on that the memory holds, and no fewer than some.
Range range_from(std::span<const std::uint64_t> begins, std::size_t begin, std::uint64_t memory_bytes) {
  const std::size_t wallets = begins.size() - 1;
  std::size_t end = std::min(wallets, begin + least_wallets);
  while (end < wallets && LaterReceipts::bytes(begins[end + 1] - begins[begin], end + 1 - begin) <= memory_bytes) ++end;
  return {begin, end};
}

}  // namespace

void write_reward_waits(const RewardColumns& columns, const IndexBudget& budget, OutputFile& file,
                        std::uint64_t offset) {
  const std::size_t wallets = columns.receipt_begins.size() - 1;
  const std::uint64_t of_piece = std::min(budget.memory_bytes / 8, most_piece_bytes);
  const Row rows_at_once = std::max<Row>(1, of_piece / sizeof(std::uint32_t));
  std::vector<std::uint32_t> waits;
  for (Range range{0, 0}; range.end < wallets;) {
    range = range_from(columns.receipt_begins, range.end, budget.memory_bytes - of_piece);
    const LaterReceipts later(columns.receipt_begins, range);
    const MappedFile before = file.written();
    for (Row end = columns.time.size(); end > 0;) {
      budget.stop_if_asked();
      const std::uint32_t cut = columns.time[end - std::min(end, rows_at_once)];
      const Row begin = Row(std::ranges::lower_bound(columns.time, cut) - columns.time.begin());
      waits.resize(end - begin);
      const std::string_view bytes = bytes_of(std::span<const std::uint32_t>(waits));
      if (range.begin > 0) std::memcpy(waits.data(), before.bytes().data() + offset + begin * 4, bytes.size());
      sweep(columns, later, begin, end, waits);
      file.write_at(offset + begin * 4, bytes);
      end = begin;
    }
  }
}

}  // namespace ringscan::packed
