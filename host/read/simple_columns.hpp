// Rows of the plainest kind (SimpleForm), column by column, for formats that have their fields so: each column is read
// in a loop of its own, and rows that one after another are plain go to the batch together.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "read/record_source.hpp"
#include "read/row_batch.hpp"
#include "read/simple_form.hpp"

namespace ringscan {

class SimpleColumns {
 public:
  // Says what becomes of each of these rows. `form` and `columns` must stand until the last add().
  // What stands in `ahead` is fetched meanwhile.
  std::span<const SimpleResult> read(const SimpleForm& form, std::span<const FieldColumn> columns, std::size_t rows,
                                     std::string_view ahead = {});
  // Adds rows [begin, end) of them, of which all are to be added and none was, as records `first_record` and after.
  // `lasting`: as RowBatch has it.
  void add(std::size_t begin, std::size_t end, std::uint32_t first_record, std::string_view lasting, RowBatch& batch);

 private:
  struct Summary;
  void leave(std::size_t row) { results_[row] = SimpleResult::not_simple; }
  void fetch_ahead();
  void read_accounts();
  void read_values();
  void read_times();
  void read_numbers(std::size_t slot, NumbersOrZeros& numbers);
  void read_status();
  void read_item_types();
  void read_assets();
  void settle();
  void add_columns(std::size_t begin, std::size_t end, RowBatch& batch);

  const SimpleForm* form_ = nullptr;
  std::span<const FieldColumn> columns_;
  std::size_t rows_ = 0;
  const char *ahead_ = nullptr, *ahead_end_ = nullptr;
  // Of each row:
  std::vector<SimpleResult> results_;
  std::vector<std::uint8_t> is_address_;  // of one column
  std::vector<TextKey> keys_;             // sender and receiver, in turn, unless; empty: none is needed
  std::vector<std::uint64_t> numbers_;    // the same has a number here; empty: none has
  PositionColumns positions_;
  std::vector<OrderCode> codes_;
  NumbersOrZeros tails_;
  std::vector<std::pair<std::uint32_t, Amount>> huge_;  // as RowBatch has them
};

}  // namespace ringscan
