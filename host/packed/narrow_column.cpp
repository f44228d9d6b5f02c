#include "packed/narrow_column.hpp"

#include <algorithm>
#include <cstring>

namespace ringscan::packed {
namespace {

unsigned bytes_for(std::uint64_t value) {
  return value == 0 ? 0 : value >> 8 == 0 ? 1 : value >> 16 == 0 ? 2 : value >> 32 == 0 ? 4 : 8;
}

std::uint64_t difference(const std::byte* place, unsigned width) {
  std::uint64_t value = 0;
  std::memcpy(&value, place, width);
  return value;
}

}  // namespace

void NarrowWriter::append(std::uint64_t value) {
  any_ |= value;
  chunk_.push_back(value);
  if (chunk_.size() == narrow_chunk_rows) end_chunk();
}

void NarrowWriter::finish() {
  if (!chunk_.empty()) end_chunk();
}

void NarrowWriter::end_chunk() {
  const auto [least, most] = std::ranges::minmax(chunk_);
  const unsigned width = bytes_for(most - least);
  const NarrowChunk chunk{least, difference_file_.size() * 16 + width};
  chunk_file_.write({reinterpret_cast<const char*>(&chunk), sizeof chunk});
  bytes_.clear();
  for (const std::uint64_t value : chunk_) {
    const std::uint64_t more = value - least;
    bytes_.append(reinterpret_cast<const char*>(&more), width);
  }
  difference_file_.write(bytes_);
  chunk_.clear();
}

NarrowColumn::Chunk NarrowColumn::chunk_of(Row row) const {
  const NarrowChunk& chunk = chunks[row / narrow_chunk_rows];
  if (guard != nullptr) guard->need(&chunk, sizeof chunk);
  const std::uint64_t size = (row % narrow_chunk_rows + 1) * chunk.width();
  if (chunk.width() > 8 || chunk.place() > differences.size() || size > differences.size() - chunk.place()) {
    if (guard != nullptr) guard->reject(&chunk);
    return {};
  }
  need(guard, differences.subspan(chunk.place(), size));
  return {chunk.least, chunk.width(), differences.data() + chunk.place()};
}

std::uint64_t NarrowColumn::at(Row row) const {
  if (chunks.empty()) return 0;
  const Chunk chunk = chunk_of(row);
  return chunk.least + difference(chunk.differences + row % narrow_chunk_rows * chunk.width, chunk.width);
}

std::uint64_t NarrowColumn::sum_before(Row row) const {
  if (chunks.empty()) return 0;
  const Chunk chunk = chunk_of(row);
  const std::size_t count = row % narrow_chunk_rows;
  std::uint64_t sum = count * chunk.least;
  if (chunk.width > 0)
    for (std::size_t i = 0; i < count; ++i) sum += difference(chunk.differences + i * chunk.width, chunk.width);
  return sum;
}

}  // namespace ringscan::packed
