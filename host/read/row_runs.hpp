// Rows that do not fit into memory: sorted runs in nameless files, merged into one stream in canonical order.
//
// A row takes 25 to 40 bytes of a run, and its packed id. Merging reads each run once, from its begin to its end.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/output.hpp"
#include "read/row_store.hpp"
#include "read/stored_row.hpp"

namespace ringscan {

class RowRuns {
 public:
  // Runs stand in the folder of `path`.
  explicit RowRuns(std::string path) : path_(std::move(path)) {}

  // The store's rows become a run, and leave it. Sorted first, O(N log N), unless they are in order.
  void add(RowStore& rows);
  bool empty() const { return runs_.empty(); }
  std::uint64_t rows() const { return rows_; }

  // All rows of all runs in canonical order. `names`: accounts' and assets' packed names by number, asked for when
  // everything else is equal. The rows' ids last until merge() returns.
  using Use = std::function<void(const StoredRow&)>;
  void merge(const RowStore& tables, const Use& use);

 private:
  std::string path_;
  std::vector<std::unique_ptr<Spool>> runs_;
  std::uint64_t rows_ = 0;
};

// By position, id, names and amount: as CanonicalOrder compares rows of a store.
class StoredRowOrder {
 public:
  explicit StoredRowOrder(const RowStore& tables) : tables_(tables) {}
  int compare(const StoredRow& a, const StoredRow& b);
  // Without block and transaction index: 0 for duplicates.
  int compare_identity(const StoredRow& a, const StoredRow& b);

 private:
  int compare_texts(const StoredRow& a, const StoredRow& b);
  const RowStore& tables_;
  std::span<const std::string_view> accounts_;  // packed names, made when first asked for
  std::vector<std::string_view> assets_;
};

}  // namespace ringscan
