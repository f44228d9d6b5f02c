#include "cpu/evaluation.hpp"

#include <algorithm>

namespace ringscan::cpu {

void Evaluation::accuse(Wallet wallet, std::span<const Entry> purchases, std::span<const Entry> receipts,
                        bool rows_wanted, Accusations& accusations) {
  receipts_ = receipts;
  accusations.assign(purchases.size(), Evidence{});
  work_ += purchases.size() + receipts.size();
  if (question_.rule.model == Model::purchase_only) {
    for (std::size_t i = 0; i < purchases.size(); ++i) accusations[i].purchase = purchases[i].row;
    return;
  }
  find_hopeful(purchases);
  switch (question_.rule.model) {
    case Model::purchase_only:
      break;
    case Model::any:
      if (question_.is_plain() && !rows_wanted)
        for (const Hopeful& one : hopeful_) accusations[one.place].purchase = one.purchase.row;
      else
        from_anyone(accusations);
      break;
    case Model::enhanced:
    case Model::basic:
      from_merchant(accusations);
      break;
    case Model::advanced:
      delegation_search_.search(wallet, hopeful_, receipts, [&](const Hopeful& one, Row reward, Row payment) {
        accusations[one.place] = {one.purchase.row, reward, payment};
      });
      break;
  }
}

// For rewards: the purchases below the largest amount that the wallet receives later. For basic: all of them.
void Evaluation::find_hopeful(std::span<const Entry> purchases) {
  hopeful_.clear();
  if (question_.rule.model == Model::basic) {
    for (std::size_t i = 0; i < purchases.size(); ++i)
      hopeful_.push_back({i, purchases[i], rules::funding_band(purchases[i].amount)});
    return;
  }
  AmountKey later_maximum = 0;
  std::size_t later = receipts_.size();
  for (std::size_t i = purchases.size(); i-- > 0;) {
    const Entry& purchase = purchases[i];
    for (; later > 0 && receipts_[later - 1].time > purchase.time; --later)
      later_maximum = std::max(later_maximum, receipts_[later - 1].amount);
    if (purchase.amount >= later_maximum) continue;
    const rules::Band band = question_.reward_band(purchase.amount);
    if (!band.is_empty()) hopeful_.push_back({i, purchase, band});
  }
  std::ranges::reverse(hopeful_);
}

void Evaluation::from_anyone(Accusations& accusations) {
  candidates_.clear();
  if (hopeful_.empty()) return;
  for (const Entry& receipt : receipts_) candidates_.push_back({receipt.time, receipt.amount, receipt.row});
  answer_rewards(hopeful_, accusations);
}

// enhanced and basic look at each (wallet, merchant) by itself.
void Evaluation::from_merchant(Accusations& accusations) {
  const auto merchant_of = [](const Hopeful& one) { return one.purchase.counterparty; };
  std::ranges::stable_sort(hopeful_, {}, merchant_of);
  by_payer_.assign(receipts_.begin(), receipts_.end());
  std::ranges::stable_sort(by_payer_, {}, &Entry::counterparty);
  for (std::size_t begin = 0, end; begin < hopeful_.size(); begin = end) {
    const Wallet merchant = merchant_of(hopeful_[begin]);
    for (end = begin; end < hopeful_.size() && merchant_of(hopeful_[end]) == merchant;) ++end;
    const std::span<const Hopeful> asked(hopeful_.data() + begin, end - begin);
    candidates_.clear();
    for (const Entry& receipt : std::ranges::equal_range(by_payer_, merchant, {}, &Entry::counterparty))
      candidates_.push_back({receipt.time, receipt.amount, receipt.row});
    if (question_.rule.model == Model::basic)
      answer_fundings(asked, accusations);
    else
      answer_rewards(asked, accusations);
  }
}

// The first receipt in the band is also the earliest: if it is too late for --within, so are all others.
void Evaluation::answer_rewards(std::span<const Hopeful> asked, Accusations& accusations) {
  questions_.clear();
  for (const Hopeful& one : asked) questions_.push_back({one.purchase.time, one.band});
  const std::span<const Row> answers = earliest_.answer(candidates_, questions_);
  for (std::size_t i = 0; i < asked.size(); ++i)
    if (answers[i] != no_row &&
        rules::is_later(asked[i].purchase.time, entry_of(receipts_, answers[i]).time, question_.within))
      accusations[asked[i].place] = {asked[i].purchase.row, answers[i], no_row};
}

// Active is what came at or after purchase - within; times are shifted by one, as a threshold is exclusive.
void Evaluation::answer_fundings(std::span<const Hopeful> asked, Accusations& accusations) {
  for (Candidate& candidate : candidates_) ++candidate.activation;
  questions_.clear();
  for (const Hopeful& one : asked) {
    const std::uint64_t time = one.purchase.time;
    questions_.push_back({time - std::min(time, question_.within), one.band});
  }
  const std::span<const Row> answers = earliest_.answer(candidates_, questions_);
  for (std::size_t i = 0; i < asked.size(); ++i)
    if (answers[i] != no_row && entry_of(receipts_, answers[i]).time < asked[i].purchase.time)
      accusations[asked[i].place] = {asked[i].purchase.row, no_row, answers[i]};
}

}  // namespace ringscan::cpu
