#include "cpu/evaluation.hpp"

#include <algorithm>

namespace ringscan::cpu {

void Evaluation::accuse(std::span<const WalletRow> purchases, std::span<const WalletRow> receipts, bool rows_wanted,
                        Accusations& accusations) {
  accusations.assign(purchases.size(), Evidence{});
  if (question_.rule.model == Model::purchase_only) {
    for (std::size_t i = 0; i < purchases.size(); ++i) accusations[i].purchase = purchases[i].row;
    return;
  }
  find_hopeful(purchases, receipts);
  switch (question_.rule.model) {
    case Model::purchase_only:
      break;
    case Model::any:
      if (question_.is_plain() && !rows_wanted)
        for (const Hopeful& one : hopeful_) accusations[one.place].purchase = one.purchase;
      else
        from_anyone(receipts, accusations);
      break;
    case Model::enhanced:
    case Model::basic:
      from_merchant(receipts, accusations);
      break;
    case Model::advanced:
      delegation_search_.search(hopeful_, receipts, [&](const Hopeful& one, Row reward, Row payment) {
        accusations[one.place] = {one.purchase, reward, payment};
      });
      break;
  }
}

// For rewards: the purchases below the largest amount that the wallet receives later. For basic: all of them.
void Evaluation::find_hopeful(std::span<const WalletRow> purchases, std::span<const WalletRow> receipts) {
  const LedgerView& ledger = question_.ledger;
  hopeful_.clear();
  if (question_.rule.model == Model::basic) {
    for (std::size_t i = 0; i < purchases.size(); ++i)
      hopeful_.push_back({i, purchases[i].row, rules::funding_band(ledger.amount[purchases[i].row])});
    return;
  }
  AmountKey later_maximum = 0;
  std::size_t later = receipts.size();
  for (std::size_t i = purchases.size(); i-- > 0;) {
    const Row purchase = purchases[i].row;
    for (; later > 0 && ledger.time[receipts[later - 1].row] > ledger.time[purchase]; --later)
      later_maximum = std::max(later_maximum, ledger.amount[receipts[later - 1].row]);
    if (ledger.amount[purchase] >= later_maximum) continue;
    const rules::Band band = question_.reward_band(purchase);
    if (!band.is_empty()) hopeful_.push_back({i, purchase, band});
  }
  std::ranges::reverse(hopeful_);
}

void Evaluation::from_anyone(std::span<const WalletRow> receipts, Accusations& accusations) {
  const LedgerView& ledger = question_.ledger;
  candidates_.clear();
  if (hopeful_.empty()) return;
  for (const WalletRow& receipt : receipts)
    candidates_.push_back({ledger.time[receipt.row], ledger.amount[receipt.row], receipt.row});
  answer_rewards(hopeful_, accusations);
}

// enhanced and basic look at each (wallet, merchant) by itself.
void Evaluation::from_merchant(std::span<const WalletRow> receipts, Accusations& accusations) {
  const LedgerView& ledger = question_.ledger;
  const auto merchant_of = [&](const Hopeful& one) { return ledger.to[one.purchase]; };
  std::ranges::stable_sort(hopeful_, {}, merchant_of);
  std::vector<Row> by_payer;
  for (const WalletRow& receipt : receipts) by_payer.push_back(receipt.row);
  const auto payer_of = [&](Row row) { return ledger.from[row]; };
  std::ranges::stable_sort(by_payer, {}, payer_of);
  for (std::size_t begin = 0, end; begin < hopeful_.size(); begin = end) {
    const Wallet merchant = merchant_of(hopeful_[begin]);
    for (end = begin; end < hopeful_.size() && merchant_of(hopeful_[end]) == merchant;) ++end;
    const std::span<const Hopeful> asked(hopeful_.data() + begin, end - begin);
    candidates_.clear();
    for (const Row receipt : std::ranges::equal_range(by_payer, merchant, {}, payer_of))
      candidates_.push_back({ledger.time[receipt], ledger.amount[receipt], receipt});
    if (question_.rule.model == Model::basic)
      answer_fundings(asked, accusations);
    else
      answer_rewards(asked, accusations);
  }
}

// The first receipt in the band is also the earliest: if it is too late for --within, so are all others.
void Evaluation::answer_rewards(std::span<const Hopeful> asked, Accusations& accusations) {
  const LedgerView& ledger = question_.ledger;
  questions_.clear();
  for (const Hopeful& one : asked) questions_.push_back({ledger.time[one.purchase], one.band});
  const std::span<const Row> answers = earliest_.answer(candidates_, questions_);
  for (std::size_t i = 0; i < asked.size(); ++i)
    if (answers[i] != no_row &&
        rules::is_later(ledger.time[asked[i].purchase], ledger.time[answers[i]], question_.within))
      accusations[asked[i].place] = {asked[i].purchase, answers[i], no_row};
}

// Active is what came at or after purchase - within; times are shifted by one, as a threshold is exclusive.
void Evaluation::answer_fundings(std::span<const Hopeful> asked, Accusations& accusations) {
  const LedgerView& ledger = question_.ledger;
  for (Candidate& candidate : candidates_) ++candidate.activation;
  questions_.clear();
  for (const Hopeful& one : asked) {
    const std::uint64_t time = ledger.time[one.purchase];
    questions_.push_back({time - std::min(time, question_.within), one.band});
  }
  const std::span<const Row> answers = earliest_.answer(candidates_, questions_);
  for (std::size_t i = 0; i < asked.size(); ++i)
    if (answers[i] != no_row && ledger.time[answers[i]] < ledger.time[asked[i].purchase])
      accusations[asked[i].place] = {asked[i].purchase, no_row, answers[i]};
}

}  // namespace ringscan::cpu
