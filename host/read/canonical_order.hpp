// Canonical order: (time, block, transaction index, log index, id, from, to, asset, amount).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "read/row_store.hpp"

namespace ringscan {

class CanonicalOrder {
 public:
  // Of rows that stay as they are from now on. O(accounts).
  explicit CanonicalOrder(const RowStore& rows)
      : rows_(rows), accounts_(rows.accounts().packed()), assets_(rows.assets().packed()) {}

  // Negative, 0 or positive as row a comes before, with or after b. What makes two rows duplicates is the same without
  // block and transaction index: then those come last.
  int compare(std::uint64_t a, std::uint64_t b, bool identity_first) const;

  // Sorts places of rows, in parallel. O(N log N), and of rows that stand in order as far as positions tell, O(N) but
  // for the texts of equal ones; 40 bytes a row beside them.
  void sort(std::vector<std::uint64_t>& rows) const;
  // Of rows equal in (transaction id, log index, from, to, asset, amount, time), all but the first in canonical order,
  // whatever the order in which they came.
  std::vector<bool> duplicates() const;

 private:
  struct Key;
  std::vector<Key> keys_of(std::span<const std::uint64_t> rows) const;
  int compare_positions(const Key& a, const Key& b) const;
  void sort_by_texts(std::span<Key> keys) const;
  // By id, from, to, asset and amount.
  int compare_texts(std::uint64_t a, std::uint64_t b) const;

  const RowStore& rows_;
  std::vector<std::string_view> accounts_, assets_;  // packed names by number
};

// All rows of a store in canonical order; nullopt if they stand in it, which takes O(1) unless neighbours have equal
// positions.
std::optional<std::vector<std::uint64_t>> order_of_all(const RowStore& rows);

}  // namespace ringscan
