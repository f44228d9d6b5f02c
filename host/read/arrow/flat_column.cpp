#include "read/arrow/flat_column.hpp"

#include <parquet/arrow/schema.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>

#include "read/arrow/byte_arrays.hpp"
#include "read/arrow/whole_numbers.hpp"

namespace ringscan {

std::unique_ptr<FlatColumn> FlatColumn::of(parquet::arrow::FileReader& reader, int group,
                                           const std::vector<int>& leaves) {
  if (leaves.size() != 1) return nullptr;
  const int leaf = leaves.front();
  parquet::ParquetFileReader& file = *reader.parquet_reader();
  const parquet::ColumnDescriptor& column = *file.metadata()->schema()->Column(leaf);
  if (column.path()->ToDotVector().size() != 1 || column.max_repetition_level() != 0) return nullptr;
  const parquet::arrow::SchemaField* field = nullptr;
  PARQUET_THROW_NOT_OK(reader.manifest().GetColumnField(leaf, &field));
  const std::shared_ptr<arrow::DataType>& type = field->field->type();
  if (const auto is_text = ByteArrays::is_text(column, *type))
    return std::make_unique<ByteArrays>(file.RowGroup(group), leaf, *is_text);
  if (WholeNumbers::can_read(column, *type)) return std::make_unique<WholeNumbers>(file.RowGroup(group), leaf, type);
  return nullptr;
}

}  // namespace ringscan
