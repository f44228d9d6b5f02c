// The ring test without a sort: from the last transaction to the first, each wallet's largest receipt so far is the
// largest that it receives later. O(N), any length of ledger, one word a wallet.
//
// Within a step the rows run at once: those whose sender receives more in later steps are hits, then all receipts are
// applied, and the few that became possible only now (their sender's larger receipt is in the same step, before or
// after them) are settled by the partitioned join of this step's rows. A step holds whole groups of equal times; a
// larger group is tested step by step before any of it is applied, and needs no settling: within one time nothing
// rewards.
#pragma once
#include "kernels/chunks.hpp"
#include "kernels/join.hpp"

namespace ringscan::kernels {

namespace sweep {

// Hits among the purchases.
struct MarkHits {
  Columns columns;
  QuestionView question;
  const AmountKey* later_maximum;  // by wallet; null: every purchase is one
  std::uint8_t* hits;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    hits[i] = (later_maximum == nullptr || later_maximum[std::uint32_t(columns.from[i])] > columns.amount[i]) &&
              question.is_purchase(columns, i);
  }
};

struct Receive {
  Columns columns;
  QuestionView question;
  AmountKey* later_maximum;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    if (question.may_complete(columns, i)) atomic_max(later_maximum[std::uint32_t(columns.to[i])], columns.amount[i]);
  }
};

// No hit before this step's receipts were applied, but now it may be one.
struct MarkOpen {
  Columns columns;
  QuestionView question;
  const AmountKey* later_maximum;
  const std::uint8_t* hits;
  std::uint8_t* open;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    open[i] = hits[i] == 0 && later_maximum[std::uint32_t(columns.from[i])] > columns.amount[i] &&
              question.is_purchase(columns, i);
  }
};

struct SetHit {
  const Row* rows;
  std::uint8_t* hits;
  RINGSCAN_HD void operator()(std::uint64_t i) const { hits[rows[i]] = 1; }
};

}  // namespace sweep

template <class Space>
class Sweep {
  template <class T>
  using Buffer = typename Space::template Buffer<T>;

 public:
  // `rule` is swept; steps of at most `most_rows` follow.
  Sweep(Space& space, const QuestionView& question, const Rule& rule, std::uint64_t wallets, std::uint64_t most_rows)
      : space_(space),
        question_(question),
        rule_(rule),
        later_maximum_(space, has_reward(rule.model) ? wallets : 0),
        is_customer_(space, later_maximum_.size()),
        hits_(space, most_rows),
        open_(space, later_maximum_.size() == 0 ? 0 : most_rows) {
    fill(space, later_maximum_.data(), later_maximum_.size(), AmountKey{0});
    fill(space, is_customer_.data(), is_customer_.size(), std::uint8_t{0});
  }

  // The places of the step's hits among its rows, ascending; steps in the order of plan_sweep. A step that is only
  // applied has none.
  Buffer<Row> take(const Step& step, const Columns& rows) {
    const bool rewards = has_reward(rule_.model);
    const AmountKey* later_maximum = rewards ? later_maximum_.data() : nullptr;
    if (step.tests) for_each_index(space_, rows.size, sweep::MarkHits{rows, question_, later_maximum, hits_.data()});
    if (step.applies && rewards) {
      for_each_index(space_, rows.size, sweep::Receive{rows, question_, later_maximum_.data()});
      if (step.tests && !step.one_time) settle(rows);
    }
    Buffer<Row> found(space_, step.tests ? count_set(space_, hits_.data(), rows.size) : 0);
    if (found.size() > 0) select_indices(space_, hits_.data(), rows.size, found.data());
    return found;
  }
  std::uint64_t settled() const { return settled_; }  // rows that needed the partitioned join, so far

 private:
  void settle(const Columns& rows) {
    for_each_index(space_, rows.size,
                   sweep::MarkOpen{rows, question_, later_maximum_.data(), hits_.data(), open_.data()});
    Buffer<Row> open(space_, count_set(space_, open_.data(), rows.size));
    if (open.size() == 0) return;
    settled_ += open.size();
    select_indices(space_, open_.data(), rows.size, open.data());
    Partition<Space> parts =
        make_partition(space_, rows, is_customer_.size(), question_, std::move(open), is_customer_.data());
    const Accusations<Space> accusations = join_by_partition(space_, {}, rows, rule_, std::move(parts), false);
    for_each_index(space_, accusations.purchases.size(), sweep::SetHit{accusations.purchases.data(), hits_.data()});
  }

  Space& space_;
  QuestionView question_;
  Rule rule_;
  Buffer<AmountKey> later_maximum_;
  Buffer<std::uint8_t> is_customer_;  // by wallet; zeros between steps
  Buffer<std::uint8_t> hits_, open_;  // by row of a step
  std::uint64_t settled_ = 0;
};

}  // namespace ringscan::kernels
