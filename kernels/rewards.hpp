// The ring join, one purchase a thread: which row completes it? Every model is a search in sorted payments.
//
// any: O(log R). enhanced, basic: the same among the merchant's payments to the customer. advanced: the customer's
// payers and the merchant's payees are intersected from the shorter side, O(min * log R) a purchase.
#pragma once
#include "kernels/receipts.hpp"

namespace ringscan::kernels {

// Stretches of equal second wallet within a list sorted by both: one a (first, second).
struct PairRuns {
  const Wallet* first;
  const Wallet* second;
  const std::uint64_t* begin;  // ends where the next begins
  std::uint64_t size;
  std::uint64_t payments;

  RINGSCAN_HD Stretch runs_of(Wallet one) const {
    const std::uint64_t low = partition_point(0, size, [&](std::uint64_t i) { return first[i] < one; });
    return {low, partition_point(low, size, [&](std::uint64_t i) { return first[i] <= one; })};
  }
  // The run of `other` among `runs`, or runs.end.
  RINGSCAN_HD std::uint64_t find(const Stretch& runs, Wallet other) const {
    const std::uint64_t i = partition_point(runs.begin, runs.end, [&](std::uint64_t k) { return second[k] < other; });
    return i < runs.end && second[i] == other ? i : runs.end;
  }
  RINGSCAN_HD Stretch stretch(std::uint64_t run) const {
    return {begin[run], run + 1 < size ? begin[run + 1] : payments};
  }
};

// What a purchase is completed by: a reward, for advanced with the merchant's payment to its sender; for basic a
// funding.
struct Completion {
  Row reward = no_row;
  Row funding = no_row;
};

// The rule and everything that it searches; which members are set depends on the model.
struct RewardSearch {
  Columns columns;
  Model model;
  std::uint64_t within;     // rules::no_limit without --within
  SortedPayments receipts;  // by receiver; but for any by (receiver, payer)
  BandIndexView bands;      // over receipts.amount
  PairRuns payers;          // advanced: runs of receipts
  SortedPayments paid;      // advanced: merchants' payments by (merchant, payee)
  PairRuns payees;          // advanced: their runs

  // `most`: the largest key that a reward may have.
  RINGSCAN_HD Completion complete(Row purchase, AmountKey most) const {
    const Wallet worker = columns.from[purchase], merchant = columns.to[purchase];
    const rules::Band band = rules::reward_band(columns.amount[purchase], most);
    switch (model) {
      case Model::any:
        return reward_in(receipts.of(worker), purchase, band);
      case Model::enhanced:
        return reward_in(receipts.of(worker, merchant), purchase, band);
      case Model::basic:
        return funding_in(receipts.of(worker, merchant), purchase);
      case Model::advanced:
        return delegated(worker, merchant, purchase, band);
      case Model::purchase_only:
        break;
    }
    return {};
  }

 private:
  RINGSCAN_HD Row first_after(const Stretch& group, std::uint32_t when, const rules::Band& band) const {
    const std::uint64_t begin = receipts.after(group, when);
    if (begin == group.end) return no_row;
    const std::uint64_t place = bands.first_from(begin, band);
    return place < group.end ? receipts.row[place] : no_row;
  }

  // The first in the band is also the earliest: if it is too late, so are all others.
  RINGSCAN_HD Completion reward_in(const Stretch& group, Row purchase, const rules::Band& band) const {
    const Row reward = first_after(group, columns.time[purchase], band);
    if (reward == no_row || !rules::is_later(columns.time[purchase], columns.time[reward], within)) return {};
    return {reward, no_row};
  }

  RINGSCAN_HD Completion funding_in(const Stretch& group, Row purchase) const {
    const std::uint64_t when = columns.time[purchase];
    const std::uint64_t oldest = when - (when < within ? when : within);
    const std::uint64_t begin =
        partition_point(group.begin, group.end, [&](std::uint64_t i) { return receipts.time[i] < oldest; });
    if (begin == group.end) return {};
    const std::uint64_t place = bands.first_from(begin, rules::funding_band(columns.amount[purchase]));
    if (place >= group.end || receipts.time[place] >= when) return {};
    return {no_row, receipts.row[place]};
  }

  RINGSCAN_HD Completion delegated(Wallet worker, Wallet merchant, Row purchase, const rules::Band& band) const {
    const Stretch from = payers.runs_of(worker), to = payees.runs_of(merchant);
    const bool payers_are_fewer = from.end - from.begin <= to.end - to.begin;
    const PairRuns& fewer = payers_are_fewer ? payers : payees;
    const PairRuns& more = payers_are_fewer ? payees : payers;
    const Stretch few = payers_are_fewer ? from : to, many = payers_are_fewer ? to : from;
    Completion first;
    for (std::uint64_t run = few.begin; run < few.end; ++run) {
      const Wallet delegation = fewer.second[run];
      if (!rules::is_third_party(delegation, merchant, worker)) continue;
      const std::uint64_t other = more.find(many, delegation);
      if (other == many.end) continue;
      const Stretch payments = payees.stretch(payers_are_fewer ? other : run);
      const std::uint64_t payment = paid.after(payments, columns.time[purchase]);
      if (payment == payments.end) continue;
      const Row reward = first_after(payers.stretch(payers_are_fewer ? run : other), paid.time[payment], band);
      if (reward < first.reward) first = {reward, paid.row[payment]};
    }
    if (first.reward == no_row || !rules::is_later(columns.time[purchase], columns.time[first.reward], within))
      return {};
    return first;
  }
};

namespace rewards {

// A run begins where one of the two wallets changes.
struct MarkRunBegins {
  SortedPayments payments;
  std::uint8_t* flags;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    flags[i] = i == 0 || payments.first[i] != payments.first[i - 1] || payments.second[i] != payments.second[i - 1];
  }
};

struct NameRuns {
  SortedPayments payments;
  const std::uint64_t* begin;
  Wallet* first;
  Wallet* second;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    first[i] = payments.first[begin[i]];
    second[i] = payments.second[begin[i]];
  }
};

}  // namespace rewards

template <class Space>
class Runs {
  template <class T>
  using Buffer = typename Space::template Buffer<T>;

 public:
  Runs(Space& space, const SortedPayments& payments)
      : begin_(select_where(space, payments.size,
                            [&](std::uint8_t* flags) {
                              return rewards::MarkRunBegins{payments, flags};
                            })),
        first_(space, begin_.size()),
        second_(space, begin_.size()),
        payments_(payments.size) {
    for_each_index(space, begin_.size(), rewards::NameRuns{payments, begin_.data(), first_.data(), second_.data()});
  }
  PairRuns view() const { return {first_.data(), second_.data(), begin_.data(), begin_.size(), payments_}; }

 private:
  Buffer<std::uint64_t> begin_;
  Buffer<Wallet> first_, second_;
  std::uint64_t payments_;
};

}  // namespace ringscan::kernels
