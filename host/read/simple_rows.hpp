// Rows of the plainest kind, in one pass from their bytes to a batch: addresses of 40 hex digits, or numbers where
// accounts may be called anything; whole numbers as such or in decimal digits, no filter but times. Whatever is
// anything else, malformed or to be dropped for another reason than its amount is left to RowReader, which says what it
// is; the two agree where both can read.
#pragma once
#include <optional>
#include <string_view>

#include "read/record_source.hpp"
#include "read/row_batch.hpp"
#include "read/row_reader.hpp"

namespace ringscan {

class SimpleRows {
 public:
  // nullopt if no row of this file is of this kind. `columns`: as RowReader has them.
  static std::optional<SimpleRows> of(const Binding& binding, const RowRules& rules,
                                      std::span<const std::size_t> columns, std::size_t width);

  enum class Result { added, dropped_zero, dropped_outside, not_simple };
  Result add(const Record& record, std::string_view lasting, RowBatch& batch) const;

 private:
  static constexpr std::size_t none = ~std::size_t{0};
  std::size_t width_ = 0;
  std::size_t from_ = none, to_ = none, value_ = none, time_ = none, asset_ = none, id_ = none, block_ = none,
              index_ = none, log_ = none, receipt_status_ = none;
  bool keeps_zero_ = false, keeps_self_ = false, time_is_block_ = false;
  bool has_any_names_ = false;  // of accounts, such as numbers
  bool reads_dates_ = false;    // as times
  std::int64_t start_ = 0, end_ = 0;
};

}  // namespace ringscan
