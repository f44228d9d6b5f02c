#include "read/position_columns.hpp"

#include <algorithm>

namespace ringscan {

void NumbersOrZeros::append(std::size_t count, std::span<const std::uint64_t> values) {
  if (!values.empty() && values_.empty()) values_.resize(size_);
  size_ += count;
  values_.insert(values_.end(), values.begin(), values.end());
  if (!values_.empty()) values_.resize(size_);
}

void NumbersOrZeros::append(const NumbersOrZeros& other, std::size_t begin, std::size_t end) {
  append(end - begin, other.has_values() ? other.values().subspan(begin, end - begin) : other.values());
}

bool operator==(const NumbersOrZeros& a, const NumbersOrZeros& b) {
  const auto is_zero = [](std::uint64_t value) { return value == 0; };
  if (a.has_values() && b.has_values()) return a.values_ == b.values_;
  return a.size_ == b.size_ && std::ranges::all_of(a.values_, is_zero) && std::ranges::all_of(b.values_, is_zero);
}

void PositionColumns::push_back(const Position& position) {
  times.push_back(position.time);
  blocks.push_back(position.block);
  transaction_indexes.push_back(position.transaction_index);
  log_indexes.push_back(position.log_index);
}

void PositionColumns::append(const PositionColumns& other, std::size_t begin, std::size_t end) {
  times.insert(times.end(), other.times.begin() + std::ptrdiff_t(begin), other.times.begin() + std::ptrdiff_t(end));
  blocks.append(other.blocks, begin, end);
  transaction_indexes.append(other.transaction_indexes, begin, end);
  log_indexes.append(other.log_indexes, begin, end);
}

void PositionColumns::clear() {
  times.clear();
  blocks.clear(), transaction_indexes.clear(), log_indexes.clear();
}

RowSequence PositionColumns::sequence() const {
  RowSequence sequence{true, false, front(), back(), times.front(), times.front()};
  bool descends = false, has_equal_times = false;
  for (std::size_t i = 1; i < times.size(); ++i) {
    descends |= times[i] < times[i - 1];
    has_equal_times |= times[i] == times[i - 1];
    sequence.least_time = std::min(sequence.least_time, times[i]);
    sequence.greatest_time = std::max(sequence.greatest_time, times[i]);
  }
  sequence.is_in_order = !descends;
  sequence.has_equal_positions = has_equal_times;
  if (!has_equal_times || !(blocks.has_values() || transaction_indexes.has_values() || log_indexes.has_values()))
    return sequence;
  sequence.has_equal_positions = false;
  for (std::size_t i = 1; i < times.size(); ++i) {
    if (times[i] != times[i - 1]) continue;
    const Position here = (*this)[i], before = (*this)[i - 1];
    if (here == before) sequence.has_equal_positions = true;
    if (here < before) sequence.is_in_order = false;
  }
  return sequence;
}

}  // namespace ringscan
