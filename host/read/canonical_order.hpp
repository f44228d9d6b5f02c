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
  // Of rows that stay as they are from now on.
  explicit CanonicalOrder(const RowStore& rows) : rows_(rows) {}

  // Sorts places of rows, in parallel. Ascending places in a store that stands in order as far as positions tell: O(N)
  // but for the texts of equal ones. Others: O(N log N), and 32 bytes a row beside them.
  void sort(std::vector<std::uint64_t>& rows);
  // Of rows equal in (transaction id, log index, from, to, asset, amount, time), all but the first in canonical order,
  // whatever the order in which they came.
  std::vector<bool> duplicates();

 private:
  struct Key;
  std::vector<Key> keys_of(std::span<const std::uint64_t> rows) const;
  int compare_positions(const Key& a, const Key& b) const;
  // Which of the rows have the position of the one before: of rows in order of these, and after sorting them so.
  std::vector<std::uint8_t> find_ties(std::span<const std::uint64_t> rows) const;
  std::vector<std::uint8_t> sort_by_positions(std::span<std::uint64_t> rows) const;
  void prepare_texts();
  void sort_by_texts(std::span<std::uint64_t> rows) const;
  // By id, from, to, asset and amount: negative, 0 or positive as row a comes before, with or after b.
  int compare_texts(std::uint64_t a, std::uint64_t b) const;

  const RowStore& rows_;
  std::span<const std::string_view> accounts_;  // packed names by number
  std::vector<std::string_view> assets_;
};

// All rows of a store in canonical order; nullopt if they stand in it.
std::optional<std::vector<std::uint64_t>> order_of_all(const RowStore& rows);

}  // namespace ringscan
