// JSON lines: an object a line, its keys in any order. The columns are the keys of the first MiB, in the order in which
// they appear there. A field is a string without its escapes, a number or a truth value as it is written, an array or
// an object as its JSON text; a key that is missing or null is an empty text. Blank lines, CRLF, a byte order mark and
// a missing last line end are nothing.
//
// A line that is not one object, or has a selected key twice, carries a `problem`; so does one with a key that the
// first MiB lacks and that a schema knows: other such keys are left out. A value that is not selected is not looked
// into.
//
// O(bytes): the marks of a block are found by vector instructions, and lines as exporters write them are read by these
// alone (flat_object.hpp); any other line is indexed once more. Memory is the block, or the largest line several times.
// Throws BadInput for a JSON array, for a first MiB without any key that can be read, and what the blocks throw.
#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "read/record_source.hpp"
#include "read/separators.hpp"
#include "read/text_blocks.hpp"

namespace ringscan {

class JsonLinesSource final : public RecordSource {
 public:
  // True for a key, in lower case, that is a column's name to some schema; asked from the threads that read blocks.
  using IsKnownName = std::function<bool(std::string_view)>;

  // Reads the first block. What `blocks` refers to must live as long as this and its blocks.
  JsonLinesSource(TextBlocks blocks, IsKnownName is_known_name, Vectors vectors = fastest_vectors());
  ~JsonLinesSource() override;

  std::string_view format() const override { return "json lines"; }
  const std::vector<std::string>& header() const override;
  void select(std::span<const std::size_t> columns) override;
  std::uint64_t lines_before() const override { return 0; }
  std::unique_ptr<RecordBlock> next_block() override;
  std::uint64_t bytes_done() const override { return blocks_.bytes_done(); }

  struct Columns;

 private:
  void find_columns(std::string_view text);

  TextBlocks blocks_;
  std::unique_ptr<Columns> columns_;
  std::optional<TextBlock> first_;
};

}  // namespace ringscan
