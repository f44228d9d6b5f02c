// RFC 4180 records, one after another: fields in quotes may hold delimiters, line ends and doubled quotes; a line ends
// with LF or CRLF; a quote inside a field that does not begin with one, a CR inside a line, and NUL are bytes like any
// other; a byte order mark, blank lines and a missing last line end are nothing. The first record is the header; it
// decides between comma and tab.
//
// A record that breaks these rules carries a `problem`, and reading goes on with the next. A quote that is never closed
// takes the rest of the file with it, which the problem says.
//
// O(bytes), three passes of memchr; memory is the largest record. Throws BadInput for a record above 256 MiB, and what
// the source throws.
#pragma once
#include <memory>

#include "io/input.hpp"
#include "read/record_reader.hpp"

namespace ringscan {

class CsvReader final : public RecordReader {
 public:
  // Reads the header. The source must live as long as the reader.
  explicit CsvReader(ByteSource& source);

  std::string_view format() const override { return delimiter_ == ',' ? "csv" : "tsv"; }
  const std::vector<std::string>& header() const override { return header_; }
  void select(std::span<const std::size_t> columns) override;
  bool next(Record& record) override;

 private:
  struct Line {  // the line that is being split, as far as it is known to reach
    const char* text_end;
    const char* next;
  };
  void read_header();
  bool refill();
  bool split();
  bool find_line_end(const char* from, Line& line) const;
  bool split_quoted(const char*& at, Line& line);
  std::size_t put(const char* begin, const char* end);
  void unescape();

  ByteSource& source_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_, position_ = 0, filled_ = 0;  // unread bytes are [position_, filled_)
  bool at_end_ = false;                               // of the source
  std::uint64_t line_ = 1;                            // of position_
  char delimiter_ = ',';
  std::vector<std::string> header_;

  static constexpr std::size_t unwanted = ~std::size_t{0};
  std::vector<std::size_t> slot_of_column_;  // place in fields_, or unwanted
  std::vector<std::size_t> selected_;
  bool is_header_ = true;  // all its columns are wanted

  // The record that was split last.
  std::vector<std::string_view> fields_;
  std::vector<std::size_t> escaped_;  // of fields_: those with doubled quotes
  std::size_t field_count_ = 0, size_ = 0;
  std::uint64_t line_ends_ = 0;
  bool is_blank_ = false, surplus_is_empty_ = true;
  std::string problem_;
};

}  // namespace ringscan
