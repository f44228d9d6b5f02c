// Payments in any order -> a ledger in canonical order. What comes out depends on the rows alone.
//
// Rows that come in order stay where they were put, and finish() is one pass over them; others are sorted, O(N log N).
// 26 bytes a row and as RowStore says for ids and large amounts, 64 bytes an account; where rows are sorted, 60 bytes a
// row more.
#pragma once
#include <memory>
#include <vector>

#include "ledger/ledger.hpp"
#include "read/canonical_order.hpp"
#include "read/row_store.hpp"

namespace ringscan {

class LedgerBuilder {
 public:
  // `keep_self`: payments of accounts to themselves stay where accounts turn out to be one.
  explicit LedgerBuilder(TimeAxis axis = TimeAxis::seconds, bool keep_self = false)
      : axis_(axis), keep_self_(keep_self) {}

  // Rows that are not `kept` take part in dedupe() and are then dropped as outside_filter.
  void add(const Payment& payment, bool kept = true);
  // For many threads: RowStore's reserve() and put(). Not together with add().
  RowStore& rows() { return *rows_; }
  // What ids stand in must live as long as the ledger.
  void keep(std::shared_ptr<const void> source) { kept_.push_back(std::move(source)); }

  // Drops, as duplicates, the rows equal to an earlier one in (transaction id, log index, from, to, asset, amount,
  // time).
  void dedupe();
  // Sorts, numbers accounts, assets and wallets by first appearance, and makes the order keys. Throws BadInput if the
  // times span 2^32 or more, Unavailable if there are 2^32 wallets or more. The builder is empty afterwards.
  Ledger finish();
  // The same for a question about these merchants: the ledger has the rows alone that such a question may look at,
  // payments to the merchants, from them, and to their customers, and its head() tells of all.
  Ledger finish_for(std::span<const std::string> merchants);

  DropCounts dropped{};  // of the reader and of dedupe(); goes to the ledger

 private:
  using Rows = std::vector<std::uint64_t>;  // places in the store
  void flush();
  bool is_self_transfer(std::uint64_t row) const;
  bool keeps_all_rows() const;
  std::optional<Rows> kept_rows();
  Ledger make_ledger(std::optional<Rows> order);

  TimeAxis axis_;
  bool keep_self_;
  std::unique_ptr<RowStore> rows_ = std::make_unique<RowStore>();
  RowBatch batch_;  // of add()
  std::vector<bool> is_duplicate_;
  std::vector<std::shared_ptr<const void>> kept_;
};

}  // namespace ringscan
