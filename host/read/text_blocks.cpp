#include "read/text_blocks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "io/errors.hpp"

namespace ringscan {
namespace {

// Up to and with the last line feed; 0 if there is none.
std::size_t whole_lines(std::string_view text) {
  const void* const last = text.empty() ? nullptr : ::memrchr(text.data(), '\n', text.size());
  return last == nullptr ? 0 : std::size_t(static_cast<const char*>(last) - text.data()) + 1;
}

[[noreturn]] void too_long(const std::string& name) {
  throw BadInput(
      fmt::format("{} has a line of more than {} MiB: is it a text of rows?", name, TextBlocks::longest_line >> 20));
}

}  // namespace

std::optional<TextBlock> TextBlocks::cut() { return is_mapped_ ? next_mapped() : next_read(); }

std::optional<TextBlock> TextBlocks::next() { return first_ ? std::exchange(first_, std::nullopt) : cut(); }

std::string_view TextBlocks::front() {
  if (!first_) first_ = cut();
  return first_ ? first_->text : std::string_view{};
}

std::optional<TextBlock> TextBlocks::next_mapped() {
  if (mapped_.empty()) return std::nullopt;
  std::size_t size = whole_lines(mapped_.substr(0, size_));
  if (size == 0) {
    const std::size_t line_feed = mapped_.substr(0, longest_line).find('\n', std::min(size_, mapped_.size()));
    if (line_feed == mapped_.npos && mapped_.size() > longest_line) too_long(name_);
    size = line_feed == mapped_.npos ? mapped_.size() : line_feed + 1;
  }
  if (mapped_.size() <= size_) size = mapped_.size();
  TextBlock block{mapped_.substr(0, size), size == mapped_.size(), nullptr};
  mapped_.remove_prefix(size);
  done_ += size;
  return block;
}

std::optional<TextBlock> TextBlocks::next_read() {
  if (at_end_) return std::nullopt;
  std::size_t capacity = std::max(size_, 2 * tail_.size());
  std::shared_ptr<char[]> room(new char[capacity]);
  std::size_t filled = tail_.size();
  if (filled > 0) std::memcpy(room.get(), tail_.data(), filled);
  std::size_t lines = 0;  // what of the room is whole lines
  while (!at_end_ && lines == 0) {
    if (filled == capacity) {
      if (capacity >= longest_line) too_long(name_);
      std::shared_ptr<char[]> larger(new char[2 * capacity]);
      std::memcpy(larger.get(), room.get(), filled);
      room = std::move(larger);
      capacity *= 2;
    }
    while (filled < capacity && !at_end_) {
      const std::size_t size = source_->read({room.get() + filled, capacity - filled});
      filled += size;
      done_ += size;
      at_end_ = size == 0;
    }
    lines = whole_lines({room.get(), filled});
  }
  if (at_end_) lines = filled;
  tail_ = {room.get() + lines, filled - lines};
  room_ = room;
  if (lines == 0) return std::nullopt;
  return TextBlock{{room.get(), lines}, at_end_, std::move(room)};
}

}  // namespace ringscan
