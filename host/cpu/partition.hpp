// Rows partitioned by a wallet: sorted by (wallet, row), so each wallet's rows stand together in canonical order.
#pragma once
#include <tbb/parallel_sort.h>

#include <algorithm>
#include <compare>
#include <span>
#include <vector>

#include "cpu/parallel.hpp"

namespace ringscan::cpu {

struct WalletRow {
  Wallet wallet;
  Row row;
  friend auto operator<=>(const WalletRow&, const WalletRow&) = default;
};

class Partition {
 public:
  Partition() = default;
  // The rows that `wanted` accepts, by the wallet that `column` names. O(N + R log R) for R wanted rows, 16 bytes each.
  template <class Wanted>
  Partition(const BackendOptions& options, std::span<const Wallet> column, Wanted wanted)
      : rows_(collect<WalletRow>(options, column.size(), [&](Row row, std::vector<WalletRow>& out) {
          if (wanted(row)) out.push_back({column[row], row});
        })) {
    tbb::parallel_sort(rows_.begin(), rows_.end());
    options.did(column.size(), rows_.size(), rows_.size() * sizeof(WalletRow));
    for (std::size_t i = 0; i < rows_.size(); ++i)
      if (i == 0 || rows_[i].wallet != rows_[i - 1].wallet) begins_.push_back(i);
  }

  std::size_t group_count() const { return begins_.size(); }
  std::span<const WalletRow> group(std::size_t i) const {
    const std::size_t end = i + 1 < begins_.size() ? begins_[i + 1] : rows_.size();
    return std::span(rows_).subspan(begins_[i], end - begins_[i]);
  }
  // The rows of one wallet; empty if it has none. O(log rows).
  std::span<const WalletRow> of(Wallet wallet) const {
    const auto range = std::ranges::equal_range(rows_, wallet, {}, &WalletRow::wallet);
    return {range.begin(), range.end()};
  }
  std::span<const WalletRow> all() const { return rows_; }

 private:
  std::vector<WalletRow> rows_;
  std::vector<std::size_t> begins_;
};

}  // namespace ringscan::cpu
