#include "cpu/delegated_hits.hpp"

#include <algorithm>
#include <bit>

namespace ringscan::cpu {
namespace {

constexpr std::size_t lines_a_purchase = 32;  // walked before a pair's purchases are searched for together
constexpr std::size_t lines_of_a_run = 64;    // walked before a tree is asked
constexpr std::size_t least_batch = std::size_t{1} << 16;

std::span<const WalletLine> after(std::span<const WalletLine> lines, std::uint32_t time) {
  return {std::ranges::upper_bound(lines, time, {}, &WalletLine::time), lines.end()};
}

// A band holds few of many receipts: these are passed over a piece at a time.
constexpr std::size_t piece = 16;
bool has_any(std::span<const WalletLine> lines, rules::Band band) {
  const std::uint64_t width = band.high - band.low;
  std::uint64_t any = 0;
  for (std::size_t i = 0; i < piece; ++i) any |= std::uint64_t{lines[i].amount - band.low <= width};
  return any != 0;
}

// What the wallets of the next runs will be asked for. Inlined by force: g++ drops calls that only prefetch.
constexpr std::size_t few_runs = 64;
[[gnu::always_inline]] inline void prefetch(const WalletLines& lines, std::span<const Counterparties::Run> runs,
                                            std::size_t i) {
  constexpr std::size_t ahead = 8;
  if (i + 2 * ahead < runs.size()) lines.prefetch_place(runs[i + 2 * ahead].counterparty);
  if (i + ahead < runs.size()) lines.prefetch_lines(runs[i + ahead].counterparty);
}
// The same across merchants, of which most have few customers: of the customers some lines on.
[[gnu::always_inline]] inline void prefetch(const WalletLines& receipts, const WalletLines& sales, Wallet merchant) {
  constexpr std::size_t ahead = 32;
  const std::span<const WalletLine> all = sales.all();
  const std::size_t begin = sales.place(merchant), end = begin + std::min(sales.count(merchant), few_runs);
  for (std::size_t i = begin; i < end; ++i) {
    if (i + 2 * ahead < all.size()) receipts.prefetch_place(all[i + 2 * ahead].counterparty);
    if (i + ahead < all.size()) receipts.prefetch_lines(all[i + ahead].counterparty);
  }
}

}  // namespace

DelegatedHits::DelegatedHits(const Question& question, Slab bought, const WalletLines& payments,
                             const WalletLines& receipts, const WalletLines& purchases, const WalletLines& sales)
    : question_(question),
      payments_(payments),
      receipts_(receipts),
      purchases_(purchases),
      sales_(sales),
      has_gain_(question.rule.max_gain.has_value()),
      is_plain_(!question.rule.within && !has_gain_),
      first_bought_(question.ledger.time[bought.begin]),
      last_bought_(question.ledger.time[bought.end - 1]),
      bought_(question.ledger.wallet_count()),
      table_(question.ledger.wallet_count()) {}

void DelegatedHits::search_at_merchant(Wallet merchant) {
  found_.clear();
  prefetch(receipts_, sales_, merchant);
  const std::span<const WalletLine> payments = payments_.of(merchant), purchases = sales_.of(merchant);
  if (payments.empty() || purchases.empty()) return;
  bought_.group(purchases);
  work_ += purchases.size();
  const std::span<const Run> runs = bought_.runs();
  bool is_open = false;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs.size() > few_runs) prefetch(receipts_, runs, i);
    const Wallet worker = runs[i].counterparty;
    const std::span<const WalletLine> receipts = receipts_.of(worker);
    if (receipts.empty() || is_for_worker(runs[i].size(), receipts.size(), payments.size())) continue;
    if (!is_open) {
      table_.open(payments), is_open = true;
      work_ += payments.size();
    }
    const std::uint64_t hits = count_pair(merchant, worker, bought_.lines(runs[i]), receipts, payments.back().time);
    if (hits != 0) found_.push_back({worker, hits});
  }
  if (is_open) table_.close();
}

// From the last purchase to the first: what proves one, most often proves those before it.
std::uint64_t DelegatedHits::count_pair(Wallet merchant, Wallet worker, std::span<const WalletLine> purchases,
                                        std::span<const WalletLine> receipts, std::uint32_t last_payment) {
  std::uint64_t hits = 0;
  std::size_t budget = receipts.size() + lines_a_purchase * purchases.size();
  Witness witness;
  open_.clear();
  for (std::size_t i = purchases.size(); i-- > 0;) {
    if (purchases[i].time >= last_payment || !is_bought(purchases[i])) continue;
    const Open open{purchases[i], question_.reward_band(purchases[i].amount)};
    const Found found =
        proves(witness, open) ? Found::yes : find_receipt(merchant, worker, open, receipts, budget, witness);
    if (found == Found::gave_up) open_.push_back(open);
    hits += found == Found::yes;
  }
  return open_.empty() ? hits : hits + count_open(merchant, worker, receipts);
}

bool DelegatedHits::proves(const Witness& witness, const Open& open) const {
  return open.band.holds(witness.amount) && open.purchase.time < witness.paid &&
         rules::is_later(open.purchase.time, witness.received, question_.within);
}

// From the last receipt of the window to the first, as a delegation was the likelier paid before it.
DelegatedHits::Found DelegatedHits::find_receipt(Wallet merchant, Wallet worker, const Open& open,
                                                 std::span<const WalletLine> receipts, std::size_t& budget,
                                                 Witness& witness) {
  if (receipts.size() <= few_receipts) return find_among_few(merchant, worker, open, receipts, witness);
  const std::uint64_t bought = open.purchase.time;
  if (question_.within < ~std::uint32_t{0} - bought)
    receipts = receipts.first(receipts.size() - after(receipts, std::uint32_t(bought + question_.within)).size());
  std::size_t i = receipts.size();
  const std::size_t stop = i - std::min(i, budget);
  const auto found = [&](Found answer) {
    work_ += receipts.size() - i + 1;
    budget -= receipts.size() - i;
    return answer;
  };
  while (i > stop && receipts[i - 1].time > bought) {
    if (has_gain_ && i >= stop + piece && !has_any(receipts.subspan(i - piece, piece), open.band)) {
      i -= piece;
      continue;
    }
    const WalletLine& receipt = receipts[--i];
    if (may_prove(receipt, open) && is_witness(merchant, worker, open, receipt, witness)) return found(Found::yes);
  }
  return found(i > 0 && receipts[i - 1].time > bought ? Found::gave_up : Found::no);
}

// All are looked at, without a branch for each.
DelegatedHits::Found DelegatedHits::find_among_few(Wallet merchant, Wallet worker, const Open& open,
                                                   std::span<const WalletLine> receipts, Witness& witness) {
  work_ += receipts.size();
  std::uint32_t fitting = 0;
  for (std::size_t i = 0; i < receipts.size(); ++i) fitting |= std::uint32_t{may_prove(receipts[i], open)} << i;
  for (; fitting != 0; fitting &= fitting - 1)
    if (is_witness(merchant, worker, open, receipts[std::size_t(std::countr_zero(fitting))], witness))
      return Found::yes;
  return Found::no;
}

bool DelegatedHits::is_witness(Wallet merchant, Wallet worker, const Open& open, const WalletLine& receipt,
                               Witness& witness) {
  if (!rules::is_third_party(receipt.counterparty, merchant, worker)) return false;
  const WalletLine* const payment = last_payment_before(receipt.counterparty, receipt.time);
  if (payment == nullptr || payment->time <= open.purchase.time) return false;
  witness = {receipt.amount, payment->time, receipt.time};
  return true;
}

const WalletLine* DelegatedHits::last_payment_before(Wallet delegation, std::uint32_t time) {
  const std::span<const WalletLine> payments = table_.lines(table_.run(delegation));
  ++work_;
  const auto next = std::ranges::lower_bound(payments, time, {}, &WalletLine::time);
  return next == payments.begin() ? nullptr : &*std::prev(next);
}

// All of a pair's purchases at once: a receipt is a witness for those before the delegation's last payment before it.
std::uint64_t DelegatedHits::count_open(Wallet merchant, Wallet worker, std::span<const WalletLine> receipts) {
  rules::Band band = open_.front().band;
  for (const Open& open : open_) {
    band.low = std::min(band.low, open.band.low);
    band.high = std::max(band.high, open.band.high);
  }
  candidates_.clear();
  const std::uint64_t last_bought = open_.front().purchase.time;
  receipts = after(receipts, open_.back().purchase.time);
  if (question_.within < ~std::uint32_t{0} - last_bought)
    receipts = receipts.first(receipts.size() - after(receipts, std::uint32_t(last_bought + question_.within)).size());
  for (const WalletLine& receipt : receipts) {
    if (!band.holds(receipt.amount) || !table_.holds(receipt.counterparty) ||
        !rules::is_third_party(receipt.counterparty, merchant, worker))
      continue;
    const WalletLine* const payment = last_payment_before(receipt.counterparty, receipt.time);
    if (payment != nullptr) candidates_.push_back({payment->time, receipt.amount, receipt.time});
  }
  work_ += receipts.size() + open_.size();
  std::ranges::sort(candidates_, {}, &Candidate::activation);
  std::ranges::reverse(open_);
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
  const std::span<const WalletLine> receipts = receipts_.of(worker), purchases = purchases_.of(worker);
  if (receipts.size() <= few_receipts || purchases.empty()) return;
  bought_.group(purchases);
  table_.open(receipts);
  table_.group_opened();
  work_ += purchases.size() + receipts.size();
  later_maximum_.resize(receipts.size());
  const std::span<WalletLine> lines = table_.all();
  for (const Run& run : table_.runs()) {
    AmountKey most = 0;
    for (std::size_t i = run.end; i-- > run.begin;) later_maximum_[i] = most = std::max(most, lines[i].amount);
  }
  is_hit_.assign(purchases.size(), 0);
  const std::span<const Run> runs = bought_.runs();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    prefetch(payments_, runs, i);
    const Wallet merchant = runs[i].counterparty;
    const std::span<const WalletLine> payments = payments_.of(merchant);
    if (payments.empty() || !is_for_worker(runs[i].size(), receipts.size(), payments.size())) continue;
    for (std::size_t place = runs[i].begin; place < runs[i].end; ++place)
      is_hit_[place] = is_bought(bought_.all()[place]) && find_payment(merchant, worker, place, payments);
    if (pending_.size() > std::max(least_batch, receipts.size())) answer_pending();
  }
  answer_pending();
  table_.close();
  for (const Run& run : runs) {
    const auto hits = std::uint64_t(
        std::count(is_hit_.begin() + std::ptrdiff_t(run.begin), is_hit_.begin() + std::ptrdiff_t(run.end), 1));
    if (hits != 0) found_.push_back({run.counterparty, hits});
  }
}

bool DelegatedHits::find_payment(Wallet merchant, Wallet worker, std::size_t place,
                                 std::span<const WalletLine> payments) {
  const Open open{bought_.all()[place], question_.reward_band(bought_.all()[place].amount)};
  if (open.band.is_empty()) return false;
  const std::size_t were_pending = pending_.size();
  const std::span<const WalletLine> later = after(payments, open.purchase.time);
  for (const WalletLine& payment : later) {
    ++work_;
    if (payment.time - open.purchase.time >= question_.within) break;
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
