// A flat column of integers or timestamps of a row group that stand in the file as Arrow keeps them, page by page into
// room of its own: Arrow's reader copies them twice, and tells for each whether it is null.
#pragma once
#include <arrow/type_fwd.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>

#include <memory>
#include <vector>

#include "read/arrow/flat_column.hpp"

namespace ringscan {

class WholeNumbers final : public FlatColumn {
 public:
  static bool can_read(const parquet::ColumnDescriptor& column, const arrow::DataType& type);
  WholeNumbers(std::shared_ptr<parquet::RowGroupReader> group, int leaf, std::shared_ptr<arrow::DataType> type);
  std::shared_ptr<arrow::Array> next(std::int64_t rows) override;

 private:
  template <class Reader>
  std::shared_ptr<arrow::Array> read(std::int64_t rows);

  const std::shared_ptr<parquet::RowGroupReader> group_;
  const std::shared_ptr<parquet::ColumnReader> column_;
  const std::shared_ptr<arrow::DataType> type_;
  const bool has_nulls_;
  std::vector<std::int16_t> levels_;  // 1: has a value
};

}  // namespace ringscan
