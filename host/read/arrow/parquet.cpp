#include "read/arrow/parquet.hpp"

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>

#include "read/arrow/failure.hpp"
#include "read/arrow/row_group.hpp"

namespace ringscan {
namespace {

using parquet::arrow::FileReader;
using parquet::arrow::SchemaField;

void add_leaves(const SchemaField& field, std::vector<int>& leaves) {
  if (field.is_leaf()) leaves.push_back(field.column_index);
  for (const SchemaField& child : field.children) add_leaves(child, leaves);
}

// A column of a mapped file, decoded anew each time, a row group at least as far as the last record asked for.
class ColumnTexts final : public LaterTexts {
 public:
  ColumnTexts(std::shared_ptr<const ParquetFile> file, std::vector<int> leaves)
      : file_(std::move(file)), leaves_(std::move(leaves)) {
    std::uint64_t first = 0;
    for (int group = 0; group < file_->metadata->num_row_groups(); ++group) {
      pieces_.push_back(first);
      first += std::uint64_t(std::max(std::int64_t{0}, file_->metadata->RowGroup(group)->num_rows()));
    }
  }

  std::span<const std::uint64_t> pieces() const override { return pieces_; }

  void read(std::span<const std::uint64_t> records, const std::function<void(std::string_view)>& use) const override {
    guarded(file_->name, [&] {
      for (std::size_t group = 0; group < pieces_.size() && !records.empty(); ++group) {
        const bool is_last = group + 1 == pieces_.size();
        const auto end = is_last ? records.end() : std::ranges::lower_bound(records, pieces_[group + 1]);
        const std::size_t here = std::size_t(end - records.begin());
        if (here > 0) read_group(group, records.first(here), use);
        records = records.subspan(here);
      }
    });
  }

 private:
  void read_group(std::size_t group, std::span<const std::uint64_t> records,
                  const std::function<void(std::string_view)>& use) const {
    const std::vector<std::string_view> chunks = file_->chunks(int(group), leaves_);
    for (const std::string_view chunk : chunks) populate(chunk);
    const auto batches = value_or_fail(file_->name, file_->reader->GetRecordBatchReader({int(group)}, leaves_));
    for (std::uint64_t first = pieces_[group]; !records.empty();) {
      std::shared_ptr<arrow::RecordBatch> batch;
      check(file_->name, batches->ReadNext(&batch));
      if (!batch) fail(file_->name, "a row group has fewer rows than its footer says");
      check(file_->name, batch->Validate());
      const auto texts = make_texts(batch->column(0));
      const std::uint64_t end = first + std::uint64_t(batch->num_rows());
      for (; !records.empty() && records.front() < end; records = records.subspan(1))
        use(texts->at(std::int64_t(records.front() - first)));
      first = end;
    }
    for (const std::string_view chunk : chunks) file_->done_with.add(chunk);
  }

  const std::shared_ptr<const ParquetFile> file_;
  const std::vector<int> leaves_;
  std::vector<std::uint64_t> pieces_;
};

class ParquetSource final : public RecordSource {
 public:
  ParquetSource(const std::string& name, const arrow_io::File& file, std::string_view mapped)
      : name_(name), file_(file), mapped_(mapped) {
    size_ = std::uint64_t(value_or_fail(name, file->GetSize()));
    reader_ = make_reader();
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
      projection_ = std::make_shared<Projection>(name_, *schema_, columns);
      find_leaves();
      parts_ = std::make_shared<ParquetFile>(name_, reader_, metadata_, mapped_);
    });
  }

  std::shared_ptr<const LaterTexts> leave_for_later(std::size_t column) override {
    if (mapped_.empty()) return nullptr;
    return guarded(name_, [&] {
      std::vector<int> leaves;
      add_leaves(reader_->manifest().schema_fields.at(column), leaves);
      projection_->leave_out(column);
      find_leaves();
      return std::make_shared<const ColumnTexts>(parts_, std::move(leaves));
    });
  }

  std::unique_ptr<RecordBlock> next_block() override {
    return guarded(name_, [&]() -> std::unique_ptr<RecordBlock> {
      while (rows_left_ == 0) {
        group_ = next_group();
        if (!group_) return nullptr;
        rows_left_ = group_->row_count();
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
  void find_leaves() {
    leaves_.clear();
    for (const int field : projection_->fields())
      add_leaves(reader_->manifest().schema_fields.at(std::size_t(field)), leaves_.emplace_back());
  }

  // Null behind the last.
  std::shared_ptr<RowGroup> make_group() {
    if (groups_ == metadata_->num_row_groups()) return nullptr;
    return std::make_shared<RowGroup>(parts_, groups_++, leaves_);
  }
  std::shared_ptr<const RowGroup> next_group() {
    std::shared_ptr<RowGroup> group = groups_ == 0 ? make_group() : std::move(ahead_);
    ahead_ = make_group();
    if (group) group->set_next(ahead_);
    return group;
  }

  std::shared_ptr<FileReader> make_reader() const {
    parquet::ReaderProperties properties;
    properties.set_page_checksum_verification(true);
    parquet::ArrowReaderProperties arrow_properties;
    arrow_properties.set_use_threads(false);
    arrow_properties.set_pre_buffer(false);
    arrow_properties.set_batch_size(rows_of_a_block);
    arrow_properties.set_coerce_int96_timestamp_unit(arrow::TimeUnit::MICRO);  // nanoseconds would wrap
    parquet::arrow::FileReaderBuilder builder;
    check(name_, builder.Open(file_, properties, metadata_));
    builder.properties(arrow_properties);
    return value_or_fail(name_, builder.Build());
  }

  const std::string name_;
  const arrow_io::File file_;
  const std::string_view mapped_;
  std::uint64_t size_ = 0;
  std::shared_ptr<parquet::FileMetaData> metadata_;
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<std::string> header_;
  std::shared_ptr<FileReader> reader_;
  std::shared_ptr<const ParquetFile> parts_;
  std::shared_ptr<Projection> projection_;
  std::vector<std::vector<int>> leaves_;  // of each column of the batches
  std::shared_ptr<const RowGroup> group_;
  std::shared_ptr<RowGroup> ahead_;
  int groups_ = 0;                          // made
  std::int64_t rows_left_ = 0, block_ = 0;  // of group_
  std::int64_t rows_cut_ = 0;
};

}  // namespace

std::unique_ptr<RecordSource> open_parquet(const std::string& name, const arrow_io::File& file,
                                           std::string_view mapped) {
  return std::make_unique<ParquetSource>(name, file, mapped);
}

}  // namespace ringscan
