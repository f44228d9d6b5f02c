// Payments sorted by one or two wallets, searchable by time: what a purchase's rewards and a delegation's payments are
// looked up in. Built once per question; its view is read by every thread.
#pragma once
#include "kernels/band_index.hpp"
#include "kernels/columns.hpp"

namespace ringscan::kernels {

// Places [begin, end) of a sorted list.
struct Stretch {
  std::uint64_t begin, end;
};

// By (first, second, row), or by (first, row) where `second` is null; time ascends within each group.
struct SortedPayments {
  const Wallet* first;
  const Wallet* second;
  const std::uint32_t* time;
  const AmountKey* amount;
  const Row* row;
  std::uint64_t size;

  RINGSCAN_HD Stretch of(Wallet one) const {
    const std::uint64_t begin = partition_point(0, size, [&](std::uint64_t i) { return first[i] < one; });
    return {begin, partition_point(begin, size, [&](std::uint64_t i) { return first[i] <= one; })};
  }
  RINGSCAN_HD Stretch of(Wallet one, Wallet other) const {
    const Stretch group = of(one);
    const std::uint64_t begin =
        partition_point(group.begin, group.end, [&](std::uint64_t i) { return second[i] < other; });
    return {begin, partition_point(begin, group.end, [&](std::uint64_t i) { return second[i] <= other; })};
  }
  // The first place of a group that is later than `when`.
  RINGSCAN_HD std::uint64_t after(const Stretch& group, std::uint32_t when) const {
    return partition_point(group.begin, group.end, [&](std::uint64_t i) { return time[i] <= when; });
  }
};

namespace payments {

struct GatherPayment {
  Columns columns;
  const Row* rows;
  const Wallet* first_column;
  const Wallet* second_column;
  Wallet* first;
  Wallet* second;
  std::uint32_t* time;
  AmountKey* amount;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    const Row row = rows[i];
    first[i] = first_column[row];
    second[i] = second_column[row];
    time[i] = columns.time[row];
    amount[i] = columns.amount[row];
  }
};

}  // namespace payments

template <class Space>
class Payments {
  template <class T>
  using Buffer = typename Space::template Buffer<T>;

 public:
  // `rows` as sorted_by leaves them: by the first column, or by both, then ascending.
  Payments(Space& space, const Columns& columns, const Wallet* first_column, const Wallet* second_column,
           Buffer<Row> rows)
      : rows_(std::move(rows)),
        first_(space, rows_.size()),
        second_(space, rows_.size()),
        time_(space, rows_.size()),
        amount_(space, rows_.size()) {
    for_each_index(space, rows_.size(),
                   payments::GatherPayment{columns, rows_.data(), first_column, second_column, first_.data(),
                                           second_.data(), time_.data(), amount_.data()});
  }
  SortedPayments view() const {
    return {first_.data(), second_.data(), time_.data(), amount_.data(), rows_.data(), rows_.size()};
  }

 private:
  Buffer<Row> rows_;
  Buffer<Wallet> first_, second_;
  Buffer<std::uint32_t> time_;
  Buffer<AmountKey> amount_;
};

}  // namespace ringscan::kernels
