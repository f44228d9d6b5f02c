#include "cpu/delegated_hits.hpp"

#include <array>
#include <bit>

namespace ringscan::cpu {
namespace {

constexpr std::size_t lines_a_purchase = 32;  // walked before a pair's purchases are searched for together
constexpr std::size_t lines_of_a_run = 64;    // walked before a tree is asked
constexpr std::size_t least_batch = std::size_t{1} << 16;

std::span<const WalletLine> after(std::span<const WalletLine> lines, std::uint32_t time) {
  return {std::ranges::upper_bound(lines, time, {}, &WalletLine::time), lines.end()};
}

// The least key of as many bits: no line of a lower octave reaches it.
AmountKey octave_of(AmountKey key) { return std::bit_floor(key); }

}  // namespace

void order_for_search(std::span<WalletLine> receipts) {
  if (receipts.size() <= few_receipts) return;
  std::array<std::size_t, 65> places{};
  const auto octave = [](const WalletLine& line) { return 64 - std::size_t(std::bit_width(line.amount)); };
  for (const WalletLine& line : receipts) ++places[octave(line)];
  std::size_t next = 0;
  for (std::size_t& place : places) next += std::exchange(place, next);
  const std::vector<WalletLine> lines(receipts.begin(), receipts.end());
  for (const WalletLine& line : lines) receipts[places[octave(line)]++] = line;
}

DelegatedHits::DelegatedHits(const Question& question, Slab bought, const WalletLines& payments,
                             const WalletLines& receipts)
    : question_(question),
      payments_(payments),
      receipts_(receipts),
      by_amount_(searches_by_amount(question.rule)),
      is_plain_(!question.rule.within && !question.rule.max_gain),
      first_bought_(question.ledger.time[bought.begin]),
      last_bought_(question.ledger.time[bought.end - 1]),
      bought_(question.ledger.wallet_count()),
      table_(question.ledger.wallet_count()) {}

void DelegatedHits::search_at_merchant(Wallet merchant) {
  found_.clear();
  const std::span<const WalletLine> payments = payments_.of(merchant), purchases = receipts_.of(merchant);
  if (payments.empty() || purchases.empty()) return;
  bought_.group(purchases);
  work_ += purchases.size();
  constexpr std::size_t ahead = 8;
  const std::span<const Run> runs = bought_.runs();
  bool is_open = false;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i + 2 * ahead < runs.size()) receipts_.prefetch_place(runs[i + 2 * ahead].counterparty);
    if (i + ahead < runs.size()) receipts_.prefetch_lines(runs[i + ahead].counterparty);
    const Wallet worker = runs[i].counterparty;
    const std::span<const WalletLine> receipts = receipts_.of(worker);
    if (receipts.empty() || is_for_worker(runs[i].size(), receipts.size(), payments.size())) continue;
    if (!is_open) {
      table_.group(payments), table_.open(), is_open = true;
      work_ += payments.size();
    }
    const std::uint64_t hits = count_pair(merchant, worker, bought_.lines(runs[i]), receipts);
    if (hits != 0) found_.push_back({worker, hits});
  }
  if (is_open) table_.close();
}

std::uint64_t DelegatedHits::count_pair(Wallet merchant, Wallet worker, std::span<const WalletLine> purchases,
                                        std::span<const WalletLine> receipts) {
  if (merchant == worker) return 0;
  std::uint64_t hits = 0;
  std::size_t budget = receipts.size() + lines_a_purchase * purchases.size();
  open_.clear();
  for (const WalletLine& purchase : purchases) {
    if (!is_bought(purchase)) continue;
    const Open open{purchase, question_.reward_band(purchase.amount)};
    if (open.band.is_empty()) continue;
    const Found found = find_receipt(worker, open, receipts, budget);
    if (found == Found::gave_up) open_.push_back(open);
    hits += found == Found::yes;
  }
  return open_.empty() ? hits : hits + count_open(worker, receipts);
}

DelegatedHits::Found DelegatedHits::find_receipt(Wallet worker, const Open& open,
                                                 std::span<const WalletLine> receipts, std::size_t& budget) {
  const std::uint32_t bought = open.purchase.time;
  const bool is_few = receipts.size() <= few_receipts;
  if (!by_amount_ && !is_few) receipts = after(receipts, bought);
  // Lines from `end` on are of a lower octave, or beyond the window.
  const AmountKey least = by_amount_ && !is_few ? octave_of(open.band.low) : 0;
  const std::uint64_t last = !by_amount_ && !is_few ? bought + std::min(question_.within, rules::no_limit - bought)
                                                    : rules::no_limit;
  std::size_t i = 0;
  const std::size_t end = std::min(receipts.size(), budget);
  Found found = Found::no;
  for (; i < end; ++i) {
    const WalletLine& receipt = receipts[i];
    if ((receipt.amount < least) | (receipt.time > last)) break;
    const bool fits = open.band.holds(receipt.amount) & rules::is_later(bought, receipt.time, question_.within) &
                      table_.holds(receipt.counterparty);
    if (fits && receipt.counterparty != worker && has_payment_between(receipt.counterparty, bought, receipt.time)) {
      found = Found::yes;
      break;
    }
  }
  if (found == Found::no && i == end && end < receipts.size()) found = Found::gave_up;
  work_ += i + 1;
  budget -= i;
  return found;
}

bool DelegatedHits::has_payment_between(Wallet delegation, std::uint32_t after, std::uint32_t before) {
  const std::span<const WalletLine> payments = table_.lines(table_.run(delegation));
  ++work_;
  const auto next = std::ranges::lower_bound(payments, before, {}, &WalletLine::time);
  return next != payments.begin() && std::prev(next)->time > after;
}

// All of a pair's purchases at once: a receipt is a witness for those before the delegation's last payment before it.
std::uint64_t DelegatedHits::count_open(Wallet worker, std::span<const WalletLine> receipts) {
  candidates_.clear();
  AmountKey least = rules::no_limit;
  for (const Open& open : open_) least = std::min(least, open.band.low);
  for (const WalletLine& receipt : receipts) {
    if (receipt.amount < least || receipt.counterparty == worker || !table_.holds(receipt.counterparty)) continue;
    const std::span<const WalletLine> payments = table_.lines(table_.run(receipt.counterparty));
    const auto next = std::ranges::lower_bound(payments, receipt.time, {}, &WalletLine::time);
    if (next != payments.begin()) candidates_.push_back({std::prev(next)->time, receipt.amount, receipt.time});
  }
  work_ += receipts.size() + open_.size();
  std::ranges::sort(candidates_, {}, &Candidate::activation);
  std::ranges::sort(open_, {}, [](const Open& open) { return open.purchase.time; });
  questions_.clear();
  for (const Open& open : open_) questions_.push_back({open.purchase.time, open.band});
  const std::span<const Row> first_times = earliest_.answer(candidates_, questions_);
  std::uint64_t hits = 0;
  for (std::size_t i = 0; i < open_.size(); ++i)
    hits += first_times[i] != no_row && first_times[i] - open_[i].purchase.time <= question_.within;
  return hits;
}

void DelegatedHits::search_at_worker(Wallet worker) {
  found_.clear();
  const std::span<const WalletLine> receipts = receipts_.of(worker), purchases = payments_.of(worker);
  if (receipts.size() <= few_receipts || purchases.empty()) return;
  bought_.group(purchases);
  table_.group(receipts);
  work_ += purchases.size() + receipts.size();
  later_maximum_.resize(receipts.size());
  const std::span<WalletLine> lines = table_.all();
  for (const Run& run : table_.runs()) {
    if (by_amount_) std::ranges::sort(table_.lines(run), {}, &WalletLine::time);
    AmountKey most = 0;
    for (std::size_t i = run.end; i-- > run.begin;) later_maximum_[i] = most = std::max(most, lines[i].amount);
  }
  table_.open();
  is_hit_.assign(purchases.size(), 0);
  constexpr std::size_t ahead = 8;
  const std::span<const Run> runs = bought_.runs();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i + 2 * ahead < runs.size()) payments_.prefetch_place(runs[i + 2 * ahead].counterparty);
    if (i + ahead < runs.size()) payments_.prefetch_lines(runs[i + ahead].counterparty);
    const Wallet merchant = runs[i].counterparty;
    const std::span<const WalletLine> payments = payments_.of(merchant);
    if (payments.empty() || merchant == worker || !is_for_worker(runs[i].size(), receipts.size(), payments.size()))
      continue;
    for (std::size_t place = runs[i].begin; place < runs[i].end; ++place)
      is_hit_[place] = is_bought(bought_.all()[place]) && find_payment(merchant, worker, place, payments);
    if (pending_.size() > std::max(least_batch, receipts.size())) answer_pending();
  }
  answer_pending();
  table_.close();
  for (const Run& run : runs) {
    const auto hits = std::uint64_t(std::count(is_hit_.begin() + std::ptrdiff_t(run.begin),
                                               is_hit_.begin() + std::ptrdiff_t(run.end), 1));
    if (hits != 0) found_.push_back({run.counterparty, hits});
  }
}

bool DelegatedHits::find_payment(Wallet merchant, Wallet worker, std::size_t place,
                                 std::span<const WalletLine> payments) {
  const Open open{bought_.all()[place], question_.reward_band(bought_.all()[place].amount)};
  if (open.band.is_empty()) return false;
  const std::size_t were_pending = pending_.size();
  const std::span<const WalletLine> later = after(payments, open.purchase.time);
  work_ += later.size() + 1;
  for (const WalletLine& payment : later) {
    if (!table_.holds(payment.counterparty) || !rules::is_third_party(payment.counterparty, merchant, worker)) continue;
    const Run& run = table_.run(payment.counterparty);
    const Found found = find_in_run(run, payment.time, open);
    if (found == Found::yes) {
      pending_.resize(were_pending);
      return true;
    }
    if (found == Found::gave_up)
      pending_.push_back({std::size_t(&run - table_.runs().data()), {payment.time, open.band}, place});
  }
  return false;
}

DelegatedHits::Found DelegatedHits::find_in_run(const Run& run, std::uint32_t paid, const Open& open) {
  const std::span<const WalletLine> lines = table_.lines(run), later = after(lines, paid);
  ++work_;
  if (later.empty() || later_maximum_[run.end - later.size()] < open.band.low) return Found::no;
  if (is_plain_) return Found::yes;
  const std::size_t end = std::min(later.size(), lines_of_a_run);
  for (std::size_t i = 0; i < end; ++i, ++work_) {
    if (later[i].time - open.purchase.time > question_.within) return Found::no;
    if (open.band.holds(later[i].amount)) return Found::yes;
  }
  return end < later.size() ? Found::gave_up : Found::no;
}

void DelegatedHits::answer_pending() {
  std::ranges::sort(pending_, {}, [](const Pending& one) { return std::pair(one.run, one.question.threshold); });
  for (std::size_t begin = 0, end; begin < pending_.size(); begin = end) {
    questions_.clear();
    for (end = begin; end < pending_.size() && pending_[end].run == pending_[begin].run; ++end)
      questions_.push_back(pending_[end].question);
    candidates_.clear();
    for (const WalletLine& line : table_.lines(table_.runs()[pending_[begin].run]))
      candidates_.push_back({line.time, line.amount, line.time});
    work_ += candidates_.size();
    const std::span<const Row> first_times = earliest_.answer(candidates_, questions_);
    for (std::size_t i = begin; i < end; ++i) {
      const Row first = first_times[i - begin];
      const std::size_t place = pending_[i].purchase;
      if (first != no_row && first - bought_.all()[place].time <= question_.within) is_hit_[place] = 1;
    }
  }
  pending_.clear();
}

}  // namespace ringscan::cpu
