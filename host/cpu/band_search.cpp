#include "cpu/band_search.hpp"

#include "cpu/any_in_band.hpp"

namespace ringscan::cpu {
namespace {

// A walk over so many keys takes about as long as a question of a large tree.
constexpr std::size_t longest_walk = 1024;

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
