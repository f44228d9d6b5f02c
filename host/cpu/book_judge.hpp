// One wallet's purchases judged by its receipts, for every rule that asks more of a receipt than that it is larger.
// One thread's: keeps its room, which can be bounded however hot the wallet is.
#pragma once
#include <span>
#include <vector>

#include "cpu/band_search.hpp"
#include "cpu/evaluation.hpp"
#include "io/pages.hpp"

namespace ringscan::cpu {

// Which wallets are named: a bit a wallet, of which those that lines name are touched.
class NamedWallets {
 public:
  explicit NamedWallets(std::size_t wallets) { words_.resize(wallets / 64 + 1); }
  void set(Wallet wallet) { words_[to_index(wallet) / 64] |= std::uint64_t{1} << to_index(wallet) % 64; }
  void clear(Wallet wallet) { words_[to_index(wallet) / 64] = 0; }
  bool holds(Wallet wallet) const { return words_[to_index(wallet) / 64] >> to_index(wallet) % 64 & 1; }

 private:
  PagedArray<std::uint64_t> words_;
};

class BookJudge {
 public:
  // Bytes of room for a line that is looked at, of which there are `at_once` together.
  static constexpr std::uint64_t bytes_of_line = 280;

  BookJudge(const BackendOptions& options, const Question& question, const Delegations& delegations,
            std::size_t at_once = ~std::size_t{0})
      : options_(options),
        question_(question),
        band_search_(question),
        evaluation_(question, delegations),
        named_(question.ledger.wallet_count()),
        half_(std::max<std::size_t>(1, at_once / 2)) {}

  // Whether each purchase is a hit, until the next call. Times ascend; receipts are from payers that the rule allows.
  std::span<const char> judge(std::span<const BookLine> purchases, std::span<const BookLine> receipts) {
    if (purchases.size() <= half_ && receipts.size() <= half_) return judge_together(purchases, receipts);
    // A purchase is a hit if one of the receipts makes it one, so they can be looked at one list after the other.
    all_hits_.assign(purchases.size(), 0);
    for (std::size_t begin = 0; begin < purchases.size(); begin += half_)
      judge_some(purchases.subspan(begin, std::min(half_, purchases.size() - begin)), receipts, &all_hits_[begin]);
    return all_hits_;
  }
  std::uint64_t work() const { return band_search_.work() + evaluation_.work(); }

 private:
  void judge_some(std::span<const BookLine> purchases, std::span<const BookLine> receipts, char* is_hit) {
    open_.assign(purchases.begin(), purchases.end());
    places_.resize(purchases.size());
    for (std::size_t i = 0; i < places_.size(); ++i) places_[i] = i;
    for (std::size_t begin = 0; begin < receipts.size() && !open_.empty(); begin += half_) {
      const std::span<const BookLine> some = receipts.subspan(begin, std::min(half_, receipts.size() - begin));
      if (!may_complete(some)) continue;
      options_.stop_if_asked();
      const std::span<const char> hits = judge_together(open_, some);
      std::size_t left = 0;
      for (std::size_t i = 0; i < open_.size(); ++i) {
        if (hits[i]) {
          is_hit[places_[i]] = 1;
        } else {
          open_[left] = open_[i];
          places_[left++] = places_[i];
        }
      }
      open_.resize(left);
      places_.resize(left);
    }
  }

  // Whether any of these receipts is in time for one of the open purchases.
  bool may_complete(std::span<const BookLine> receipts) const {
    const bool comes_before = question_.rule.model == Model::basic;
    const std::span<const BookLine> first = comes_before ? receipts : open_, second = comes_before ? open_ : receipts;
    return first.front().time < second.back().time &&
           (second.front().time <= first.back().time || second.front().time - first.back().time <= question_.within);
  }

  std::span<const char> judge_together(std::span<const BookLine> purchases, std::span<const BookLine> receipts) {
    if (question_.rule.model == Model::any) {
      band_search_.search(purchases, receipts, is_hit_);
      return is_hit_;
    }
    is_hit_.assign(purchases.size(), question_.rule.model == Model::purchase_only);
    if (question_.rule.model == Model::purchase_only) return is_hit_;
    const bool merchant_pays = question_.rule.model != Model::advanced;
    copy(receipts, merchant_pays ? &purchases : nullptr, receipt_entries_);
    if (receipt_entries_.empty()) return is_hit_;
    copy(purchases, merchant_pays ? &receipts : nullptr, purchase_entries_);
    evaluation_.accuse(purchases.front().wallet, purchase_entries_, receipt_entries_, false, accusations_);
    for (std::size_t i = 0; i < accusations_.size(); ++i)
      is_hit_[purchase_entries_[i].row] = accusations_[i].purchase != no_row;
    return is_hit_;
  }

  // The lines whose counterparty is among those of `others`, if given: who is not both customer and payee of the other
  // has no part in enhanced and basic. Rows are places in the list: all that an evaluation wants of them is their
  // order.
  void copy(std::span<const BookLine> lines, const std::span<const BookLine>* others, std::vector<Entry>& entries) {
    entries.clear();
    if (others != nullptr)
      for (const BookLine& other : *others) named_.set(other.counterparty);
    for (std::size_t i = 0; i < lines.size(); ++i)
      if (others == nullptr || named_.holds(lines[i].counterparty))
        entries.push_back({lines[i].counterparty, lines[i].time, lines[i].amount, i});
    if (others != nullptr)
      for (const BookLine& other : *others) named_.clear(other.counterparty);
  }

  const BackendOptions& options_;
  const Question& question_;
  BandSearch band_search_;
  Evaluation evaluation_;
  NamedWallets named_;
  std::size_t half_;
  std::vector<char> is_hit_, all_hits_;
  std::vector<BookLine> open_;       // purchases that are no hits yet
  std::vector<std::size_t> places_;  // and which they are
  std::vector<Entry> purchase_entries_, receipt_entries_;
  Accusations accusations_;
};

}  // namespace ringscan::cpu
