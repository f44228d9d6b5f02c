// The seam between formats and rows: a file as blocks of records of named columns, of which only those wanted are
// looked at. Blocks are cut by one thread, in order, and may be read by many.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/ledger.hpp"

namespace ringscan {

// In place of a whole number that is none, or none from 0 to 2^64 - 2.
inline constexpr std::uint64_t no_number = ~std::uint64_t{0};

struct Record {
  std::uint64_t line = 0;                    // where it begins, counted from 1 in its block
  std::size_t field_count = 0;               // all that it has, wanted or not
  bool surplus_is_empty = true;              // of the fields that the header has no name for
  std::string problem;                       // why it could not be split into fields; empty if it could
  std::span<const std::string_view> fields;  // of the selected columns; empty texts where the record has fewer fields
};

// A selected column of some records. Spans are empty where no record has anything in them.
struct FieldColumn {
  // What the digits of the texts would say, and the seconds since 1970 that they name, where the format has them as
  // such; no_number in others.
  std::span<const std::uint64_t> numbers, times;
  std::span<const std::string_view> texts;  // at least of those that have neither

  std::uint64_t number(std::size_t record) const { return numbers.empty() ? no_number : numbers[record]; }
  std::string_view text(std::size_t record) const { return texts.empty() ? std::string_view{} : texts[record]; }
};

// Some records of a file, one after another.
class RecordBlock {
 public:
  virtual ~RecordBlock() = default;
  // False at the end. The record's views last until the next call.
  virtual bool next(Record& record) = 0;
  // The same for formats that have whole columns, instead of next(): the columns of the next records, and how many
  // these are; none at the end.
  virtual bool has_columns() const { return false; }
  virtual std::span<const FieldColumn> next_columns(std::size_t& records) {
    records = 0;
    return {};
  }
  // What is looked at after these records, for who has the time to fetch it.
  virtual std::string_view text_ahead() const { return {}; }
  // One of these records; its texts last until the next call.
  virtual void record(std::size_t place, Record& record) { (void)place, (void)record; }
  // The lines that the block has, known at its end.
  virtual std::uint64_t line_count() const = 0;
  // What of the block is the beginning of a record that goes on behind it, known at its end. Its lines are not counted.
  virtual std::string_view rest() const { return {}; }
  // Text that stands as long as the source does, and so do the views into it; empty where nothing does.
  virtual std::string_view lasting_text() const { return {}; }
};

// The texts of one column, for who wants a few of them after all records were read without it. For many threads.
class LaterTexts {
 public:
  virtual ~LaterTexts() = default;
  // Hands out the text of each of these records, which are counted from 0 in the file and ascend. What stands before a
  // record in its piece of the file is decoded with it. Throws BadInput for a file that is no longer what it was.
  virtual void read(std::span<const std::uint64_t> records, const std::function<void(std::string_view)>& use) const = 0;
  // The first record of each piece, ascending from 0.
  virtual std::span<const std::uint64_t> pieces() const = 0;
};

// One file. Throws BadInput for what cannot be a file of its format, and what its bytes' source throws.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  virtual std::string_view format() const = 0;
  // As spelled; empty if the file is.
  virtual const std::vector<std::string>& header() const = 0;
  // Distinct columns, by place in the header; Record::fields has their order. Before the first block.
  virtual void select(std::span<const std::size_t> columns) = 0;
  // From now on the fields of this column, by place in the header, are empty: whoever needs them asks what is returned,
  // which needs the source no more. Null where the source cannot come back to them; then it gives them as ever. After
  // select(), before the first block.
  virtual std::shared_ptr<const LaterTexts> leave_for_later(std::size_t column) {
    (void)column;
    return nullptr;
  }
  // The lines before the first block's: the header.
  virtual std::uint64_t lines_before() const = 0;
  // Null at the end. Blocks may be read in other threads, and at any time while the source lives.
  virtual std::unique_ptr<RecordBlock> next_block() = 0;
  // Bytes of the file, as it is stored, that blocks were cut from; for progress.
  virtual std::uint64_t bytes_done() const { return 0; }
  // Rows that were dropped when the file was made, for files that know.
  virtual DropCounts dropped_before() const { return {}; }
  // For formats with rests: `block` once more, behind what those before it left, which begins in line `line` of the
  // file; null stands for the end of the file.
  virtual std::unique_ptr<RecordBlock> behind(std::string_view rest, std::unique_ptr<RecordBlock> block,
                                              std::uint64_t line) {
    (void)rest, (void)line;
    return block;
  }
};

}  // namespace ringscan
