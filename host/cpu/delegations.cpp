#include "cpu/delegations.hpp"

#include <algorithm>

namespace ringscan::cpu {
namespace {

// How many questions wait at least before receipts are searched for them: more than a wallet's receipts, so that
// gathering those again costs no more than the questions.
constexpr std::size_t least_batch = std::size_t{1} << 16;

// The payments after the first ones that are at or before `time`.
std::span<const Row> after(const LedgerView& ledger, std::span<const Row> payments, std::uint32_t time) {
  return {std::ranges::upper_bound(payments, time, {}, [&](Row row) { return ledger.time[row]; }), payments.end()};
}

}  // namespace

Delegations::Delegations(const LedgerView& ledger, Partition paid) {
  rows_.reserve(paid.all().size());
  for (std::size_t g = 0; g < paid.group_count(); ++g) {
    const std::span<const WalletRow> group = paid.group(g);
    const std::size_t begin = rows_.size(), first_run = runs_.size();
    for (const WalletRow& payment : group) rows_.push_back(payment.row);
    std::ranges::sort(rows_.begin() + std::ptrdiff_t(begin), rows_.end(), {},
                      [&](Row row) { return std::pair(ledger.to[row], row); });
    for (std::size_t i = begin; i < rows_.size(); ++i) {
      if (i == begin || ledger.to[rows_[i]] != runs_.back().counterparty) runs_.push_back({ledger.to[rows_[i]], i, i});
      runs_.back().end = i + 1;
    }
    merchants_.push_back({group.front().wallet, first_run, runs_.size()});
  }
}

std::span<const Run> Delegations::payees(Wallet merchant) const {
  const auto place = std::ranges::lower_bound(merchants_, merchant, {}, &MerchantRuns::merchant);
  if (place == merchants_.end() || place->merchant != merchant) return {};
  return std::span(runs_).subspan(place->begin, place->end - place->begin);
}

void DelegationSearch::find_rewards(std::span<const Hopeful> hopeful, std::span<const WalletRow> receipts) {
  const LedgerView& ledger = question_.ledger;
  asked_.clear();
  for (const Hopeful& one : hopeful) asked_.push_back({one, ledger.to[one.purchase]});
  if (asked_.empty() || receipts.empty()) return;
  std::ranges::stable_sort(asked_, {}, &Asked::merchant);
  by_payer_.clear();
  for (const WalletRow& receipt : receipts) by_payer_.push_back(receipt.row);
  std::ranges::sort(by_payer_, {}, [&](Row row) { return std::pair(ledger.from[row], row); });
  payers_.clear();
  for (std::size_t i = 0; i < by_payer_.size(); ++i) {
    const Wallet payer = ledger.from[by_payer_[i]];
    if (i == 0 || payer != payers_.back().counterparty) payers_.push_back({payer, i, i});
    payers_.back().end = i + 1;
  }
  for (std::size_t begin = 0, end; begin < asked_.size(); begin = end) {
    for (end = begin; end < asked_.size() && asked_[end].merchant == asked_[begin].merchant;) ++end;
    match(receipts.front().wallet, asked_[begin].merchant);
    std::size_t matched_receipts = 0;
    for (const Match& one : matches_) matched_receipts += one.receipts.end - one.receipts.begin;
    const std::span<Asked> of_merchant(asked_.data() + begin, end - begin);
    if (matched_receipts <= of_merchant.size() * matches_.size())
      by_receipts(of_merchant);
    else
      by_payments(of_merchant);
  }
  answer_pending();
  for (Asked& one : asked_)
    if (one.reward != no_row &&
        !rules::is_later(ledger.time[one.hopeful.purchase], ledger.time[one.reward], question_.within))
      one.reward = no_row;
}

// The accounts that paid the worker and that the merchant paid, in one asset.
void DelegationSearch::match(Wallet worker, Wallet merchant) {
  matches_.clear();
  std::span<const Run> payers = payers_, payees = delegations_.payees(merchant);
  const bool payers_are_fewer = payers.size() <= payees.size();
  std::span<const Run> fewer = payers_are_fewer ? payers : payees, more = payers_are_fewer ? payees : payers;
  for (const Run& run : fewer) {
    const auto place = std::ranges::lower_bound(more, run.counterparty, {}, &Run::counterparty);
    more = {place, more.end()};
    if (more.empty()) return;
    if (more.front().counterparty != run.counterparty || !rules::is_third_party(run.counterparty, merchant, worker))
      continue;
    matches_.push_back(payers_are_fewer ? Match{run, more.front()} : Match{more.front(), run});
  }
}

// A receipt proves a purchase exactly if the delegation's latest payment before it came after the purchase.
void DelegationSearch::by_receipts(std::span<Asked> asked) {
  const LedgerView& ledger = question_.ledger;
  candidates_.clear();
  for (const Match& one : matches_) {
    const std::span<const Row> payments = delegations_.payments(one.payments);
    for (std::size_t i = one.receipts.begin; i < one.receipts.end; ++i) {
      const Row receipt = by_payer_[i];
      const auto next =
          std::ranges::lower_bound(payments, ledger.time[receipt], {}, [&](Row row) { return ledger.time[row]; });
      if (next != payments.begin())
        candidates_.push_back({ledger.time[*std::prev(next)], ledger.amount[receipt], receipt});
    }
  }
  std::ranges::sort(candidates_, {}, &Candidate::activation);
  questions_.clear();
  for (const Asked& one : asked) questions_.push_back({ledger.time[one.hopeful.purchase], one.hopeful.band});
  const std::span<const Row> answers = earliest_.answer(candidates_, questions_);
  for (std::size_t i = 0; i < asked.size(); ++i) asked[i].reward = answers[i];
}

// Whatever a delegation sends after its next payment proves the purchase: one question per purchase and delegation.
void DelegationSearch::by_payments(std::span<Asked> asked) {
  const LedgerView& ledger = question_.ledger;
  for (const Asked& one : asked)
    for (const Match& both : matches_) {
      const std::span<const Row> later =
          after(ledger, delegations_.payments(both.payments), ledger.time[one.hopeful.purchase]);
      if (later.empty()) continue;
      pending_.push_back({both.receipts.begin,
                          both.receipts.end,
                          {ledger.time[later.front()], one.hopeful.band},
                          std::size_t(&one - asked_.data())});
    }
  if (pending_.size() > std::max(least_batch, by_payer_.size())) answer_pending();
}

void DelegationSearch::answer_pending() {
  const LedgerView& ledger = question_.ledger;
  std::ranges::sort(pending_, {},
                    [](const Pending& one) { return std::pair(one.receipts_begin, one.question.threshold); });
  for (std::size_t begin = 0, end; begin < pending_.size(); begin = end) {
    const Pending& first = pending_[begin];
    questions_.clear();
    for (end = begin; end < pending_.size() && pending_[end].receipts_begin == first.receipts_begin; ++end)
      questions_.push_back(pending_[end].question);
    candidates_.clear();
    for (std::size_t i = first.receipts_begin; i < first.receipts_end; ++i)
      candidates_.push_back({ledger.time[by_payer_[i]], ledger.amount[by_payer_[i]], by_payer_[i]});
    const std::span<const Row> answers = earliest_.answer(candidates_, questions_);
    for (std::size_t i = begin; i < end; ++i) {
      Row& reward = asked_[pending_[i].asked].reward;
      reward = std::min(reward, answers[i - begin]);
    }
  }
  pending_.clear();
}

Row DelegationSearch::first_payment(Row purchase, Row reward) const {
  const LedgerView& ledger = question_.ledger;
  const std::span<const Run> payees = delegations_.payees(ledger.to[purchase]);
  const Run& run = *std::ranges::lower_bound(payees, ledger.from[reward], {}, &Run::counterparty);
  return after(ledger, delegations_.payments(run), ledger.time[purchase]).front();
}

}  // namespace ringscan::cpu
