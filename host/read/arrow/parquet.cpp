#include "read/arrow/parquet.hpp"

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>
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

// A row group that is being decoded, in order, for blocks that may come in any order.
class RowGroup {
 public:
  RowGroup(std::string file, std::shared_ptr<FileReader> reader, int number, std::vector<int> leaves,
           std::int64_t row_count)
      : file_(std::move(file)),
        reader_(std::move(reader)),
        number_(number),
        leaves_(std::move(leaves)),
        rows_left_(row_count) {}

  Batches take(std::int64_t block) {
    const std::lock_guard lock(mutex_);
    guarded(file_, [&] {
      while (decoded_ <= block) decode();
    });
    return std::move(ready_.extract(block).mapped());
  }

 private:
  void decode() {
    if (!batches_) batches_ = value_or_fail(file_, reader_->GetRecordBatchReader({number_}, leaves_));
    std::int64_t wanted = std::min(rows_left_, rows_of_a_block);
    Batches& ready = ready_[decoded_];
    while (wanted > 0) {
      std::shared_ptr<arrow::RecordBatch> batch = std::exchange(rest_, nullptr);
      if (!batch) check(file_, batches_->ReadNext(&batch));
      if (!batch) fail(file_, "a row group has fewer rows than its footer says");
      check(file_, batch->Validate());
      if (batch->num_rows() > wanted) {
        rest_ = batch->Slice(wanted);
        batch = batch->Slice(0, wanted);
      }
      wanted -= batch->num_rows();
      rows_left_ -= batch->num_rows();
      ready.push_back(std::move(batch));
    }
    ++decoded_;
  }

  const std::string file_;
  const std::shared_ptr<FileReader> reader_;
  const int number_;
  const std::vector<int> leaves_;
  std::mutex mutex_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
  std::shared_ptr<arrow::RecordBatch> rest_;  // of what was decoded last
  std::map<std::int64_t, Batches> ready_;     // by block
  std::int64_t decoded_ = 0;                  // blocks
  std::int64_t rows_left_;
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
        add_leaves(described, leaves_);
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
        group_ = std::make_shared<RowGroup>(name_, reader_, next_group_++, leaves_, rows_left_);
        block_ = 0;
      }
      const std::int64_t rows = std::min(rows_left_, rows_of_a_block);
      rows_left_ -= rows;
      rows_cut_ += rows;
      return std::make_unique<BatchBlock>(projection_,
                                          [group = group_, block = block_++] { return group->take(block); });
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
  std::vector<int> leaves_;
  std::shared_ptr<RowGroup> group_;
  int next_group_ = 0;
  std::int64_t rows_left_ = 0, block_ = 0;  // of group_
  std::int64_t rows_cut_ = 0;
};

}  // namespace

std::unique_ptr<RecordSource> open_parquet(const std::string& name, const arrow_io::File& file) {
  return std::make_unique<ParquetSource>(name, file);
}

}  // namespace ringscan
