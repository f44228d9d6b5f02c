#include "packed/narrow_column.hpp"

#include <algorithm>
#include <array>
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

void NarrowWriter::append(std::span<const std::uint64_t> values) {
  while (!values.empty()) {
    if (chunk_.empty() && values.size() >= narrow_chunk_rows) {
      write_chunk(values.first(narrow_chunk_rows));
      values = values.subspan(narrow_chunk_rows);
      continue;
    }
    const auto some = values.first(std::min(values.size(), narrow_chunk_rows - chunk_.size()));
    chunk_.insert(chunk_.end(), some.begin(), some.end());
    values = values.subspan(some.size());
    if (chunk_.size() < narrow_chunk_rows) continue;
    write_chunk(chunk_);
    chunk_.clear();
  }
}

void NarrowWriter::append_zeros(std::size_t count) {
  static constexpr std::array<std::uint64_t, narrow_chunk_rows> zeros{};
  for (; count > zeros.size(); count -= zeros.size()) append(zeros);
  append(std::span(zeros).first(count));
}

void NarrowWriter::finish() {
  if (!chunk_.empty()) write_chunk(chunk_);
}

void NarrowWriter::write_chunk(std::span<const std::uint64_t> values) {
  std::uint64_t least = values.front(), most = least;
  for (const std::uint64_t value : values) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
  any_ |= most;
  const unsigned width = bytes_for(most - least);
  const NarrowChunk chunk{least, difference_file_.size() * 16 + width};
  chunk_file_.write({reinterpret_cast<const char*>(&chunk), sizeof chunk});
  if (width == 0) return;
  bytes_.resize(values.size() * width + sizeof least);  // whole words are written, each over what the last has too much
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint64_t more = values[i] - least;
    std::memcpy(bytes_.data() + i * width, &more, sizeof more);
  }
  difference_file_.write(std::string_view(bytes_).substr(0, values.size() * width));
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
