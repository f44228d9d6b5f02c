// A flat column of texts or bytes of a row group, page by page into arrays whose room is taken once: Arrow's own reader
// of such columns takes room for the rest of a page with each batch, and gives it back. Where a dictionary has all
// values, arrays refer to one copy of that.
#pragma once
#include <arrow/type_fwd.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>

#include <memory>
#include <optional>
#include <vector>

#include "read/arrow/flat_column.hpp"

namespace ringscan {

class ByteArrays final : public FlatColumn {
 public:
  // Whether its values are texts, whatever Arrow's type of the column would keep them in; nullopt for numbers and the
  // like.
  static std::optional<bool> is_text(const parquet::ColumnDescriptor& column, const arrow::DataType& type);
  ByteArrays(std::shared_ptr<parquet::RowGroupReader> group, int leaf, bool is_text);
  // Of 64-bit offsets, whatever the column's type says.
  std::shared_ptr<arrow::Array> next(std::int64_t rows) override;

 private:
  std::shared_ptr<arrow::Array> next_values(std::int64_t rows);
  std::shared_ptr<arrow::Array> next_entries(std::int64_t rows);
  // Calls `read(rows still wanted, their levels, values found)`, and `take(values found)` of each page while it stands.
  // Returns how many rows there were.
  template <class Read, class Take>
  std::int64_t read_pages(std::int64_t rows, Read read, Take take);
  // Calls `take()` for each of these rows that has a value, `skip()` for each other. Returns the bits that tell, null
  // if all have one.
  template <class Take, class Skip>
  std::shared_ptr<arrow::Buffer> spread(std::int64_t rows, Take take, Skip skip) const;
  std::shared_ptr<arrow::Array> texts(std::int64_t rows, std::shared_ptr<arrow::Buffer> offsets,
                                      std::shared_ptr<arrow::Buffer> bytes,
                                      std::shared_ptr<arrow::Buffer> validity = nullptr) const;

  const std::shared_ptr<parquet::RowGroupReader> group_;
  const std::shared_ptr<parquet::ColumnReader> column_;
  parquet::ByteArrayReader& reader_;
  const bool is_text_, has_nulls_, has_dictionary_;
  std::vector<std::int16_t> levels_;  // 1: has a value
  std::vector<parquet::ByteArray> values_;
  std::vector<std::int64_t> ends_;    // of values found
  std::vector<std::int32_t> places_;  // of entries
  std::shared_ptr<arrow::Array> dictionary_;
};

}  // namespace ringscan
