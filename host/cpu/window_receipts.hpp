// For a sweep: is there a payment in the window behind a purchase that completes it? Of what the customer is paid (any,
// advanced), or of what the merchant paid the customer (enhanced, basic), one whose amount is in the band; for advanced
// from somebody whom the merchant paid before.
//
// Each wallet, or each of many places that pairs of wallets share by a hash, keeps the payments of the window: the last
// one that came in a slot of its own, those before it below (payment_blocks.hpp), where a question looks at many keys
// at once, and at no more than a bounded number: beyond, it is left open. 16 or 32 bytes a wallet, or 32 a place.
#pragma once
#include "cpu/any_in_band.hpp"
#include "cpu/last_payments.hpp"
#include "cpu/payment_blocks.hpp"
#include "cpu/question.hpp"
#include "cpu/sweep.hpp"

namespace ringscan::cpu {

struct WindowLimits {
  // Payments that are looked at for one purchase. Beyond, it is left open for a search that puts more in order first:
  // delegations without a band do better there soon.
  std::size_t longest_walk = 8192, longest_walk_without_band = 128;
  // That pairs of wallets share, for each sweep.
  std::size_t most_places = ~std::size_t{0};
};

enum class Answer { no, open, yes };

template <Model model>
class WindowReceipts {
 public:
  static constexpr bool by_pair = model == Model::enhanced || model == Model::basic;
  static constexpr bool is_delegated = model == Model::advanced;
  static constexpr bool is_forward = model == Model::basic;  // what completes a purchase comes before it

  // `is_excluded` by wallet, or empty. `places`: a power of two, for pairs of wallets.
  WindowReceipts(const Question& question, const std::vector<bool>& is_excluded, std::size_t places,
                 const WindowLimits& limits)
      : question_(question),
        ledger_(question.ledger),
        is_excluded_(is_excluded),
        shift_(64 - unsigned(std::countr_zero(places))),
        blocks_(question.within),
        last_payments_(is_delegated ? places : 1, question.within),
        longest_walk_(is_delegated && !question.rule.max_gain ? limits.longest_walk_without_band
                                                              : limits.longest_walk) {
    slots_.resize(by_pair ? places : ledger_.wallet_count());
  }

  // Payments walked, moved and dropped so far.
  std::uint64_t work() const { return work_ + blocks_.work(); }

  // Inlined by force: g++ takes a call that only prefetches for one without effect, and drops it.
  [[gnu::always_inline]] void prefetch(Row row) const {
    const Wallet from = ledger_.from[row], to = ledger_.to[row];
    __builtin_prefetch(&slot(to, from));
    __builtin_prefetch(&slot(from, to), 1);
    if constexpr (by_pair) return;
    if constexpr (is_delegated) last_payments_.prefetch(from, to);
    // What is below the slots that were asked for some rows before, and are there by now.
    const Row nearer = row + prefetch_distance / 4 * 3;
    blocks_.prefetch(slot(ledger_.to[nearer], ledger_.from[nearer]).below);
    blocks_.prefetch(slot(ledger_.from[nearer], ledger_.to[nearer]).below);
  }
  [[gnu::always_inline]] Answer is_hit(Row row) {
    const Purchase purchase = {ledger_.from[row], ledger_.to[row], ledger_.time[row]};
    if (is_excluded(purchase.customer) || is_excluded(purchase.merchant)) return Answer::no;
    const Slot& slot = this->slot(purchase.merchant, purchase.customer);
    if (slot.is_unused() || blocks_.has_left(slot.time, purchase.time)) return Answer::no;
    if constexpr (is_delegated)
      if (blocks_.has_left(this->slot(purchase.customer, purchase.merchant).paid, purchase.time)) return Answer::no;
    const AmountKey amount = ledger_.amount[row];
    const rules::Band band = model == Model::basic ? rules::funding_band(amount) : question_.reward_band(amount);
    if (band.is_empty()) return Answer::no;
    const Answer answer = look_at_last(slot.last(), purchase, band);
    if (slot.below == 0 || answer == Answer::yes) return answer;
    return std::max(answer, look_at(blocks_.columns(slot.below, purchase.time), purchase, band));
  }
  void add(Row row) {
    const WindowPayment payment = {ledger_.amount[row], ledger_.time[row], ledger_.from[row], ledger_.to[row]};
    if (is_excluded(payment.payer)) return;
    Slot& slot = this->slot(payment.payer, payment.payee);
    if (!slot.is_unused() && !blocks_.has_left(slot.time, payment.time))
      blocks_.append(slot.below, slot.last(), payment.time);
    else if (slot.below != 0)
      blocks_.release(slot.below);  // what is below one that left the window has left it too
    slot.put(payment);
    if constexpr (is_delegated) {
      this->slot(payment.payee, payment.payer).paid = payment.time;
      last_payments_.add(payment.payer, payment.payee, payment.time);
    }
  }

 private:
  struct Purchase {
    Wallet customer, merchant;
    std::uint32_t time;
    std::uint64_t wanted() const { return std::uint64_t(merchant) << 32 | std::uint64_t(customer); }
  };

  using Blocks = PaymentBlocks<by_pair ? Kept::pair : is_delegated ? Kept::payer : Kept::none, is_forward>;
  using Columns = typename Blocks::Columns;
  // A key of 0 is no reward's, so a wallet's slot needs no more to be nobody's.
  struct WalletSlot {
    AmountKey key;
    std::uint32_t time, below;
    static bool is_unused() { return false; }
    WindowPayment last() const { return {key, time, {}, {}}; }
    void put(const WindowPayment& payment) { key = payment.key, time = payment.time; }
  };
  struct alignas(32) DelegatedSlot {
    AmountKey key;
    std::uint32_t time, below;
    Wallet payer;
    std::uint32_t paid;  // when this wallet pays anybody next
    static bool is_unused() { return false; }
    WindowPayment last() const { return {key, time, payer, {}}; }
    void put(const WindowPayment& payment) { key = payment.key, time = payment.time, payer = payment.payer; }
  };
  struct alignas(32) PairSlot {
    AmountKey key;
    std::uint32_t time, below;
    Wallet payer, payee;
    std::uint32_t is_used;
    bool is_unused() const { return is_used == 0; }
    WindowPayment last() const { return {key, time, payer, payee}; }
    void put(const WindowPayment& payment) {
      key = payment.key, time = payment.time, payer = payment.payer, payee = payment.payee, is_used = 1;
    }
  };
  using Slot = std::conditional_t<by_pair, PairSlot, std::conditional_t<is_delegated, DelegatedSlot, WalletSlot>>;

  bool is_excluded(Wallet wallet) const { return !is_excluded_.empty() && is_excluded_[to_index(wallet)]; }
  // Of what the one paid to the other, or of all that the other was paid.
  Slot& slot(Wallet payer, Wallet payee) const {
    if constexpr (by_pair) return slots_[WindowPayment{0, 0, payer, payee}.pair() * 0x9E3779B97F4A7C15u >> shift_];
    return slots_[to_index(payee)];
  }

  Answer look_at_last(const WindowPayment& last, const Purchase& purchase, rules::Band band) const {
    if (!band.holds(last.key)) return Answer::no;
    if constexpr (is_delegated) return delegation(purchase, last.payer, last.time);
    return !by_pair || last.pair() == purchase.wanted() ? Answer::yes : Answer::no;
  }
  [[gnu::always_inline]] Answer look_at(const Columns& columns, const Purchase& purchase, rules::Band band) {
    if constexpr (is_delegated) return look_for_delegation(columns, purchase, band);
    const std::size_t walk = std::min(columns.count, longest_walk_), rest = columns.count - walk;
    const std::size_t walked =
        by_pair ? any_in_band_of(columns.keys + rest, columns.pairs + rest, purchase.wanted(), walk, band)
                : any_in_band(columns.keys + rest, walk, band);
    work_ += walked;
    return walked < walk ? Answer::yes : rest > 0 ? Answer::open : Answer::no;
  }
  // From the last receipt of the window to the first, as a delegation was the likelier paid before it.
  Answer look_for_delegation(const Columns& columns, const Purchase& purchase, rules::Band band) {
    const std::size_t walk = std::min(columns.count, longest_walk_);
    for (std::size_t i = 0; i < walk; ++i) {
      i = last_payments_.next({columns.keys, columns.payers, columns.times}, i, walk, band, purchase.merchant);
      if (i == walk || delegation(purchase, columns.payers[i], columns.times[i]) == Answer::no) continue;
      work_ += i + 1;
      return Answer::yes;
    }
    work_ += walk;
    return walk < columns.count ? Answer::open : Answer::no;
  }
  Answer delegation(const Purchase& purchase, Wallet payer, std::uint32_t received) const {
    return rules::is_third_party(payer, purchase.merchant, purchase.customer) &&
                   last_payments_.is_before(purchase.merchant, payer, received)
               ? Answer::yes
               : Answer::no;
  }

  const Question& question_;
  const LedgerView& ledger_;
  const std::vector<bool>& is_excluded_;
  unsigned shift_;
  Blocks blocks_;
  LastPayments last_payments_;
  PagedArray<Slot> slots_;
  std::size_t longest_walk_;
  std::uint64_t work_ = 0;
};

}  // namespace ringscan::cpu
