#include "read/arrow/byte_arrays.hpp"

#include <arrow/array.h>
#include <arrow/buffer_builder.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>

#include <algorithm>
#include <span>

namespace ringscan {
namespace {

using ArrayPointer = std::shared_ptr<arrow::Array>;
using BufferPointer = std::shared_ptr<arrow::Buffer>;

template <class T>
class Room {
 public:
  explicit Room(std::int64_t count) { PARQUET_THROW_NOT_OK(builder_.Reserve(count)); }
  void reserve(std::int64_t more) { PARQUET_THROW_NOT_OK(builder_.Reserve(more)); }
  void add(T value) { builder_.UnsafeAppend(value); }
  void add(const T* values, std::int64_t count) { builder_.UnsafeAppend(values, count); }
  std::int64_t size() const { return builder_.length(); }
  BufferPointer finish() {
    BufferPointer buffer;
    PARQUET_THROW_NOT_OK(builder_.Finish(&buffer, false));
    return buffer;
  }

 private:
  arrow::TypedBufferBuilder<T> builder_;
};

}  // namespace

std::optional<bool> ByteArrays::is_text(const parquet::ColumnDescriptor& column, const arrow::DataType& type) {
  if (column.physical_type() != parquet::Type::BYTE_ARRAY) return std::nullopt;
  switch (type.id()) {
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
      return true;
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::BINARY_VIEW:
      return false;
    case arrow::Type::DICTIONARY:
      return is_text(column, *static_cast<const arrow::DictionaryType&>(type).value_type());
    default:
      return std::nullopt;
  }
}

ByteArrays::ByteArrays(std::shared_ptr<parquet::RowGroupReader> group, int leaf, bool is_text)
    : group_(std::move(group)),
      column_(group_->ColumnWithExposeEncoding(leaf, parquet::ExposedEncoding::DICTIONARY)),
      reader_(static_cast<parquet::ByteArrayReader&>(*column_)),
      is_text_(is_text),
      has_nulls_(column_->descr()->max_definition_level() > 0),
      has_dictionary_(column_->GetExposedEncoding() == parquet::ExposedEncoding::DICTIONARY) {}

ArrayPointer ByteArrays::next(std::int64_t rows) { return has_dictionary_ ? next_entries(rows) : next_values(rows); }

template <class Read, class Take>
std::int64_t ByteArrays::read_pages(std::int64_t rows, Read read, Take take) {
  levels_.resize(has_nulls_ ? std::size_t(rows) : 0);
  std::int64_t done = 0;
  while (done < rows && reader_.HasNext()) {
    std::int16_t* const levels = has_nulls_ ? levels_.data() + done : nullptr;
    std::int64_t found = 0;
    const std::int64_t more = read(rows - done, levels, found);
    if (more <= 0 || found != (has_nulls_ ? std::count(levels, levels + more, std::int16_t{1}) : more))
      throw parquet::ParquetException("a page has fewer values than it says");
    take(found);
    done += more;
  }
  return done;
}

template <class Take, class Skip>
BufferPointer ByteArrays::spread(std::int64_t rows, Take take, Skip skip) const {
  const auto end = levels_.begin() + (has_nulls_ ? rows : 0);
  if (std::find(levels_.begin(), end, std::int16_t{0}) == end) {
    for (std::int64_t row = 0; row < rows; ++row) take();
    return nullptr;
  }
  arrow::TypedBufferBuilder<bool> bits;
  PARQUET_THROW_NOT_OK(bits.Reserve(rows));
  for (auto level = levels_.begin(); level != end; ++level) {
    bits.UnsafeAppend(*level != 0);
    if (*level != 0)
      take();
    else
      skip();
  }
  BufferPointer validity;
  PARQUET_THROW_NOT_OK(bits.Finish(&validity));
  return validity;
}

ArrayPointer ByteArrays::texts(std::int64_t rows, BufferPointer offsets, BufferPointer bytes,
                               BufferPointer validity) const {
  if (is_text_) return std::make_shared<arrow::LargeStringArray>(rows, offsets, bytes, validity);
  return std::make_shared<arrow::LargeBinaryArray>(rows, offsets, bytes, validity);
}

ArrayPointer ByteArrays::next_values(std::int64_t rows) {
  values_.resize(std::size_t(rows));
  ends_.clear();
  Room<std::uint8_t> bytes(0);
  const auto read = [&](std::int64_t wanted, std::int16_t* levels, std::int64_t& found) {
    return reader_.ReadBatch(wanted, levels, nullptr, values_.data(), &found);
  };
  const std::int64_t done = read_pages(rows, read, [&](std::int64_t found) {
    std::int64_t end = bytes.size(), more = 0;
    for (std::int64_t i = 0; i < found; ++i) more += values_[std::size_t(i)].len;
    bytes.reserve(more);
    for (std::int64_t i = 0; i < found; ++i) {
      const parquet::ByteArray& value = values_[std::size_t(i)];
      bytes.add(value.ptr, value.len);
      ends_.push_back(end += value.len);
    }
  });
  Room<std::int64_t> offsets(done + 1);
  offsets.add(0);
  std::int64_t end = 0;
  auto next = ends_.begin();
  const auto validity = spread(
      done, [&] { offsets.add(end = *next++); }, [&] { offsets.add(end); });
  return texts(done, offsets.finish(), bytes.finish(), validity);
}

ArrayPointer ByteArrays::next_entries(std::int64_t rows) {
  places_.resize(std::size_t(rows));
  std::int64_t places = 0;
  const parquet::ByteArray* entries = nullptr;
  std::int32_t count = 0;
  const auto read = [&](std::int64_t wanted, std::int16_t* levels, std::int64_t& found) {
    return reader_.ReadBatchWithDictionary(wanted, levels, nullptr, places_.data() + places, &found, &entries, &count);
  };
  const std::int64_t done = read_pages(rows, read, [&](std::int64_t found) { places += found; });
  if (!dictionary_) {
    Room<std::int64_t> offsets(std::int64_t{count} + 1);
    Room<std::uint8_t> bytes(0);
    offsets.add(0);
    for (const parquet::ByteArray& entry : std::span(entries, std::size_t(count))) {
      bytes.reserve(entry.len);
      bytes.add(entry.ptr, entry.len);
      offsets.add(bytes.size());
    }
    dictionary_ = texts(count, offsets.finish(), bytes.finish());
  }
  Room<std::int32_t> indices(done);
  auto next = places_.begin();
  const auto validity = spread(
      done, [&] { indices.add(*next++); }, [&] { indices.add(0); });
  const auto references = std::make_shared<arrow::Int32Array>(done, indices.finish(), validity);
  return std::make_shared<arrow::DictionaryArray>(arrow::dictionary(arrow::int32(), dictionary_->type()), references,
                                                  dictionary_);
}

}  // namespace ringscan
