#include "cpu/band_search.hpp"

namespace ringscan::cpu {
namespace {

// A walk over so many keys takes about as long as a question of a large tree.
constexpr std::size_t longest_walk = 1024;
constexpr std::size_t piece = 32;

// How many keys come before the first piece that has one in the band, which is not empty; `count` if none has. In
// pieces, so that it ends early and is vectors inside.
[[gnu::always_inline]] inline std::size_t any_in(const AmountKey* keys, std::size_t count, rules::Band band) {
  const std::uint64_t width = band.high - band.low;
  std::size_t i = 0;
  for (; i + piece <= count; i += piece) {
    std::uint64_t any = 0;
    for (std::size_t j = 0; j < piece; ++j) any |= std::uint64_t{keys[i + j] - band.low <= width};
    if (any != 0) return i;
  }
  for (; i < count; ++i)
    if (keys[i] - band.low <= width) return i;
  return count;
}

#ifdef __x86_64__
__attribute__((target("avx512f"))) std::size_t any_in_avx512(const AmountKey* keys, std::size_t count,
                                                             rules::Band band) {
  return any_in(keys, count, band);
}
__attribute__((target("avx2"))) std::size_t any_in_avx2(const AmountKey* keys, std::size_t count, rules::Band band) {
  return any_in(keys, count, band);
}
#endif
std::size_t any_in_plain(const AmountKey* keys, std::size_t count, rules::Band band) {
  return any_in(keys, count, band);
}

const auto any_in_band = [] {
#ifdef __x86_64__
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return any_in_avx512;
  if (__builtin_cpu_supports("avx2")) return any_in_avx2;
#endif
  return any_in_plain;
}();

}  // namespace

void BandSearch::search(std::span<const BookLine> purchases, std::span<const BookLine> receipts,
                        std::vector<char>& is_hit) {
  is_hit.assign(purchases.size(), 0);
  if (receipts.empty()) return;
  keys_.clear();
  work_ += purchases.size() + receipts.size();
  for (const BookLine& receipt : receipts) keys_.push_back(receipt.amount);
  open_.clear();
  open_place_.clear();
  std::size_t begin = 0, end = 0;  // of the window
  for (std::size_t i = 0; i < purchases.size(); ++i) {
    const BookLine& purchase = purchases[i];
    while (begin < receipts.size() && receipts[begin].time <= purchase.time) ++begin;
    if (begin == receipts.size()) break;
    if (question_.within == rules::no_limit) end = receipts.size();
    end = std::max(begin, end);
    while (end < receipts.size() && receipts[end].time - purchase.time <= question_.within) ++end;
    if (begin == end) continue;
    const rules::Band band = question_.reward_band(purchase.amount);
    if (band.is_empty()) continue;
    const std::size_t walk = std::min(end - begin, longest_walk);
    const std::size_t walked = any_in_band(&keys_[begin], walk, band);
    work_ += walked + 1;
    if (walked < walk) {
      is_hit[i] = 1;
    } else if (walk < end - begin) {
      open_.push_back({purchase.time, band});
      open_place_.push_back(i);
    }
  }
  if (open_.empty()) return;
  candidates_.clear();
  for (std::size_t i = 0; i < receipts.size(); ++i) candidates_.push_back({receipts[i].time, receipts[i].amount, i});
  const std::span<const Row> answers = earliest_.answer(candidates_, open_);
  for (std::size_t i = 0; i < open_.size(); ++i)
    if (answers[i] != no_row)
      is_hit[open_place_[i]] =
          rules::is_later(std::uint32_t(open_[i].threshold), receipts[answers[i]].time, question_.within);
}

}  // namespace ringscan::cpu
