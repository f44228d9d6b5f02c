// One record of CSV text -> fields, by all the rules: what the fast path of csv.cpp leaves over.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "read/record_source.hpp"

namespace ringscan {

// Which columns are wanted, and where their fields go.
struct CsvColumns {
  static constexpr std::size_t unwanted = ~std::size_t{0};
  char delimiter = ',';
  std::vector<std::size_t> slots;     // by column of the header: place in Record::fields, or unwanted
  std::vector<std::size_t> selected;  // by place
  bool all = false;                   // every column is wanted, however many there are: the header itself
};

class CsvRecord {
 public:
  explicit CsvRecord(const CsvColumns& columns) : columns_(columns) {}

  // The record that begins `text`, with its line end; false if it may go on behind the text, which is not the file's
  // end then. `line` is the text's first, for messages.
  bool split(std::string_view text, bool is_last, std::uint64_t line);

  std::size_t size() const { return size_; }  // in bytes
  std::uint64_t line_ends() const { return line_ends_; }
  bool is_blank() const { return is_blank_; }
  // Fills all but the line. The views last until the next split, and as the text does.
  void to(Record& record);

 private:
  struct Line {  // the line that is being split, as far as it is known to reach
    const char* text_end;
    const char* next;
  };
  bool find_line_end(const char* from, Line& line) const;
  bool split_quoted(const char*& at, Line& line);
  std::size_t put(const char* begin, const char* end);

  const CsvColumns& columns_;
  std::string_view text_;
  bool is_last_ = false;
  std::uint64_t line_ = 1;

  std::vector<std::string_view> fields_;
  std::vector<std::size_t> escaped_;  // of fields_: those with doubled quotes
  std::vector<std::string> unescaped_;
  std::size_t field_count_ = 0, size_ = 0;
  std::uint64_t line_ends_ = 0;
  bool is_blank_ = false, surplus_is_empty_ = true;
  std::string problem_;
};

}  // namespace ringscan
