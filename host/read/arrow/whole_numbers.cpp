#include "read/arrow/whole_numbers.hpp"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>
#include <parquet/exception.h>

#include <algorithm>

namespace ringscan {
namespace {

using BufferPointer = std::shared_ptr<arrow::Buffer>;

BufferPointer room_for(std::int64_t bytes) {
  PARQUET_ASSIGN_OR_THROW(BufferPointer room, arrow::AllocateBuffer(bytes));
  return room;
}

}  // namespace

bool WholeNumbers::can_read(const parquet::ColumnDescriptor& column, const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::INT32:
    case arrow::Type::UINT32:
      return column.physical_type() == parquet::Type::INT32;
    case arrow::Type::INT64:
    case arrow::Type::UINT64:
    case arrow::Type::TIMESTAMP:
      return column.physical_type() == parquet::Type::INT64;
    default:
      return false;
  }
}

WholeNumbers::WholeNumbers(std::shared_ptr<parquet::RowGroupReader> group, int leaf,
                           std::shared_ptr<arrow::DataType> type)
    : group_(std::move(group)),
      column_(group_->Column(leaf)),
      type_(std::move(type)),
      has_nulls_(column_->descr()->max_definition_level() > 0) {}

std::shared_ptr<arrow::Array> WholeNumbers::next(std::int64_t rows) {
  return column_->type() == parquet::Type::INT32 ? read<parquet::Int32Reader>(rows) : read<parquet::Int64Reader>(rows);
}

template <class Reader>
std::shared_ptr<arrow::Array> WholeNumbers::read(std::int64_t rows) {
  using Value = typename Reader::T;
  Reader& reader = static_cast<Reader&>(*column_);
  levels_.resize(has_nulls_ ? std::size_t(rows) : 0);
  const BufferPointer room = room_for(rows * std::int64_t{sizeof(Value)});
  Value* const values = reinterpret_cast<Value*>(room->mutable_data());
  std::int64_t done = 0, found = 0;
  while (done < rows && reader.HasNext()) {
    std::int16_t* const levels = has_nulls_ ? levels_.data() + done : nullptr;
    std::int64_t here = 0;
    const std::int64_t more = reader.ReadBatch(rows - done, levels, nullptr, values + found, &here);
    if (more <= 0 || here != (has_nulls_ ? std::count(levels, levels + more, std::int16_t{1}) : more))
      throw parquet::ParquetException("a page has fewer values than it says");
    done += more;
    found += here;
  }
  BufferPointer validity;
  if (found < done) {  // from the last row on, each value to its place
    validity = room_for(arrow::bit_util::BytesForBits(done));
    std::int64_t left = found;
    for (std::int64_t row = done; row-- > 0;) {
      const bool has_value = levels_[std::size_t(row)] == 1;
      arrow::bit_util::SetBitTo(validity->mutable_data(), row, has_value);
      values[row] = has_value ? values[--left] : Value{};
    }
  }
  return arrow::MakeArray(arrow::ArrayData::Make(type_, done, {std::move(validity), room}, done - found));
}

}  // namespace ringscan
