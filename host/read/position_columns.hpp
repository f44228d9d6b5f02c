// Where rows stand in time, column by column: what all rows lack takes no room.
#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ringscan {

// What orders rows of equal times before any text does.
struct Position {
  std::int64_t time = 0;
  std::uint64_t block = 0, transaction_index = 0, log_index = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

// How rows follow one another, as far as positions tell.
struct RowSequence {
  bool is_in_order = true, has_equal_positions = false;
  Position first, last;
  std::int64_t least_time = 0, greatest_time = 0;
};

// Numbers of rows, of which nothing is kept as long as all are 0.
class NumbersOrZeros {
 public:
  void push_back(std::uint64_t value) {
    if (value != 0 && values_.empty()) values_.resize(size_);
    ++size_;
    if (value != 0 || !values_.empty()) values_.push_back(value);
  }
  // So many numbers more, which are 0 if `values` is empty.
  void append(std::size_t count, std::span<const std::uint64_t> values);
  void append(const NumbersOrZeros& other, std::size_t begin, std::size_t end);
  void clear() { values_.clear(), size_ = 0; }
  std::size_t size() const { return size_; }
  bool has_values() const { return !values_.empty(); }  // false: all are 0
  std::uint64_t operator[](std::size_t i) const { return values_.empty() ? 0 : values_[i]; }
  std::span<const std::uint64_t> values() const { return values_; }  // of all, or empty
  friend bool operator==(const NumbersOrZeros& a, const NumbersOrZeros& b);

 private:
  std::vector<std::uint64_t> values_;  // of all, or empty
  std::size_t size_ = 0;
};

struct PositionColumns {
  std::vector<std::int64_t> times;
  NumbersOrZeros blocks, transaction_indexes, log_indexes;

  void push_back(const Position& position);
  void append(const PositionColumns& other, std::size_t begin, std::size_t end);
  void clear();
  std::size_t size() const { return times.size(); }
  Position operator[](std::size_t i) const { return {times[i], blocks[i], transaction_indexes[i], log_indexes[i]}; }
  Position front() const { return (*this)[0]; }
  Position back() const { return (*this)[times.size() - 1]; }
  RowSequence sequence() const;  // of one row or more
  friend bool operator==(const PositionColumns&, const PositionColumns&) = default;
};

}  // namespace ringscan
