// A row group's columns, decoded in the threads that read its blocks: one thread at a time for a column. A thread that
// finds all that it needs taken begins a column of the next group meanwhile, so that nobody waits while there is work.
#pragma once
#include <arrow/type_fwd.h>
#include <parquet/arrow/reader.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/mapped_file.hpp"
#include "read/arrow/batch_block.hpp"

namespace ringscan {

// What its row groups know of a file. `bytes` is the mapped file, or empty.
struct ParquetFile {
  std::string name;
  std::shared_ptr<parquet::arrow::FileReader> reader;
  std::shared_ptr<parquet::FileMetaData> metadata;
  std::string_view bytes;
  mutable LazyRelease done_with{};

  // Where the leaves of one column stand in a group; empty where that is not known, or not in the file.
  std::vector<std::string_view> chunks(int group, const std::vector<int>& leaves) const;
};

class ColumnPart;

class RowGroup {
 public:
  // `leaves`: of each column, in the order of batches.
  RowGroup(std::shared_ptr<const ParquetFile> file, int number, const std::vector<std::vector<int>>& leaves);
  ~RowGroup();
  std::int64_t row_count() const { return row_count_; }
  // The group behind this one, before the first take().
  void set_next(std::shared_ptr<const RowGroup> next) { next_ = std::move(next); }

  // The rows of a block, each block once: rows_of_a_block of them, fewer in the last. Throws as RecordSource does.
  Batches take(std::int64_t block) const;

 private:
  bool begin_a_column() const;  // false if all are begun or taken

  const std::shared_ptr<const ParquetFile> file_;
  const std::int64_t row_count_;
  std::vector<std::unique_ptr<ColumnPart>> columns_;
  std::shared_ptr<const RowGroup> next_;
};

}  // namespace ringscan
