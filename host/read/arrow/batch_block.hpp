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

// A block has no more rows than this: enough to be read by a thread, few enough for many blocks to be in memory.
inline constexpr std::int64_t rows_of_a_block = 16'384;

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

// A column of a batch, by rows: numbers and times where it has them, views where it has them, and texts of all.
class BatchColumn {
 public:
  void set(const std::shared_ptr<arrow::Array>& array);
  void clear() { texts_.reset(), views_.clear(), numbers_.clear(), times_.clear(); }
  std::string_view text(std::int64_t row) {
    if (!views_.empty()) return views_[std::size_t(row)];
    return texts_ ? texts_->at(row) : std::string_view{};
  }
  std::uint64_t number(std::int64_t row) const { return numbers_.empty() ? no_number : numbers_[std::size_t(row)]; }
  std::uint64_t time(std::int64_t row) const { return times_.empty() ? no_number : times_[std::size_t(row)]; }

 private:
  std::unique_ptr<Texts> texts_;
  std::vector<std::string_view> views_;
  std::vector<std::uint64_t> numbers_, times_;
};

class BatchBlock final : public RecordBlock {
 public:
  // `decode` is called in the thread that reads the block.
  BatchBlock(std::shared_ptr<const Projection> projection, std::function<Batches()> decode);
  ~BatchBlock() override;
  bool next(Record& record) override;
  bool next_values(Record& record) override;
  void write_texts() override;
  std::uint64_t line_count() const override { return lines_; }

 private:
  bool next_batch();

  std::shared_ptr<const Projection> projection_;
  std::function<Batches()> decode_;
  Batches batches_;
  std::size_t taken_ = 0;  // of batches_
  std::vector<BatchColumn> columns_;
  std::int64_t row_ = 0, rows_ = 0;  // of the current batch
  std::vector<std::string_view> fields_;
  std::vector<std::uint64_t> numbers_, times_;
  std::uint64_t lines_ = 0;
};

}  // namespace ringscan
