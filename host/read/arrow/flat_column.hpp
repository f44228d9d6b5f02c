// A flat column of a row group, read in order without Arrow's builders.
#pragma once
#include <arrow/type_fwd.h>
#include <parquet/arrow/reader.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace ringscan {

class FlatColumn {
 public:
  virtual ~FlatColumn() = default;
  // So many rows more; fewer at the end of the row group. Throws what Parquet throws.
  virtual std::shared_ptr<arrow::Array> next(std::int64_t rows) = 0;

  // Null for a column that Arrow's reader must read: nested, or of a type that is kept otherwise in the file. Throws
  // what Parquet throws.
  static std::unique_ptr<FlatColumn> of(parquet::arrow::FileReader& reader, int group, const std::vector<int>& leaves);
};

}  // namespace ringscan
