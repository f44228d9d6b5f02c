// Payments in any order -> a ledger in canonical order. What comes out depends on the rows alone.
//
// add() is O(length of the texts), finish() O(N log N), or O(N) when the rows come in order; about 120 bytes a row
// until finish() returns, and at its peak 210 as measured, ledger and growing lists included.
#pragma once
#include <vector>

#include "ledger/ledger.hpp"
#include "read/dictionary.hpp"
#include "read/payment.hpp"

namespace ringscan {

class LedgerBuilder {
 public:
  explicit LedgerBuilder(TimeAxis axis = TimeAxis::seconds) : axis_(axis) {}

  // Rows that are not `kept` take part in dedupe() and are then dropped as outside_filter.
  void add(const Payment& payment, bool kept = true);
  // Drops, as duplicates, the rows equal to an earlier one in (transaction id, log index, from, to, asset, amount,
  // time).
  void dedupe();
  // Sorts, numbers accounts, assets and wallets by first appearance, and makes the order keys. Throws BadInput if the
  // times span 2^32 or more, Unavailable if there are 2^32 wallets or more. The builder is empty afterwards.
  Ledger finish();

  DropCounts dropped{};  // of the reader and of dedupe(); goes to the ledger

 private:
  struct RowData {
    std::int64_t time;
    std::uint64_t block, transaction_index, log_index;
    std::uint64_t id;  // place in ids_
    OrderCode code;
    std::uint64_t wide;  // place in wide_amounts_ if the code is odd
    std::uint32_t from, to, asset;
    bool kept;
  };
  int compare(const RowData& a, const RowData& b, bool identity_only) const;
  Amount amount(const RowData& row) const;
  void keep_only(const std::vector<bool>& keep, Drop reason);

  TimeAxis axis_;
  std::vector<RowData> rows_;
  std::vector<Amount> wide_amounts_;
  PackedTexts ids_;
  Dictionary accounts_, assets_;
  std::string scratch_;
};

}  // namespace ringscan
