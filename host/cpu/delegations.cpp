#include "cpu/delegations.hpp"

#include <algorithm>
#include <bit>

namespace ringscan::cpu {
namespace {

// How many questions wait at least before receipts are searched for them: more than a wallet's receipts, so that
// gathering those again costs no more than the questions.
constexpr std::size_t least_batch = std::size_t{1} << 16;

// The payments after the first ones that are at or before `time`.
std::span<const Entry> after(std::span<const Entry> payments, std::uint32_t time) {
  return {std::ranges::upper_bound(payments, time, {}, &Entry::time), payments.end()};
}

}  // namespace

void Delegations::add(Wallet merchant, std::span<const Entry> payments) {
  const std::size_t first = runs_.size();
  for (const Entry& payment : payments) {
    if (runs_.size() == first || payment.counterparty != runs_.back().counterparty)
      runs_.push_back({payment.counterparty, payments_.size(), 0});
    payments_.push_back(payment);
    runs_.back().end = payments_.size();
  }
  merchants_.push_back({merchant, first, runs_.size()});
}

void Delegations::mark_payees() {
  payee_marks_.assign(std::bit_ceil(runs_.size() / 4 + 1), 0);  // 16 bits or more a payee
  for (const Run& run : runs_) {
    const std::uint64_t bit = mark(run.counterparty);
    payee_marks_[bit / 64] |= std::uint64_t{1} << bit % 64;
  }
}

std::span<const Run> Delegations::payees(Wallet merchant) const {
  const auto place = std::ranges::lower_bound(merchants_, merchant, {}, &MerchantRuns::merchant);
  if (place == merchants_.end() || place->merchant != merchant) return {};
  return std::span(runs_).subspan(place->begin, place->end - place->begin);
}

void DelegationSearch::find_rewards(Wallet wallet, std::span<const Hopeful> hopeful, std::span<const Entry> receipts) {
  asked_.clear();
  for (const Hopeful& one : hopeful) asked_.push_back({one});
  if (asked_.empty() || receipts.empty()) return;
  const auto merchant_of = [](const Asked& one) { return one.hopeful.purchase.counterparty; };
  std::ranges::stable_sort(asked_, {}, merchant_of);
  by_payer_.assign(receipts.begin(), receipts.end());
  std::ranges::sort(by_payer_, {}, [](const Entry& receipt) { return std::pair(receipt.counterparty, receipt.row); });
  payers_.clear();
  for (std::size_t i = 0; i < by_payer_.size(); ++i) {
    const Wallet payer = by_payer_[i].counterparty;
    if (i == 0 || payer != payers_.back().counterparty) payers_.push_back({payer, i, i});
    payers_.back().end = i + 1;
  }
  for (std::size_t begin = 0, end; begin < asked_.size(); begin = end) {
    for (end = begin; end < asked_.size() && merchant_of(asked_[end]) == merchant_of(asked_[begin]);) ++end;
    match(wallet, merchant_of(asked_[begin]));
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
        !rules::is_later(one.hopeful.purchase.time, entry_of(receipts, one.reward).time, question_.within))
      one.reward = no_row;
}

// The accounts that paid the worker and that the merchant paid, in one asset.
void DelegationSearch::match(Wallet worker, Wallet merchant) {
  matches_.clear();
  std::span<const Run> payers = payers_, payees = delegations_.payees(merchant);
  const bool payers_are_fewer = payers.size() <= payees.size();
  std::span<const Run> fewer = payers_are_fewer ? payers : payees, more = payers_are_fewer ? payees : payers;
  work_ += fewer.size();
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
  candidates_.clear();
  for (const Match& one : matches_) {
    const std::span<const Entry> payments = delegations_.payments(one.payments);
    for (std::size_t i = one.receipts.begin; i < one.receipts.end; ++i) {
      const Entry& receipt = by_payer_[i];
      const auto next = std::ranges::lower_bound(payments, receipt.time, {}, &Entry::time);
      if (next != payments.begin()) candidates_.push_back({std::prev(next)->time, receipt.amount, receipt.row});
    }
  }
  work_ += candidates_.size() + asked.size();
  std::ranges::sort(candidates_, {}, &Candidate::activation);
  questions_.clear();
  for (const Asked& one : asked) questions_.push_back({one.hopeful.purchase.time, one.hopeful.band});
  const std::span<const Row> answers = earliest_.answer(candidates_, questions_);
  for (std::size_t i = 0; i < asked.size(); ++i) asked[i].reward = answers[i];
}

// Whatever a delegation sends after its next payment proves the purchase: one question per purchase and delegation.
void DelegationSearch::by_payments(std::span<Asked> asked) {
  work_ += asked.size() * matches_.size();
  for (const Asked& one : asked)
    for (const Match& both : matches_) {
      const std::span<const Entry> later = after(delegations_.payments(both.payments), one.hopeful.purchase.time);
      if (later.empty()) continue;
      pending_.push_back({both.receipts.begin,
                          both.receipts.end,
                          {later.front().time, one.hopeful.band},
                          std::size_t(&one - asked_.data())});
    }
  if (pending_.size() > std::max(least_batch, by_payer_.size())) answer_pending();
}

void DelegationSearch::answer_pending() {
  std::ranges::sort(pending_, {},
                    [](const Pending& one) { return std::pair(one.receipts_begin, one.question.threshold); });
  for (std::size_t begin = 0, end; begin < pending_.size(); begin = end) {
    const Pending& first = pending_[begin];
    questions_.clear();
    for (end = begin; end < pending_.size() && pending_[end].receipts_begin == first.receipts_begin; ++end)
      questions_.push_back(pending_[end].question);
    work_ += first.receipts_end - first.receipts_begin;
    candidates_.clear();
    for (std::size_t i = first.receipts_begin; i < first.receipts_end; ++i)
      candidates_.push_back({by_payer_[i].time, by_payer_[i].amount, by_payer_[i].row});
    const std::span<const Row> answers = earliest_.answer(candidates_, questions_);
    for (std::size_t i = begin; i < end; ++i) {
      Row& reward = asked_[pending_[i].asked].reward;
      reward = std::min(reward, answers[i - begin]);
    }
  }
  pending_.clear();
}

Row DelegationSearch::first_payment(const Entry& purchase, const Entry& reward) const {
  const std::span<const Run> payees = delegations_.payees(purchase.counterparty);
  const Run& run = *std::ranges::lower_bound(payees, reward.counterparty, {}, &Run::counterparty);
  return after(delegations_.payments(run), purchase.time).front().row;
}

}  // namespace ringscan::cpu
