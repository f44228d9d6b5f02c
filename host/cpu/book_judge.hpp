// One wallet's purchases judged by its receipts, for every rule that asks more of a receipt than that it is larger.
// One thread's: keeps its room.
#pragma once
#include <span>
#include <vector>

#include "cpu/band_search.hpp"
#include "cpu/evaluation.hpp"

namespace ringscan::cpu {

class BookJudge {
 public:
  BookJudge(const Question& question, const Delegations& delegations)
      : question_(question), band_search_(question), evaluation_(question, delegations) {}

  // Whether each purchase is a hit, until the next call. Times ascend; receipts are from payers that the rule allows.
  std::span<const char> judge(std::span<const BookLine> purchases, std::span<const BookLine> receipts) {
    if (question_.rule.model == Model::any) {
      band_search_.search(purchases, receipts, is_hit_);
      return is_hit_;
    }
    copy(purchases, purchase_entries_);
    copy(receipts, receipt_entries_);
    evaluation_.accuse(purchases.front().wallet, purchase_entries_, receipt_entries_, false, accusations_);
    is_hit_.resize(purchases.size());
    for (std::size_t i = 0; i < purchases.size(); ++i) is_hit_[i] = accusations_[i].purchase != no_row;
    return is_hit_;
  }
  std::uint64_t work() const { return band_search_.work() + evaluation_.work(); }

 private:
  // Rows are places in the list: all that an evaluation wants of them is their order.
  static void copy(std::span<const BookLine> lines, std::vector<Entry>& entries) {
    entries.clear();
    for (std::size_t i = 0; i < lines.size(); ++i)
      entries.push_back({lines[i].counterparty, lines[i].time, lines[i].amount, i});
  }

  const Question& question_;
  BandSearch band_search_;
  Evaluation evaluation_;
  std::vector<char> is_hit_;
  std::vector<Entry> purchase_entries_, receipt_entries_;
  Accusations accusations_;
};

}  // namespace ringscan::cpu
