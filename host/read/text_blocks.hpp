// A text as blocks that end with a line: for formats whose records are lines, or mostly are.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "io/input.hpp"
#include "io/mapped_file.hpp"

namespace ringscan {

struct TextBlock {
  std::string_view text;
  bool is_last = false;                // nothing follows it
  std::shared_ptr<const char[]> room;  // what holds the text, if it is not a mapped file
};

class TextBlocks {
 public:
  static constexpr std::size_t usual_size = std::size_t{1} << 20;  // of a block: half of what a core's cache holds
  static constexpr std::size_t longest_line = std::size_t{256} << 20;

  // The source, or the file, must live as long as the blocks' texts are used.
  explicit TextBlocks(ByteSource& source, std::size_t size = usual_size)
      : source_(&source), size_(size), name_(source.name()) {}
  TextBlocks(std::string_view mapped, std::string name, std::size_t size = usual_size)
      : mapped_(mapped), is_mapped_(true), size_(size), name_(std::move(name)) {}

  // The text's beginning, as far as the first block has it; next() hands it out all the same.
  std::string_view front();
  // Nothing after the last one. Throws BadInput for a line above 256 MiB, and what the source throws.
  std::optional<TextBlock> next();
  void set_size(std::size_t size) { size_ = size; }  // of the blocks from here on
  std::size_t size() const { return size_; }
  bool is_mapped() const { return is_mapped_; }
  std::uint64_t bytes_done() const { return done_; }  // of the text
  const std::string& name() const { return name_; }

 private:
  std::optional<TextBlock> cut();
  std::optional<TextBlock> next_mapped();
  std::optional<TextBlock> next_read();

  ByteSource* source_ = nullptr;
  std::string_view mapped_;
  bool is_mapped_ = false, at_end_ = false;
  std::size_t size_;
  std::string name_;
  std::shared_ptr<char[]> room_;  // the block before, which ends with the beginning of a line
  std::string_view tail_;         // that beginning
  std::uint64_t done_ = 0;
  std::optional<TextBlock> first_;  // that front() has read
};

}  // namespace ringscan
