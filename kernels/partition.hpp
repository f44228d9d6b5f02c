// The front of every question: which rows are purchases, and which receipts could complete them, sorted by receiver.
// Runs where its space is: on the device by CUB, or on the host, whose rows are then copied over.
#pragma once
#include "kernels/question.hpp"

namespace ringscan::kernels {

template <class Space>
struct Partition {
  template <class T>
  using Buffer = typename Space::template Buffer<T>;
  Buffer<Row> purchases;  // ascending
  Buffer<Row>
      receipts;      // of the purchases' senders: by receiver; for all models but any by (receiver, payer); then rows
  Buffer<Row> paid;  // advanced: the merchants' payments by (merchant, payee), then rows
};

namespace partition {

struct MarkPurchases {
  Columns columns;
  QuestionView question;
  std::uint8_t* flags;
  RINGSCAN_HD void operator()(std::uint64_t row) const { flags[row] = question.is_purchase(columns, row); }
};

struct MarkCustomers {
  Columns columns;
  const Row* purchases;
  std::uint8_t mark;
  std::uint8_t* is_customer;  // by wallet
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    atomic_store(is_customer[std::uint32_t(columns.from[purchases[i]])], mark);
  }
};

struct MarkReceipts {
  Columns columns;
  QuestionView question;
  const std::uint8_t* is_customer;
  std::uint8_t* flags;
  RINGSCAN_HD void operator()(std::uint64_t row) const {
    flags[row] = is_customer[std::uint32_t(columns.to[row])] != 0 && question.may_complete(columns, row);
  }
};

struct MarkPaid {
  Columns columns;
  QuestionView question;
  std::uint8_t* flags;
  RINGSCAN_HD void operator()(std::uint64_t row) const { flags[row] = question.is_merchant(columns.from[row]); }
};

}  // namespace partition

template <class Space>
typename Space::template Buffer<Row> select_purchases(Space& space, const Columns& columns,
                                                      const QuestionView& question) {
  return select_where(space, columns.size, [&](std::uint8_t* flags) {
    return partition::MarkPurchases{columns, question, flags};
  });
}

// O(N) and radix passes over the receipts' wallets, in the bits that they use; a stable sort keeps the order of time.
// `purchases`: those that matter, ascending. `is_customer`: zeros by wallet, and left so.
template <class Space>
Partition<Space> make_partition(Space& space, const Columns& columns, std::uint64_t wallet_count,
                                const QuestionView& question, typename Space::template Buffer<Row> purchases,
                                std::uint8_t* is_customer) {
  using Rows = typename Space::template Buffer<Row>;
  const auto mark_customers = [&](std::uint8_t mark) {
    for_each_index(space, purchases.size(), partition::MarkCustomers{columns, purchases.data(), mark, is_customer});
  };
  mark_customers(1);
  Rows receipts = select_where(space, columns.size, [&](std::uint8_t* flags) {
    return partition::MarkReceipts{columns, question, is_customer, flags};
  });
  mark_customers(0);
  if (question.model != Model::any) receipts = sorted_by(space, columns.from, wallet_count, receipts);
  receipts = sorted_by(space, columns.to, wallet_count, receipts);
  Rows paid(space, 0);
  if (question.model == Model::advanced) {
    paid = select_where(space, columns.size, [&](std::uint8_t* flags) {
      return partition::MarkPaid{columns, question, flags};
    });
    paid = sorted_by(space, columns.to, wallet_count, paid);
    paid = sorted_by(space, columns.from, wallet_count, paid);
  }
  return {std::move(purchases), std::move(receipts), std::move(paid)};
}

// Of the whole question.
template <class Space>
Partition<Space> make_partition(Space& space, const Columns& columns, std::uint64_t wallet_count,
                                const QuestionView& question) {
  typename Space::template Buffer<Row> purchases = select_purchases(space, columns, question);
  typename Space::template Buffer<std::uint8_t> is_customer(space, wallet_count);
  fill(space, is_customer.data(), wallet_count, std::uint8_t{0});
  return make_partition(space, columns, wallet_count, question, std::move(purchases), is_customer.data());
}

}  // namespace ringscan::kernels
