#include "read/arrow/parquet.hpp"

#include <arrow/array/concatenate.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>

#include "read/arrow/batch_block.hpp"
#include "read/arrow/failure.hpp"

namespace ringscan {
namespace {

using parquet::arrow::FileReader;
using parquet::arrow::SchemaField;

// Each time the entries of a dictionary are gathered once more.
constexpr std::int64_t rows_decoded_at_once = 4 * rows_of_a_block;

void add_leaves(const SchemaField& field, std::vector<int>& leaves) {
  if (field.is_leaf()) leaves.push_back(field.column_index);
  for (const SchemaField& child : field.children) add_leaves(child, leaves);
}

// Are all values of the column references to a dictionary? Then that is how they are cheapest.
bool is_dictionary_encoded(const parquet::ColumnChunkMetaData& chunk) {
  if (chunk.type() != parquet::Type::BYTE_ARRAY || !chunk.has_dictionary_page()) return false;
  const auto& pages = chunk.encoding_stats();
  return !pages.empty() && std::all_of(pages.begin(), pages.end(), [](const parquet::PageEncodingStats& page) {
    return page.page_type == parquet::PageType::DICTIONARY_PAGE ||
           page.encoding == parquet::Encoding::PLAIN_DICTIONARY || page.encoding == parquet::Encoding::RLE_DICTIONARY;
  });
}

// A column of a row group that is being decoded, in order, for blocks that may come in any order.
class ColumnPart {
 public:
  ColumnPart(const std::string& file, std::shared_ptr<FileReader> reader, int group, std::vector<int> leaves,
             std::int64_t row_count)
      : file_(file), reader_(std::move(reader)), group_(group), leaves_(std::move(leaves)), rows_left_(row_count) {}

  std::shared_ptr<arrow::Array> take(std::int64_t block) {
    const std::lock_guard lock(mutex_);
    if (failure_) std::rethrow_exception(failure_);
    try {
      guarded(file_, [&] {
        for (; decoded_ <= block; ++decoded_) ready_[decoded_] = decode(std::min(rows_left_, rows_of_a_block));
      });
    } catch (...) {
      failure_ = std::current_exception();  // what comes behind it is not to be trusted
      throw;
    }
    return ready_.extract(block).mapped();
  }

 private:
  std::shared_ptr<arrow::Array> decode(std::int64_t wanted) {
    if (!batches_) batches_ = value_or_fail(file_, reader_->GetRecordBatchReader({group_}, leaves_));
    rows_left_ -= wanted;
    arrow::ArrayVector parts;
    while (wanted > 0) {
      std::shared_ptr<arrow::RecordBatch> batch = std::exchange(rest_, nullptr);
      if (!batch) check(file_, batches_->ReadNext(&batch));
      if (!batch) fail(file_, "a row group has fewer rows than its footer says");
      check(file_, batch->Validate());
      const std::int64_t rows = std::min(batch->num_rows(), wanted);
      if (rows < batch->num_rows()) rest_ = batch->Slice(rows);
      parts.push_back(batch->column(0)->Slice(0, rows));
      wanted -= rows;
    }
    return parts.size() == 1 ? parts.front() : value_or_fail(file_, arrow::Concatenate(parts));
  }

  const std::string& file_;
  const std::shared_ptr<FileReader> reader_;
  const int group_;
  const std::vector<int> leaves_;
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
  std::shared_ptr<arrow::RecordBatch> rest_;                     // of what was decoded last
  std::map<std::int64_t, std::shared_ptr<arrow::Array>> ready_;  // by block
  std::int64_t decoded_ = 0;                                     // blocks
  std::int64_t rows_left_;
};

// While a thread decodes one column, others decode the columns before it, for later blocks.
class RowGroup {
 public:
  RowGroup(std::string file, const std::shared_ptr<FileReader>& reader, int number,
           const std::vector<std::vector<int>>& leaves, std::int64_t row_count)
      : file_(std::move(file)) {
    for (const std::vector<int>& column : leaves)
      columns_.push_back(std::make_unique<ColumnPart>(file_, reader, number, column, row_count));
  }

  Batches take(std::int64_t block, std::int64_t rows) const {
    arrow::ArrayVector arrays;
    arrow::FieldVector fields;
    for (const auto& column : columns_) {
      arrays.push_back(column->take(block));
      fields.push_back(arrow::field("", arrays.back()->type()));
    }
    return {arrow::RecordBatch::Make(arrow::schema(std::move(fields)), rows, std::move(arrays))};
  }

 private:
  const std::string file_;
  std::vector<std::unique_ptr<ColumnPart>> columns_;
};

class ParquetSource final : public RecordSource {
 public:
  ParquetSource(const std::string& name, const arrow_io::File& file) : name_(name), file_(file) {
    size_ = std::uint64_t(value_or_fail(name, file->GetSize()));
    reader_ = make_reader({});
    metadata_ = reader_->parquet_reader()->metadata();
    check(name, reader_->GetSchema(&schema_));
    header_ = names_of(*schema_);
  }

  std::string_view format() const override { return "parquet"; }
  const std::vector<std::string>& header() const override { return header_; }
  std::uint64_t lines_before() const override { return 0; }
  std::uint64_t bytes_done() const override {
    const auto all = double(metadata_->num_rows());
    return all > 0 ? std::uint64_t(double(size_) * std::min(1.0, double(rows_cut_) / all)) : 0;
  }

  void select(std::span<const std::size_t> columns) override {
    guarded(name_, [&] {
      projection_ = std::make_shared<const Projection>(name_, *schema_, columns);
      leaves_.clear();
      std::vector<int> dictionaries;
      for (const int field : projection_->fields()) {
        const SchemaField& described = reader_->manifest().schema_fields.at(std::size_t(field));
        add_leaves(described, leaves_.emplace_back());
        if (described.is_leaf() && metadata_->num_row_groups() > 0 &&
            is_dictionary_encoded(*metadata_->RowGroup(0)->ColumnChunk(described.column_index)))
          dictionaries.push_back(described.column_index);
      }
      reader_ = make_reader(dictionaries);
    });
  }

  std::unique_ptr<RecordBlock> next_block() override {
    return guarded(name_, [&]() -> std::unique_ptr<RecordBlock> {
      while (rows_left_ == 0) {
        if (next_group_ == metadata_->num_row_groups()) return nullptr;
        rows_left_ = metadata_->RowGroup(next_group_)->num_rows();
        if (rows_left_ < 0) fail(name_, "a row group has fewer rows than none");
        group_ = std::make_shared<const RowGroup>(name_, reader_, next_group_++, leaves_, rows_left_);
        block_ = 0;
      }
      const std::int64_t rows = std::min(rows_left_, rows_of_a_block);
      rows_left_ -= rows;
      rows_cut_ += rows;
      return std::make_unique<BatchBlock>(
          projection_, [group = group_, block = block_++, rows] { return group->take(block, rows); });
    });
  }

 private:
  std::shared_ptr<FileReader> make_reader(const std::vector<int>& dictionaries) const {
    parquet::ReaderProperties properties;
    properties.set_page_checksum_verification(true);
    parquet::ArrowReaderProperties arrow_properties;
    arrow_properties.set_use_threads(false);
    arrow_properties.set_pre_buffer(false);
    arrow_properties.set_batch_size(rows_decoded_at_once);
    arrow_properties.set_coerce_int96_timestamp_unit(arrow::TimeUnit::MICRO);  // nanoseconds would wrap
    for (const int column : dictionaries) arrow_properties.set_read_dictionary(column, true);
    parquet::arrow::FileReaderBuilder builder;
    check(name_, builder.Open(file_, properties, metadata_));
    builder.properties(arrow_properties);
    return value_or_fail(name_, builder.Build());
  }

  const std::string name_;
  const arrow_io::File file_;
  std::uint64_t size_ = 0;
  std::shared_ptr<parquet::FileMetaData> metadata_;
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<std::string> header_;
  std::shared_ptr<FileReader> reader_;
  std::shared_ptr<const Projection> projection_;
  std::vector<std::vector<int>> leaves_;  // of each selected column, in the order of the file
  std::shared_ptr<const RowGroup> group_;
  int next_group_ = 0;
  std::int64_t rows_left_ = 0, block_ = 0;  // of group_
  std::int64_t rows_cut_ = 0;
};

}  // namespace

std::unique_ptr<RecordSource> open_parquet(const std::string& name, const arrow_io::File& file) {
  return std::make_unique<ParquetSource>(name, file);
}

}  // namespace ringscan
