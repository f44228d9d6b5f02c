// Records of one file -> payments: every field that is needed is checked first, then the first reason to drop the row
// is found, then the filter is asked. No allocation for a row that is not rejected.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "read/fields.hpp"
#include "read/payment.hpp"
#include "read/record_source.hpp"
#include "read/schemas.hpp"
#include "read/times.hpp"

namespace ringscan {

// ReadOptions, understood once for all files; refers to them. Throws UsageError for a unit, a time format, a schema or
// a map that has no meaning.
struct RowRules {
  explicit RowRules(const ReadOptions& options);

  const ReadOptions& options;
  TimeFormat time_format;
  std::optional<unsigned> places;          // of --value-unit
  std::vector<std::string> wanted_assets;  // canonical, sorted
};

// A data row and what becomes of it.
struct ReadRow {
  std::uint64_t line = 0;    // where it begins
  std::optional<Drop> drop;  // nothing: it is a payment of the ledger; outside_filter: `payment` is valid too
  Payment payment;           // views last until the next row
  std::string_view column;   // of a rejected row: what is wrong where; "" if it is wrong as a whole
  std::string reason;
};

class RowReader {
 public:
  // `header` is the file's, and must live as long.
  RowReader(const std::vector<std::string>& header, const Binding& binding, const RowRules& rules);

  // The columns that records must have selected, in this order.
  std::span<const std::size_t> columns() const { return columns_; }
  void read(const Record& record, ReadRow& row);

  // What the last row had under a role that has a column; for showing rows to people.
  std::string_view text(Role role) const { return fields_[slot_[to_index(role)]]; }
  bool saw_likely_milliseconds() const { return saw_likely_milliseconds_; }
  bool saw_rounded_doubles() const { return saw_rounded_doubles_; }

 private:
  // Each is false where it rejects the row.
  bool check_shape(const Record& record, ReadRow& row);
  bool read_accounts(ReadRow& row);
  bool read_account(ReadRow& row, Role role, HexBuffer& buffer, std::string_view& account);
  bool read_value(ReadRow& row);
  bool read_amount(ReadRow& row, Role role, Amount& amount);
  bool read_time(ReadRow& row);
  bool read_position(ReadRow& row);
  bool read_asset(ReadRow& row);
  bool read_status(ReadRow& row);
  bool reject(ReadRow& row, Role role, std::string_view problem);

  std::optional<Drop> reason_to_drop(const Payment& payment) const;
  bool is_outside_filter(const Payment& payment) const;

  bool has(Role role) const { return slot_[to_index(role)] != none; }
  std::string_view field(Role role) const { return has(role) ? trimmed(text(role)) : std::string_view{}; }

  static constexpr std::size_t none = ~std::size_t{0};
  const std::vector<std::string>& header_;
  const Binding binding_;
  const RowRules& rules_;
  const unsigned places_;
  const bool evm_, asset_required_;
  std::array<std::size_t, role_count> slot_;  // place in fields_, or none
  std::vector<std::size_t> columns_;
  std::span<const std::string_view> fields_;  // of the current record

  HexBuffer from_buffer_, to_buffer_, asset_buffer_, id_buffer_;
  bool failed_ = false;
  bool saw_likely_milliseconds_ = false, saw_rounded_doubles_ = false;
};

}  // namespace ringscan
