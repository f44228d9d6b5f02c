// Purchases -> accusations, by partition and search, or by comparing every pair of transactions.
#pragma once
#include "kernels/partition.hpp"
#include "kernels/rewards.hpp"
#include "rules/gain.hpp"

namespace ringscan::kernels {

// Purchases that satisfy the rule, ascending, and what completes each; completions is empty where nobody asked for it.
template <class Space>
struct Accusations {
  typename Space::template Buffer<Row> purchases;
  typename Space::template Buffer<Completion> completions;
};

namespace join {

// Does the sender receive more than this purchase later? Decides the plain rule, and is necessary for `any`.
struct MarkHopeful {
  Columns columns;
  SortedPayments receipts;
  const AmountKey* later_maximum;  // by place in receipts
  const Row* purchases;
  std::uint8_t* flags;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    const Row purchase = purchases[i];
    const Stretch group = receipts.of(columns.from[purchase]);
    const std::uint64_t place = receipts.after(group, columns.time[purchase]);
    flags[i] = place < group.end && later_maximum[place] > columns.amount[purchase];
  }
};

struct Complete {
  RewardSearch search;
  const Row* purchases;
  const AmountKey* most;  // by purchase; null without --max-gain
  Completion* completions;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    completions[i] = search.complete(purchases[i], most == nullptr ? rules::no_limit : most[i]);
  }
};

struct MarkCompleted {
  const Completion* completions;
  std::uint8_t* flags;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    flags[i] = completions[i].reward != no_row || completions[i].funding != no_row;
  }
};

template <class T>
struct Gather {
  const T* in;
  const std::uint64_t* places;
  T* out;
  RINGSCAN_HD void operator()(std::uint64_t i) const { out[i] = in[places[i]]; }
};

// Algorithm 1's two inner loops, word for word: for a purchase R1, every transaction as R2 (and for advanced as R3).
struct EveryPair {
  Columns columns;
  QuestionView question;
  std::uint64_t within;
  const Row* purchases;
  const AmountKey* most;
  Completion* completions;

  struct Item {
    Wallet from, to;
    std::uint32_t time;
    AmountKey amount;
    Row row;
    bool may_complete;
  };
  struct State {
    Wallet worker, merchant;
    std::uint32_t time;
    AmountKey amount;
    rules::Band band;
    Completion first;
  };

  RINGSCAN_HD State begin(std::uint64_t i) const {
    const Row r1 = purchases[i];
    const AmountKey amount = columns.amount[r1];
    return {columns.from[r1],
            columns.to[r1],
            columns.time[r1],
            amount,
            rules::reward_band(amount, most == nullptr ? rules::no_limit : most[i]),
            {}};
  }
  RINGSCAN_HD Item load(std::uint64_t row) const {
    return {columns.from[row],
            columns.to[row],
            columns.time[row],
            columns.amount[row],
            row,
            question.may_complete(columns, row)};
  }
  RINGSCAN_HD void visit(State& r1, const Item& r2) const {
    if (r2.to != r1.worker || r1.first.reward != no_row || r1.first.funding != no_row) return;
    if (question.model == Model::basic) {
      if (r2.from == r1.merchant && rules::is_later(r2.time, r1.time, within) && r2.amount >= r1.amount)
        r1.first.funding = r2.row;
      return;
    }
    if (!r2.may_complete || !r1.band.holds(r2.amount) || !rules::is_later(r1.time, r2.time, within)) return;
    if (question.model == Model::enhanced && r2.from != r1.merchant) return;
    if (question.model == Model::advanced) {
      const Row r3 = payment_between(r1, r2);
      if (r3 == no_row) return;
      r1.first.funding = r3;
    }
    r1.first.reward = r2.row;
  }
  RINGSCAN_HD void end(std::uint64_t i, const State& r1) const { completions[i] = r1.first; }

 private:
  RINGSCAN_HD Row payment_between(const State& r1, const Item& r2) const {
    if (!rules::is_third_party(r2.from, r1.merchant, r1.worker)) return no_row;
    for (Row r3 = 0; r3 < columns.size; ++r3)
      if (columns.from[r3] == r1.merchant && columns.to[r3] == r2.from && r1.time < columns.time[r3] &&
          columns.time[r3] < r2.time)
        return r3;
    return no_row;
  }
};

}  // namespace join

// The largest key that each purchase's reward may have; empty without a limit. On the host: products exceed 256 bits.
template <class Space>
typename Space::template Buffer<AmountKey> reward_limits(Space& space, const AmountKeysView& amounts,
                                                         const Columns& columns, const Rule& rule,
                                                         const typename Space::template Buffer<Row>& purchases) {
  if (!rule.max_gain) return {space, 0};
  const rules::GainLimit limit(rule.max_gain);
  typename Space::template Buffer<AmountKey> limits(space, purchases.size());
  for_each_index(space, purchases.size(), join::Gather<AmountKey>{columns.amount, purchases.data(), limits.data()});
  std::vector<AmountKey> values = copy_out(space, limits.data(), limits.size());
  for (AmountKey& value : values) value = limit.most(amounts, value);
  copy_in<AmountKey>(space, limits.data(), values);
  return limits;
}

// Keeps the purchases that something completes.
template <class Space>
Accusations<Space> keep_completed(Space& space, typename Space::template Buffer<Row> purchases,
                                  typename Space::template Buffer<Completion> completions) {
  const auto kept = select_where(space, purchases.size(), [&](std::uint8_t* flags) {
    return join::MarkCompleted{completions.data(), flags};
  });
  Accusations<Space> accusations = {{space, kept.size()}, {space, kept.size()}};
  for_each_index(space, kept.size(), join::Gather<Row>{purchases.data(), kept.data(), accusations.purchases.data()});
  for_each_index(space, kept.size(),
                 join::Gather<Completion>{completions.data(), kept.data(), accusations.completions.data()});
  return accusations;
}

// O((P + R) log R) after the partition, but for advanced (rewards.hpp). `rows_wanted`: with completions.
template <class Space>
Accusations<Space> join_by_partition(Space& space, const AmountKeysView& amounts, const Columns& columns,
                                     const Rule& rule, Partition<Space> rows, bool rows_wanted) {
  using Rows = typename Space::template Buffer<Row>;
  const Payments<Space> receipts(space, columns, columns.to, columns.from, std::move(rows.receipts));
  const std::uint64_t count = receipts.view().size;
  Rows purchases = std::move(rows.purchases);
  if (rule.model == Model::any) {
    typename Space::template Buffer<AmountKey> later_maximum(space, count);
    suffix_max_by_key(space, receipts.view().first, receipts.view().amount, later_maximum.data(), count);
    const auto hopeful = select_where(space, purchases.size(), [&](std::uint8_t* flags) {
      return join::MarkHopeful{columns, receipts.view(), later_maximum.data(), purchases.data(), flags};
    });
    Rows kept(space, hopeful.size());
    for_each_index(space, hopeful.size(), join::Gather<Row>{purchases.data(), hopeful.data(), kept.data()});
    purchases = std::move(kept);
    if (!rule.within && !rule.max_gain && !rows_wanted) return {std::move(purchases), {space, 0}};
  }
  const auto most = reward_limits(space, amounts, columns, rule, purchases);
  const BandIndex<Space> bands(space, receipts.view().amount, count);
  const Payments<Space> paid(space, columns, columns.from, columns.to, std::move(rows.paid));
  const Runs<Space> payers(space, rule.model == Model::advanced ? receipts.view() : SortedPayments{});
  const Runs<Space> payees(space, paid.view());
  typename Space::template Buffer<Completion> completions(space, purchases.size());
  const RewardSearch search{columns,         rule.model,   rule.within.value_or(rules::no_limit),
                            receipts.view(), bands.view(), payers.view(),
                            paid.view(),     payees.view()};
  for_each_index(space, purchases.size(),
                 join::Complete{search, purchases.data(), rule.max_gain ? most.data() : nullptr, completions.data()});
  return keep_completed(space, std::move(purchases), std::move(completions));
}

// O(P N); advanced O(P N) and another N for each reward that fits but for its delegation.
template <class Space>
Accusations<Space> join_every_pair(Space& space, const AmountKeysView& amounts, const Columns& columns,
                                   const Rule& rule, const QuestionView& question) {
  auto purchases = select_purchases(space, columns, question);
  const auto most = reward_limits(space, amounts, columns, rule, purchases);
  typename Space::template Buffer<Completion> completions(space, purchases.size());
  for_each_pair(space, purchases.size(), columns.size,
                join::EveryPair{columns, question, rule.within.value_or(rules::no_limit), purchases.data(),
                                rule.max_gain ? most.data() : nullptr, completions.data()});
  return keep_completed(space, std::move(purchases), std::move(completions));
}

}  // namespace ringscan::kernels
