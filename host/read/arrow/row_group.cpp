#include "read/arrow/row_group.hpp"

#include <arrow/array/concatenate.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/metadata.h>

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>
#include <numeric>

#include "read/arrow/failure.hpp"
#include "read/arrow/flat_column.hpp"

namespace ringscan {

std::vector<std::string_view> ParquetFile::chunks(int group, const std::vector<int>& leaves) const {
  std::vector<std::string_view> found;
  for (const int leaf : leaves) {
    const auto chunk = metadata->RowGroup(group)->ColumnChunk(leaf);
    std::int64_t begin = chunk->data_page_offset();
    if (chunk->has_dictionary_page() && chunk->dictionary_page_offset() > 0)
      begin = std::min(begin, chunk->dictionary_page_offset());
    const std::int64_t size = chunk->total_compressed_size();  // a stranger wrote all of them
    if (begin < 0 || size < 0 || std::uint64_t(begin) > bytes.size()) continue;
    found.push_back(bytes.substr(std::size_t(begin), std::size_t(size)));
  }
  return found;
}

// A column of a row group that is being decoded, in order, for blocks that may come in any order.
class ColumnPart {
 public:
  ColumnPart(const ParquetFile& file, int group, std::vector<int> leaves, std::int64_t row_count)
      : file_(file), group_(group), leaves_(std::move(leaves)), rows_left_(row_count) {}
  ~ColumnPart() {
    if (!is_begun()) return;
    for (const std::string_view chunk : file_.chunks(group_, leaves_)) file_.done_with.add(chunk);
  }

  std::shared_ptr<arrow::Array> take(std::int64_t block) {
    const std::lock_guard lock(mutex_);
    return take_locked(block);
  }
  // Null if another thread has the column.
  std::shared_ptr<arrow::Array> try_take(std::int64_t block) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    return lock ? take_locked(block) : nullptr;
  }
  // False if there is nothing to begin, or another thread has the column.
  bool try_begin() {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock || is_begun() || failure_ || rows_left_ == 0) return false;
    keeping_failures([&] { rest_ = next_rows(); });
    return true;
  }

 private:
  bool is_begun() const { return flat_ || batches_; }

  std::shared_ptr<arrow::Array> take_locked(std::int64_t block) {
    keeping_failures([&] {
      for (; decoded_ <= block; ++decoded_) ready_[decoded_] = decode(std::min(rows_left_, rows_of_a_block));
    });
    if (failure_) std::rethrow_exception(failure_);
    return ready_.extract(block).mapped();
  }

  // What comes behind a failure is not to be trusted.
  template <class Call>
  void keeping_failures(Call&& call) {
    if (failure_) return;
    try {
      guarded(file_.name, call);
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  // Rows of the column, and no more than of a block.
  std::shared_ptr<arrow::Array> next_rows() {
    if (!is_begun()) {
      for (const std::string_view chunk : file_.chunks(group_, leaves_)) populate(chunk);
      flat_ = FlatColumn::of(*file_.reader, group_, leaves_);
      if (!flat_) batches_ = value_or_fail(file_.name, file_.reader->GetRecordBatchReader({group_}, leaves_));
    }
    std::shared_ptr<arrow::Array> rows;
    if (flat_) {
      rows = flat_->next(std::min(rows_left_, rows_of_a_block));
    } else {
      std::shared_ptr<arrow::RecordBatch> batch;
      check(file_.name, batches_->ReadNext(&batch));
      if (batch) rows = batch->column(0);
    }
    if (!rows || rows->length() == 0) fail(file_.name, "a row group has fewer rows than its footer says");
    check(file_.name, rows->Validate());
    return rows;
  }

  std::shared_ptr<arrow::Array> decode(std::int64_t wanted) {
    arrow::ArrayVector parts;
    while (wanted > 0) {
      std::shared_ptr<arrow::Array> found = std::exchange(rest_, nullptr);
      if (!found) found = next_rows();
      const std::int64_t rows = std::min(found->length(), wanted);
      if (rows < found->length()) rest_ = found->Slice(rows);
      parts.push_back(found->Slice(0, rows));
      wanted -= rows;
      rows_left_ -= rows;
    }
    return parts.size() == 1 ? parts.front() : value_or_fail(file_.name, arrow::Concatenate(parts));
  }

  const ParquetFile& file_;
  const int group_;
  const std::vector<int> leaves_;
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::unique_ptr<FlatColumn> flat_;  // one of the two, once the column is begun
  std::unique_ptr<arrow::RecordBatchReader> batches_;
  std::shared_ptr<arrow::Array> rest_;                           // of what was decoded last
  std::map<std::int64_t, std::shared_ptr<arrow::Array>> ready_;  // by block
  std::int64_t decoded_ = 0;                                     // blocks
  std::int64_t rows_left_;
};

RowGroup::RowGroup(std::shared_ptr<const ParquetFile> file, int number, const std::vector<std::vector<int>>& leaves)
    : file_(std::move(file)), row_count_(file_->metadata->RowGroup(number)->num_rows()) {
  if (row_count_ < 0) fail(file_->name, "a row group has fewer rows than none");
  for (const std::vector<int>& column : leaves)
    columns_.push_back(std::make_unique<ColumnPart>(*file_, number, column, row_count_));
}

RowGroup::~RowGroup() = default;

bool RowGroup::begin_a_column() const {
  return std::ranges::any_of(columns_, [](const auto& column) { return column->try_begin(); });
}

Batches RowGroup::take(std::int64_t block) const {
  arrow::ArrayVector arrays(columns_.size());
  std::vector<std::size_t> missing(columns_.size());
  std::iota(missing.begin(), missing.end(), std::size_t{0});
  while (!missing.empty()) {
    const std::size_t taken = std::erase_if(missing, [&](std::size_t column) {
      arrays[column] = columns_[column]->try_take(block);
      return arrays[column] != nullptr;
    });
    if (missing.empty() || taken > 0 || (next_ && next_->begin_a_column())) continue;
    arrays[missing.back()] = columns_[missing.back()]->take(block);
    missing.pop_back();
  }
  arrow::FieldVector fields;
  for (const auto& array : arrays) fields.push_back(arrow::field("", array->type()));
  const std::int64_t rows = std::min(rows_of_a_block, row_count_ - block * rows_of_a_block);
  return {arrow::RecordBatch::Make(arrow::schema(std::move(fields)), rows, std::move(arrays))};
}

}  // namespace ringscan
