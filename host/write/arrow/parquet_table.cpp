#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/table_builder.h>
#include <arrow/type.h>
#include <arrow/util/compression.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <new>
#include <stdexcept>

#include "write/arrow/module.hpp"
#include "write/arrow/sink_stream.hpp"
#include "write/escape.hpp"

namespace ringscan {
namespace {

// A row group is in memory until it is written, and is what readers skip or share out: whichever is reached first.
constexpr std::int64_t rows_of_a_group = 65'536;
constexpr std::size_t text_bytes_of_a_group = 64 << 20;

std::shared_ptr<arrow::DataType> type_of(ColumnType type) {
  return type == ColumnType::text ? arrow::utf8() : type == ColumnType::integer ? arrow::int64() : arrow::float64();
}

std::shared_ptr<arrow::Schema> schema_of(const std::vector<TableColumn>& columns) {
  arrow::FieldVector fields;
  for (const TableColumn& column : columns) fields.push_back(arrow::field(column.name, type_of(column.type)));
  return arrow::schema(std::move(fields));
}

// The best of those that every reader knows and that these libraries were built with.
arrow::Compression::type compression() {
  for (const auto codec : {arrow::Compression::ZSTD, arrow::Compression::SNAPPY})
    if (arrow::util::Codec::IsAvailable(codec)) return codec;
  return arrow::Compression::UNCOMPRESSED;
}

class ParquetTable final : public TableWriter {
 public:
  ParquetTable(Sink& sink, const std::vector<TableColumn>& columns)
      : stream_(std::make_shared<SinkStream>(sink)), schema_(schema_of(columns)) {
    const auto properties = parquet::WriterProperties::Builder().compression(compression())->build();
    arrow::MemoryPool* const pool = arrow::default_memory_pool();
    file_ = value_of(parquet::arrow::FileWriter::Open(*schema_, pool, stream_, properties));
    rows_ = value_of(arrow::RecordBatchBuilder::Make(schema_, pool));
  }
  // A file that was left unfinished would be closed, with a footer that makes it look whole.
  ~ParquetTable() override { stream_->refuse(); }

  void write(std::span<const Cell> row) override {
    for (std::size_t i = 0; i < row.size(); ++i) check(append(row[i], *rows_->GetField(int(i))));
    if (++row_count_ == rows_of_a_group || text_bytes_ >= text_bytes_of_a_group) write_group();
  }

  void finish() override {
    if (row_count_ > 0) write_group();
    check(file_->Close());
  }

 private:
  arrow::Status append(const Cell& cell, arrow::ArrayBuilder& column) {
    if (const auto* const text = std::get_if<std::string>(&cell)) {
      text_bytes_ += text->size();
      return static_cast<arrow::StringBuilder&>(column).Append(utf8_text(*text));
    }
    if (const auto* const integer = std::get_if<std::int64_t>(&cell))
      return static_cast<arrow::Int64Builder&>(column).Append(*integer);
    if (const auto* const number = std::get_if<double>(&cell))
      return static_cast<arrow::DoubleBuilder&>(column).Append(*number);
    return column.AppendNull();
  }

  void write_group() {
    const auto group = value_of(arrow::Table::FromRecordBatches({value_of(rows_->Flush())}));
    check(file_->WriteTable(*group, rows_of_a_group));
    row_count_ = 0;
    text_bytes_ = 0;
  }

  void check(const arrow::Status& status) const {
    stream_->rethrow();
    if (status.IsOutOfMemory()) throw std::bad_alloc();
    if (!status.ok()) throw std::runtime_error("Arrow cannot write the result: " + status.ToString());
  }
  template <class Value>
  Value value_of(arrow::Result<Value> result) const {
    check(result.status());
    return std::move(result).ValueUnsafe();
  }

  const std::shared_ptr<SinkStream> stream_;
  const std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<parquet::arrow::FileWriter> file_;
  std::unique_ptr<arrow::RecordBatchBuilder> rows_;
  std::int64_t row_count_ = 0;  // of the group that is not written yet
  std::size_t text_bytes_ = 0;
};

}  // namespace

extern "C" __attribute__((visibility("default"))) TableWriter* ringscan_open_parquet_table_1(
    Sink& sink, const std::vector<TableColumn>& columns) {
  return new ParquetTable(sink, columns);
}

}  // namespace ringscan
