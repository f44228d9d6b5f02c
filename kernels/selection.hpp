// The rows that a question looks at, out of a ledger that passes through in steps: purchases, the receipts of their
// senders that may complete them, and for advanced what the merchants paid. As the question sees them they are a ledger
// of their own, so the joins run on them as they are.
#pragma once
#include "kernels/chunks.hpp"
#include "kernels/memory.hpp"
#include "kernels/partition.hpp"

namespace ringscan::kernels {

namespace selection {

struct MarkCustomers {
  Columns columns;
  QuestionView question;
  std::uint8_t* is_customer;  // by wallet
  RINGSCAN_HD void operator()(std::uint64_t row) const {
    if (question.is_purchase(columns, row))
      atomic_store(is_customer[std::uint32_t(columns.from[row])], std::uint8_t{1});
  }
};

enum Kinds : unsigned { purchases = 1, receipts = 2, paid = 4 };

struct MarkKinds {
  Columns columns;
  QuestionView question;
  const std::uint8_t* is_customer;
  unsigned kinds;
  std::uint8_t* flags;
  RINGSCAN_HD void operator()(std::uint64_t row) const {
    flags[row] = ((kinds & purchases) != 0 && question.is_purchase(columns, row)) ||
                 ((kinds & receipts) != 0 && is_customer[std::uint32_t(columns.to[row])] != 0 &&
                  question.may_complete(columns, row)) ||
                 ((kinds & paid) != 0 && question.is_merchant(columns.from[row]));
  }
};

}  // namespace selection

// Three passes: who is a customer; how many rows; then, if `check` of their counts does not throw, the rows.
// `wallet_account` becomes the result's.
template <class Space, class Chunks, class Check>
ResidentLedger<Space> select_rows(Space& space, Chunks& chunks, std::span<const Step> steps, std::uint64_t most_rows,
                                  const QuestionView& question, typename Space::template Buffer<Account> wallet_account,
                                  Check check) {
  using namespace selection;
  unsigned kinds = purchases;
  if (question.model != Model::purchase_only) kinds |= receipts;
  if (question.model == Model::advanced) kinds |= paid;
  typename Space::template Buffer<std::uint8_t> is_customer(space, wallet_account.size()), flags(space, most_rows);
  fill(space, is_customer.data(), is_customer.size(), std::uint8_t{0});
  chunks.for_each(steps, [&](const Step&, const Columns& rows) {
    for_each_index(space, rows.size, MarkCustomers{rows, question, is_customer.data()});
  });
  QuestionSize size;
  const auto count = [&](const Columns& rows, unsigned some) {
    for_each_index(space, rows.size, MarkKinds{rows, question, is_customer.data(), some, flags.data()});
    return count_set(space, flags.data(), rows.size);
  };
  chunks.for_each(steps, [&](const Step&, const Columns& rows) {
    size.transactions += count(rows, kinds);
    size.purchases += count(rows, purchases);
    if ((kinds & receipts) != 0) size.receipts += count(rows, receipts);
    if ((kinds & paid) != 0) size.paid += count(rows, paid);
  });
  check(size);
  ResidentLedger<Space> selected(space, size.transactions, std::move(wallet_account));
  Row taken = 0;
  chunks.for_each(steps, [&](const Step& step, const Columns& rows) {
    const auto places = select_where(space, rows.size, [&](std::uint8_t* to) {
      return MarkKinds{rows, question, is_customer.data(), kinds, to};
    });
    selected.take(space, rows, step.first, places, taken);
    taken += places.size();
  });
  return selected;
}

}  // namespace ringscan::kernels
