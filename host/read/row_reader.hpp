// Records of one file -> rows -> payments: every field that is needed is checked first, then the first reason to drop
// the row is found, then the filter is asked. A record is one row, but for transactions of coins, which are one row a
// payment. No allocation for a row that is not rejected.
//
// A reader is cheap to make and shares nothing that changes, so that each block of a file may have its own.
#pragma once
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "read/fields.hpp"
#include "read/payment.hpp"
#include "read/record_source.hpp"
#include "read/row_rules.hpp"
#include "read/schemas.hpp"
#include "read/times.hpp"
#include "read/utxo.hpp"

namespace ringscan {

// A data row and what becomes of it.
struct ReadRow {
  std::uint64_t line = 0;    // where its record begins
  std::optional<Drop> drop;  // nothing: it is a payment of the ledger; outside_filter: `payment` is valid too, unless
  bool is_of_another_table = false;  // it is an item of another table in a mixed stream: counted, and nothing else
  Payment payment;                   // views last until the next record
  std::string_view column;           // of a rejected row: what is wrong where; "" if it is wrong as a whole
  std::string reason;
  bool ends_reading = false;  // of a rejected row: the whole export is not what it should be; say so, and stop
  // With a transaction's first row, whatever becomes of it: the accounts that are one with --utxo entities.
  std::span<const std::string_view> spent_together;
};

class RowReader {
 public:
  // `header` is the file's, and must live as long.
  RowReader(const std::vector<std::string>& header, const Binding& binding, const RowRules& rules);

  // The columns that records must have selected, in this order.
  std::span<const std::size_t> columns() const { return columns_; }

  // A record, whose fields must stand until its last row; then its rows: one or more.
  void start(const Record& record);
  bool next(ReadRow& row);
  // The only row of a record. Throws std::logic_error where the schema is of coins, whose records have many.
  void read(const Record& record, ReadRow& row);

  // What the last record had under a role that has a column; for showing rows to people.
  std::string_view text(Role role) const { return fields_[slot_[to_index(role)]]; }
  bool saw_likely_milliseconds() const { return saw_likely_milliseconds_; }
  bool saw_rounded_doubles() const { return saw_rounded_doubles_; }

 private:
  // Each is false where it rejects the row.
  bool read_record(ReadRow& row);
  bool read_coins(ReadRow& row);
  bool check_shape(ReadRow& row);
  bool read_accounts(ReadRow& row);
  struct AccountBuffer {
    HexBuffer hex;
    std::string name;
  };
  bool read_account(ReadRow& row, Role role, Role bank, AccountBuffer& buffer, std::string_view& account);
  Role receiver_role() const;
  bool read_value(ReadRow& row);
  bool read_amount(ReadRow& row, Role role, Amount& amount);
  bool read_time(ReadRow& row);
  bool read_block_time(ReadRow& row);
  bool read_position(ReadRow& row);
  bool read_asset(ReadRow& row);
  bool read_status(ReadRow& row);
  bool read_outcome(ReadRow& row, Role role);
  bool reject(ReadRow& row, Role role, std::string_view problem);
  bool reject_saying(ReadRow& row, Role role, std::string reason);

  bool is_of_another_table() const;
  bool moves_nothing() const;
  bool is_top_level_trace() const;
  std::optional<Drop> reason_to_drop(const Payment& payment) const;

  bool has(Role role) const { return slot_[to_index(role)] != none; }
  std::string_view field(Role role) const { return has(role) ? trimmed(text(role)) : std::string_view{}; }

  static constexpr std::size_t none = ~std::size_t{0};
  const std::vector<std::string>& header_;
  const Binding binding_;
  const Schema& schema_;
  const RowRules& rules_;
  const TimeFormat time_format_;
  const unsigned places_;
  const bool evm_, asset_required_;
  std::array<std::size_t, role_count> slot_;  // place in fields_, or none
  std::vector<std::size_t> columns_;
  const Record* record_ = nullptr;  // that was started and has no row yet
  std::span<const std::string_view> fields_;

  AccountBuffer from_buffer_, to_buffer_;
  HexBuffer asset_buffer_, id_buffer_;
  bool failed_ = false;
  bool saw_likely_milliseconds_ = false, saw_rounded_doubles_ = false;

  std::unique_ptr<CoinTransaction> coins_;  // where the schema is of coins
  Payment of_all_;                          // what the payments of one transaction share
};

}  // namespace ringscan
