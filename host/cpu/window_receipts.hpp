// For a sweep: is there a payment in the window behind a purchase that completes it, and whose amount is in the band
// that the rule allows? Of a wallet's receipts (`any`), or of what the merchant paid the customer (enhanced, basic).
//
// Each wallet, or each of many places that pairs of wallets share by a hash, keeps the payments of the window: the last
// one that came here in a slot of its own, those before it below, in a block that grows with what the window holds.
// Those that left are passed over from the other end, once each. A question looks at the keys below in vectors, and at
// no more than `longest_walk`: beyond, it is left open. O(1) amortised a payment; 16 bytes a wallet or 32 a place, and
// 12 or 20 a payment below, times at most four.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <new>
#include <vector>

#include "cpu/any_in_band.hpp"
#include "cpu/last_payments.hpp"
#include "cpu/question.hpp"
#include "io/pages.hpp"

namespace ringscan::cpu {

template <Model model>
class WindowReceipts {
 public:
  static constexpr bool by_pair = model == Model::enhanced || model == Model::basic;
  static constexpr bool is_delegated = model == Model::advanced;
  static constexpr bool is_forward = model == Model::basic;  // what completes a purchase comes before it

  // `is_excluded` by wallet, or empty. `places`: a power of two, for pairs of wallets.
  WindowReceipts(const Question& question, const std::vector<bool>& is_excluded, std::size_t places)
      : question_(question),
        ledger_(question.ledger),
        is_excluded_(is_excluded),
        shift_(64 - unsigned(std::countr_zero(places))),
        payments_(is_delegated ? places : 1, question.within) {
    slots_.resize(by_pair ? places : ledger_.wallet_count());
    lines_.resize(1);
  }

  // Payments walked, moved and dropped so far.
  std::uint64_t work() const { return work_; }

  // Inlined by force: g++ takes a call that only prefetches for one without effect, and drops it.
  [[gnu::always_inline]] void prefetch(Row row) const {
    const Wallet from = ledger_.from[row], to = ledger_.to[row];
    __builtin_prefetch(&slot(to, from));
    __builtin_prefetch(&slot(from, to), 1);
    if constexpr (by_pair) return;
    if constexpr (is_delegated) payments_.prefetch(from, to);
    // What is below the slots that were asked for some rows before, and are there by now.
    const Row nearer = row + prefetch_distance / 4 * 3;
    __builtin_prefetch(&lines_[slot(ledger_.to[nearer], ledger_.from[nearer]).below]);
    __builtin_prefetch(&lines_[slot(ledger_.from[nearer], ledger_.to[nearer]).below]);
  }
  Answer is_hit(Row row) {
    const Wallet customer = ledger_.from[row], merchant = ledger_.to[row];
    if (is_excluded(customer) || is_excluded(merchant)) return Answer::no;
    const std::uint32_t now = ledger_.time[row];
    const Slot& slot = this->slot(merchant, customer);
    if (slot.is_unused() || has_left(slot.time, now)) return Answer::no;
    if constexpr (is_delegated)
      if (has_left(this->slot(customer, merchant).paid, now)) return Answer::no;
    const AmountKey amount = ledger_.amount[row];
    const rules::Band band = model == Model::basic ? rules::funding_band(amount) : question_.reward_band(amount);
    const std::uint64_t wanted = pair(merchant, customer);
    if (band.is_empty()) return Answer::no;
    if constexpr (is_delegated) {
      const Answer answer =
          band.holds(slot.key) ? is_delegation(slot.payer, merchant, customer, slot.time, now) : Answer::no;
      if (answer == Answer::yes || slot.below == 0) return answer;
      const Answer below = look_for_delegation(slot.below, merchant, customer, band, now);
      return below == Answer::no ? answer : below;
    }
    if (slot.is_of(wanted) && band.holds(slot.key)) return Answer::yes;
    return slot.below == 0 ? Answer::no : look_below(slot.below, wanted, band, now);
  }
  void add(Row row) {
    const Wallet payer = ledger_.from[row], payee = ledger_.to[row];
    if (is_excluded(payer)) return;
    const std::uint32_t now = ledger_.time[row];
    Slot& slot = this->slot(payer, payee);
    if (slot.is_unused() || has_left(slot.time, now)) {
      // Whatever is below one that has left the window has left it too.
      if (slot.below != 0) release(slot);
    } else {
      push(slot, now);
    }
    slot.put(pair(payer, payee), ledger_.amount[row], now);
    if constexpr (is_delegated) {
      this->slot(payee, payer).paid = now;
      payments_.add(payer, payee, now);
    }
  }

 private:
  // A key of 0 is no reward's.
  struct WalletSlot {
    AmountKey key;
    std::uint32_t time;
    std::uint32_t below;  // place in lines_, or 0
    static bool is_unused() { return false; }
    static bool is_of(std::uint64_t) { return true; }
    void put(std::uint64_t, AmountKey other_key, std::uint32_t other_time) { key = other_key, time = other_time; }
  };
  struct PairSlot {
    std::uint64_t pair;
    AmountKey key;
    std::uint32_t time;
    std::uint32_t below;
    std::uint64_t is_used;
    bool is_unused() const { return is_used == 0; }
    bool is_of(std::uint64_t wanted) const { return pair == wanted; }
    void put(std::uint64_t other, AmountKey other_key, std::uint32_t other_time) {
      pair = other, key = other_key, time = other_time, is_used = 1;
    }
  };
  struct alignas(32) DelegatedSlot : WalletSlot {
    Wallet payer;
    std::uint32_t paid;  // when this wallet paid anybody next
    void put(std::uint64_t pair, AmountKey other_key, std::uint32_t other_time) {
      WalletSlot::put(pair, other_key, other_time);
      payer = Wallet(std::uint32_t(pair >> 32));
    }
  };
  using Slot = std::conditional_t<by_pair, PairSlot, std::conditional_t<is_delegated, DelegatedSlot, WalletSlot>>;
  // A power of two of lines: this head, then the keys, the pairs, the times and the payers of so many payments,
  // of which those from `begin` to `end` count.
  struct Head {
    std::uint32_t begin, end, capacity;
    std::uint32_t oldest;  // the time of the one at `begin`, if there is one
  };
  struct alignas(64) Line {
    std::array<std::uint64_t, 8> words;
  };
  static constexpr std::size_t payment_bytes = by_pair ? 20 : is_delegated ? 16 : 12;

  bool is_excluded(Wallet wallet) const { return !is_excluded_.empty() && is_excluded_[to_index(wallet)]; }
  static std::uint64_t pair(Wallet payer, Wallet payee) { return std::uint64_t(payer) << 32 | std::uint64_t(payee); }
  // Of what the one paid to the other, or of what the other was paid.
  Slot& slot(Wallet payer, Wallet payee) const {
    if constexpr (by_pair) return slots_[pair(payer, payee) * 0x9E3779B97F4A7C15u >> shift_];
    return slots_[to_index(payee)];
  }
  bool has_left(std::uint32_t time, std::uint32_t now) const {
    return std::uint32_t(is_forward ? now - time : time - now) > question_.within;
  }

  Head& head(std::uint32_t place) const { return reinterpret_cast<Head&>(lines_[place]); }
  AmountKey* keys(std::uint32_t place) const { return lines_[place].words.data() + 2; }
  std::uint64_t* pairs(std::uint32_t place) const { return keys(place) + head(place).capacity; }
  std::uint32_t* times(std::uint32_t place) const {
    return reinterpret_cast<std::uint32_t*>(keys(place) + (by_pair ? 2 : 1) * head(place).capacity);
  }
  Wallet* payers(std::uint32_t place) const {
    return reinterpret_cast<Wallet*>(times(place) + head(place).capacity);
  }

  Answer is_delegation(Wallet payer, Wallet merchant, Wallet customer, std::uint32_t received, std::uint32_t now) const {
    if (!rules::is_third_party(payer, merchant, customer)) return Answer::no;
    return payments_.is_before(merchant, payer, received, now);
  }
  // From the last receipt of the window to the first, as a delegation was the likelier paid before it.
  Answer look_for_delegation(std::uint32_t place, Wallet merchant, Wallet customer, rules::Band band,
                             std::uint32_t now) {
    const Head& of = head(place);
    if (has_left(of.oldest, now)) drop_left(place, now);
    const ReceiptColumns receipts = {keys(place), payers(place), times(place)};
    const std::size_t end = std::min<std::size_t>(of.end, of.begin + longest_walk);
    Answer answer = end < of.end ? Answer::open : Answer::no;
    for (std::size_t i = of.begin; (i = payments_.next(receipts, i, end, band, merchant)) < end; ++i) {
      const Answer one = is_delegation(receipts.payers[i], merchant, customer, receipts.times[i], now);
      if (one == Answer::open) answer = one;
      if (one != Answer::yes) continue;
      work_ += i - of.begin + 1;
      return one;
    }
    work_ += end - of.begin;
    return answer;
  }
  Answer look_below(std::uint32_t place, std::uint64_t wanted, rules::Band band, std::uint32_t now) {
    const Head& of = head(place);
    if (has_left(of.oldest, now)) drop_left(place, now);
    const std::size_t count = of.end - of.begin, walk = std::min(count, longest_walk);
    const AmountKey* const last = keys(place) + of.end - walk;
    const std::size_t walked =
        by_pair ? any_in_band_of(last, pairs(place) + of.end - walk, wanted, walk, band) : any_in_band(last, walk, band);
    work_ += walked;
    return walked < walk ? Answer::yes : walk < count ? Answer::open : Answer::no;
  }
  void drop_left(std::uint32_t place, std::uint32_t now) {
    Head& of = head(place);
    const std::uint32_t* const all = times(place);
    while (of.begin < of.end && has_left(all[of.begin], now)) ++of.begin, ++work_;
    if (of.begin < of.end) of.oldest = all[of.begin];
  }

  static std::uint32_t line_count(const Head& head) {
    return std::uint32_t(std::bit_ceil((head.capacity * payment_bytes + sizeof(Head) + sizeof(Line) - 1) / sizeof(Line)));
  }
  // The payment in the slot goes below: another comes into it.
  void push(Slot& slot, std::uint32_t now) {
    ++work_;
    if (slot.below == 0) slot.below = take(1);
    if (head(slot.below).end == head(slot.below).capacity) make_room(slot, now);
    Head& of = head(slot.below);
    keys(slot.below)[of.end] = slot.key;
    if constexpr (by_pair) pairs(slot.below)[of.end] = slot.pair;
    times(slot.below)[of.end] = slot.time;
    if constexpr (is_delegated) payers(slot.below)[of.end] = slot.payer;
    if (of.begin == of.end) of.oldest = slot.time;
    ++of.end;
  }
  void make_room(Slot& slot, std::uint32_t now) {
    drop_left(slot.below, now);
    const Head old = head(slot.below);
    work_ += old.end - old.begin;
    const std::uint32_t to = 2 * old.begin >= old.capacity ? slot.below : take(2 * line_count(old));
    const auto move = [&](auto* of, const auto* old_of) {
      std::memmove(of, old_of + old.begin, (old.end - old.begin) * sizeof(*of));
    };
    move(keys(to), keys(slot.below));
    if constexpr (by_pair) move(pairs(to), pairs(slot.below));
    move(times(to), times(slot.below));
    if constexpr (is_delegated) move(payers(to), payers(slot.below));
    head(to) = {0, old.end - old.begin, head(to).capacity, old.oldest};
    if (to == slot.below) return;
    release(slot);
    slot.below = to;
  }

  // A power of two of lines without payments in them. lines_ may move.
  std::uint32_t take(std::uint32_t count) {
    std::vector<std::uint32_t>& free = free_[std::size_t(std::countr_zero(count))];
    std::uint32_t place;
    if (free.empty()) {
      if (lines_.size() + count > ~std::uint32_t{0}) throw std::bad_alloc();
      place = std::uint32_t(lines_.size());
      lines_.resize(lines_.size() + count);
    } else {
      place = free.back();
      free.pop_back();
    }
    head(place) = {0, 0, std::uint32_t((count * sizeof(Line) - sizeof(Head)) / payment_bytes), 0};
    return place;
  }
  void release(Slot& slot) {
    free_[std::size_t(std::countr_zero(line_count(head(slot.below))))].push_back(slot.below);
    slot.below = 0;
  }

  static constexpr std::size_t longest_walk = is_delegated ? 2048 : 8192;

  const Question& question_;
  const LedgerView& ledger_;
  const std::vector<bool>& is_excluded_;
  unsigned shift_;
  LastPayments payments_;
  PagedArray<Slot> slots_;
  PagedArray<Line> lines_;                           // the first is nobody's
  std::array<std::vector<std::uint32_t>, 32> free_;  // by the logarithm of their lines
  std::uint64_t work_ = 0;
};

}  // namespace ringscan::cpu
