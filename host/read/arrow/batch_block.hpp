// A file's rows as blocks of record batches, of which the selected columns become texts, a row at a time.
#pragma once
#include <arrow/type_fwd.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "read/arrow/texts.hpp"
#include "read/record_source.hpp"

namespace ringscan {

using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

// A block has no more rows than this: enough to be read by a thread, few enough for their fields to stay in its cache.
inline constexpr std::int64_t rows_of_a_block = 4'096;

// What is wanted of a file, and where batches that hold only that have it.
class Projection {
 public:
  // Throws BadInput for a column of a type that has no texts.
  Projection(const std::string& file, const arrow::Schema& schema, std::span<const std::size_t> columns);

  // Batches do without this column, one of the selected; its texts are empty.
  void leave_out(std::size_t column);

  const std::vector<int>& fields() const { return fields_; }  // of the schema, in its order
  const std::vector<int>& places() const { return places_; }  // in batches, of each selected column; -1: left out
  std::size_t header_size() const { return header_size_; }

 private:
  std::vector<int> fields_, places_;
  std::vector<std::size_t> columns_;
  std::size_t header_size_;
};

std::vector<std::string> names_of(const arrow::Schema& schema);

// A column of a batch: numbers and times where it has them, texts of the others, and texts of all one by one.
class BatchColumn {
 public:
  void set(const std::shared_ptr<arrow::Array>& array);  // null: nothing in it
  // Lasts until the next call.
  std::string_view text(std::int64_t row) { return texts_ ? texts_->at(row) : std::string_view{}; }
  // Of all its rows; lasts until then, too.
  FieldColumn fields(std::size_t rows);

 private:
  void write_others(std::size_t rows);

  std::unique_ptr<Texts> texts_;
  std::vector<std::string_view> views_;
  std::string written_;  // that views refer to, where the array itself has no texts
  std::vector<std::uint64_t> numbers_, times_;
};

class BatchBlock final : public RecordBlock {
 public:
  // `decode` is called in the thread that reads the block.
  BatchBlock(std::shared_ptr<const Projection> projection, std::function<Batches()> decode);
  ~BatchBlock() override;
  bool next(Record& record) override;
  bool has_columns() const override { return true; }
  std::span<const FieldColumn> next_columns(std::size_t& records) override;
  void record(std::size_t place, Record& record) override;
  std::uint64_t line_count() const override { return lines_; }  // at the end

 private:
  bool next_batch();

  std::shared_ptr<const Projection> projection_;
  std::function<Batches()> decode_;
  Batches batches_;
  std::size_t taken_ = 0;  // of batches_
  std::vector<BatchColumn> columns_;
  std::int64_t row_ = 0, rows_ = 0;  // of the current batch
  std::vector<FieldColumn> field_columns_;
  std::vector<std::string_view> fields_;
  std::uint64_t lines_ = 0;  // before the current batch
};

}  // namespace ringscan
