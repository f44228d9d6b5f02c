// RFC 4180 records: fields in quotes may hold delimiters, line ends and doubled quotes; a line ends with LF or CRLF; a
// quote inside a field that does not begin with one, a CR inside a line, and NUL are bytes like any other; a byte order
// mark, blank lines and a missing last line end are nothing. The first record is the header; it decides between comma
// and tab.
//
// A record that breaks these rules carries a `problem`, and reading goes on with the next. A quote that is never closed
// takes the rest of the file with it, which the problem says.
//
// A block is cut at a line end as if no quotes were open there. Where one is, the record that it cuts is the block's
// rest, and the next block is read once more behind it; so files without line ends in quotes are never read twice.
#pragma once
#include <atomic>

#include "read/csv_block.hpp"

namespace ringscan {

class CsvSource final : public RecordSource {
 public:
  // Reads the header. Throws BadInput if it cannot be read, for a record above 256 MiB, and what the text's source
  // throws.
  explicit CsvSource(TextBlocks text, Vectors vectors = fastest_vectors());

  std::string_view format() const override { return columns_.delimiter == '\t' ? "tsv" : "csv"; }
  const std::vector<std::string>& header() const override { return header_; }
  void select(std::span<const std::size_t> columns) override;
  std::uint64_t lines_before() const override { return lines_before_; }
  std::unique_ptr<RecordBlock> next_block() override;
  std::uint64_t bytes_done() const override { return text_.bytes_done(); }
  std::unique_ptr<RecordBlock> behind(std::string_view rest, std::unique_ptr<RecordBlock> block,
                                      std::uint64_t line) override;

 private:
  bool read_header();

  TextBlocks text_;
  const Vectors vectors_;
  SpareSeparators spare_;
  LazyRelease release_;
  CsvColumns columns_;
  std::vector<std::string> header_;
  std::uint64_t lines_before_ = 0;
  std::optional<TextBlock> first_;  // what follows the header in its block
  std::size_t tried_in_vain_ = 0;   // bytes that began with a record whose end is not in them
  const std::size_t usual_size_;    // of blocks
  std::atomic<std::size_t> size_;   // of the next ones: a record over many blocks is to be joined from few
};

}  // namespace ringscan
