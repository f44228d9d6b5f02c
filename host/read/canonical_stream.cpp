#include "read/canonical_stream.hpp"

#include <algorithm>
#include <numeric>

#include "read/canonical_order.hpp"

namespace ringscan {

CanonicalStream::CanonicalStream(RowStore& rows, RowRuns& runs, Choices choices)
    : rows_(rows),
      runs_(runs),
      choices_(choices),
      is_grouped_(choices.dedupe || rows.has_joined_accounts()),
      compare_(rows) {
  rows.unite_accounts();
}

void CanonicalStream::from_store(const std::function<void(const StoredRow&)>& use) {
  const std::span<const std::uint64_t> order = order_of_store();
  RowCursor cursor(rows_);
  for (std::uint64_t i = 0; i < rows_.size(); ++i) use(cursor.at(order.empty() ? i : order[i]));
}

std::span<const std::uint64_t> CanonicalStream::order_of_store() {
  if (!std::exchange(is_ordered_, true)) order_ = order_of_all(rows_);
  return order_ ? std::span<const std::uint64_t>(*order_) : std::span<const std::uint64_t>();
}

void CanonicalStream::for_each(DropCounts& dropped, const std::function<void(const StoredRow&)>& use) {
  const auto take = [&](const StoredRow& row) {
    if (!is_grouped_) {
      if (row.is_outside)
        ++dropped[std::size_t(Drop::outside_filter)];
      else
        use(row);
      return;
    }
    if (!group_.empty() && group_.front().position.time != row.position.time) hand_out_group(dropped, use);
    group_.push_back(row);
    group_ids_.emplace_back(row.packed_id);
  };
  if (runs_.empty())
    from_store(take);
  else
    runs_.merge(rows_, take);
  if (!group_.empty()) hand_out_group(dropped, use);
}

void CanonicalStream::hand_out_group(DropCounts& dropped, const std::function<void(const StoredRow&)>& use) {
  for (std::size_t i = 0; i < group_.size(); ++i) {
    StoredRow& row = group_[i];
    row.packed_id = group_ids_[i];
    row.from = rows_.united(row.from);
    row.to = rows_.united(row.to);
  }
  const auto before = [&](const StoredRow& a, const StoredRow& b) { return compare_.compare(a, b) < 0; };
  std::ranges::sort(group_, before);
  std::vector<bool> is_duplicate(group_.size());
  if (choices_.dedupe) {
    std::vector<std::size_t> order(group_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    // Of equal rows the first in canonical order stays.
    std::ranges::stable_sort(
        order, [&](std::size_t a, std::size_t b) { return compare_.compare_identity(group_[a], group_[b]) < 0; });
    for (std::size_t i = 1; i < order.size(); ++i)
      is_duplicate[order[i]] = compare_.compare_identity(group_[order[i - 1]], group_[order[i]]) == 0;
  }
  for (std::size_t i = 0; i < group_.size(); ++i) {
    const StoredRow& row = group_[i];
    if (is_duplicate[i])
      ++dropped[std::size_t(Drop::duplicate)];
    else if (rows_.has_joined_accounts() && !choices_.keep_self && row.from == row.to)
      ++dropped[std::size_t(Drop::self_transfer)];
    else if (row.is_outside)
      ++dropped[std::size_t(Drop::outside_filter)];
    else
      use(row);
  }
  group_.clear();
  group_ids_.clear();
}

}  // namespace ringscan
