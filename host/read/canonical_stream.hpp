// The rows of an import in canonical order, one after another, as often as asked for: without duplicates, where they
// are to be dropped, and with the accounts of one owner under one name.
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "read/row_runs.hpp"
#include "read/row_store.hpp"

namespace ringscan {

class CanonicalStream {
 public:
  struct Choices {
    bool dedupe = false, keep_self = false;
  };
  // Rows stand in the store, or in runs, then all of them.
  CanonicalStream(RowStore& rows, RowRuns& runs, Choices choices);

  // Calls use(row); counts what is left out, as if it had not been before. Ids last until `use` returns.
  void for_each(DropCounts& dropped, const std::function<void(const StoredRow&)>& use);
  // True if every row of store and runs is handed out.
  bool is_whole() const { return !is_grouped_ && !rows_.has_outside(); }
  // True if that is the store alone, whose rows may then be taken from it as order_of_store() has them.
  bool is_store() const { return is_whole() && runs_.empty(); }
  // Places in the store; empty if its rows stand in order.
  std::span<const std::uint64_t> order_of_store();

 private:
  void from_store(const std::function<void(const StoredRow&)>& use);
  void hand_out_group(DropCounts& dropped, const std::function<void(const StoredRow&)>& use);

  RowStore& rows_;
  RowRuns& runs_;
  const Choices choices_;
  const bool is_grouped_;                            // rows of one time are looked at together
  std::optional<std::vector<std::uint64_t>> order_;  // of the store's rows, once it is known
  bool is_ordered_ = false;
  StoredRowOrder compare_;
  std::vector<StoredRow> group_;
  std::vector<std::string> group_ids_;
};

}  // namespace ringscan
