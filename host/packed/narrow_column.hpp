// A cold column of integers in few bytes: in chunks of 1024 rows, each the least value and the differences from it in
// 0, 1, 2, 4 or 8 bytes, whichever holds them all.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/output.hpp"
#include "ledger/guard.hpp"

namespace ringscan::packed {

inline constexpr std::size_t narrow_chunk_rows = 1024;

struct NarrowChunk {
  std::uint64_t least;
  std::uint64_t place_and_width;  // where its differences begin among all, times 16, + their bytes

  std::uint64_t place() const { return place_and_width / 16; }
  unsigned width() const { return unsigned(place_and_width % 16); }
};

// Takes the values of one column in the order of rows; keeps them in nameless files beside `path`.
class NarrowWriter {
 public:
  explicit NarrowWriter(const std::string& path) : chunk_file_(path), difference_file_(path) {}
  void append(std::span<const std::uint64_t> values);
  void append_zeros(std::size_t count);
  void finish();                              // after the last value
  bool is_zero() const { return any_ == 0; }  // every value is 0: the column need not be stored
  Spool& chunks() { return chunk_file_; }
  Spool& differences() { return difference_file_; }

 private:
  void write_chunk(std::span<const std::uint64_t> values);

  Spool chunk_file_, difference_file_;
  std::vector<std::uint64_t> chunk_;  // values that are no whole chunk yet
  std::string bytes_;
  std::uint64_t any_ = 0;
};

// Looks values up where they stand. A column without chunks is 0 everywhere.
struct NarrowColumn {
  std::span<const NarrowChunk> chunks;
  std::span<const std::byte> differences;
  const Guard* guard = nullptr;

  std::uint64_t at(Row row) const;
  // The sum of the values of this row's chunk before this row.
  std::uint64_t sum_before(Row row) const;

 private:
  struct Chunk {
    std::uint64_t least;
    unsigned width;
    const std::byte* differences;  // of its rows
  };
  Chunk chunk_of(Row row) const;  // its differences up to this row are there
};

}  // namespace ringscan::packed
