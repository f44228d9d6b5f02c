// What rows of the plainest kind are: addresses of 40 hex digits, or numbers where accounts may be called anything;
// whole numbers as such or in decimal digits, no filter but times. SimpleColumns takes such rows from their bytes to a
// batch; whatever is anything else, malformed or to be dropped for another reason than its amount is
// left to RowReader, which says what it is. They agree where both can read.
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "read/row_reader.hpp"
#include "read/text_table.hpp"

namespace ringscan {

// What becomes of a row.
enum class SimpleResult : std::uint8_t { added, dropped_zero, dropped_outside, not_simple };

struct SimpleForm {
  // nullopt if no row of this file is of this kind. `columns`: as RowReader has them.
  static std::optional<SimpleForm> of(const Binding& binding, const RowRules& rules,
                                      std::span<const std::size_t> columns, std::size_t width);

  static constexpr std::size_t none = ~std::size_t{0};
  std::size_t width = 0;
  // Places in a record's fields.
  std::size_t from = none, to = none, value = none, time = none, asset = none, id = none, block = none, index = none,
              log = none, receipt_status = none, item_type = none;
  std::string_view item;  // what such rows have as item_type
  bool keeps_zero = false, keeps_self = false, time_is_block = false;
  bool has_any_names = false;   // of accounts, such as numbers
  bool reads_dates = false;     // as times
  std::uint64_t most_time = 0;  // of times that are numbers
  std::int64_t start = 0, end = 0;
};

// One to 18 decimal digits.
bool read_digits(std::string_view text, std::uint64_t& value);
// Addresses as PackedTexts has them, a tag and their bytes: that of texts[i] goes to keys[i * step]. is_address[i] says
// whether it is one.
void read_addresses(std::span<const std::string_view> texts, TextKey* keys, std::size_t step,
                    std::span<std::uint8_t> is_address);

}  // namespace ringscan
