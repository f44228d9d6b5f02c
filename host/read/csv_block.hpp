// Records of one block of CSV text (csv.hpp), which ends with a line, in windows that the nearest cache holds: their
// separators are found, then the fields of all lines that have as many as the header, column by column. A line with a
// quote, or another number of fields, is a record by itself.
#pragma once
#include <mutex>
#include <vector>

#include "read/csv_record.hpp"
#include "read/separators.hpp"
#include "read/text_blocks.hpp"

namespace ringscan {

// Room that blocks have done with, for the next ones: fresh pages cost more than what is written to them.
class SpareSeparators {
 public:
  Separators take();
  void give(Separators&& used);

 private:
  std::mutex lock_;
  std::vector<Separators> spare_;
};

class CsvBlock final : public RecordBlock {
 public:
  // All but the text must stand as long.
  CsvBlock(const CsvColumns& columns, Vectors vectors, SpareSeparators& spare, LazyRelease& release, TextBlock block,
           bool is_mapped)
      : columns_(columns),
        vectors_(vectors),
        spare_(spare),
        release_(release),
        block_(std::move(block)),
        is_mapped_(is_mapped),
        record_(columns) {}
  ~CsvBlock() override {
    spare_.give(std::move(separators_));
    if (is_mapped_) release_.add(block_.text);
  }

  const TextBlock& block() const { return block_; }
  // Its lines are counted from here in messages, and what it ends with is all there is.
  void number_lines_from(std::uint64_t line) { first_line_ = line; }
  void finish_records() { finishes_records_ = true; }
  void wait() { is_waiting_ = true; }
  void begin_with_rest() { begins_with_rest_ = true; }

  bool next(Record& record) override;
  bool has_columns() const override { return true; }
  // Lines of one window with a field for each name of the header, or else a single record, which has no texts if it is
  // of another shape.
  std::span<const FieldColumn> next_columns(std::size_t& records) override;
  std::string_view text_ahead() const override;
  void record(std::size_t place, Record& record) override;
  std::uint64_t line_count() const override { return line_ - 1; }
  std::string_view rest() const override { return is_waiting_ ? block_.text : rest_; }
  std::string_view lasting_text() const override { return is_mapped_ ? block_.text : std::string_view{}; }

 private:
  static constexpr std::size_t no_place = std::string_view::npos;

  const char* text() const { return block_.text.data(); }
  std::size_t text_size() const { return block_.text.size(); }
  void look_ahead();
  std::size_t even_lines() const;
  void take_columns(std::size_t lines);
  bool tell(Record& record);
  void pass_by();
  void take(std::size_t first, std::size_t last, std::size_t begin, std::size_t end, Record& record);
  bool next_by_rules();

  const CsvColumns& columns_;
  const Vectors vectors_;
  SpareSeparators& spare_;
  LazyRelease& release_;
  const TextBlock block_;
  const bool is_mapped_;
  CsvRecord record_;
  std::uint64_t first_line_ = 1;
  bool finishes_records_ = false, is_waiting_ = false, begins_with_rest_ = false, is_prepared_ = false;

  Separators separators_;
  std::span<const std::uint32_t> places_, feeds_;
  std::size_t at_ = 0, window_ = 0, window_end_ = 0;  // of the separators; it ends with a line
  std::size_t quote_ = no_place;                      // the first at or behind at_, of the window
  std::size_t separator_ = 0, feed_ = 0;              // of at_
  std::uint64_t line_ = 1;                            // of at_
  std::string_view rest_;
  std::vector<std::string_view> fields_;

  // Of next_columns():
  std::vector<std::string_view> texts_;  // column by column
  std::vector<FieldColumn> field_columns_;
  std::size_t group_size_ = 0;  // 0: a single record
  std::uint64_t group_line_ = 0;
  Record single_;
};

}  // namespace ringscan
