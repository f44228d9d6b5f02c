// The values of one column of a ledger: owned, or looked at where they stand, such as in a mapped file that the ledger
// keeps open. Only owned values can be changed.
#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace ringscan {

template <class T>
class Column {
 public:
  Column() = default;
  Column(std::vector<T> values) : owned_(std::move(values)) {}
  // `values` must outlive the column.
  static Column view_of(std::span<const T> values) {
    Column column;
    column.seen_ = values;
    return column;
  }

  std::span<const T> span() const { return seen_.data() != nullptr ? seen_ : std::span<const T>(owned_); }
  operator std::span<const T>() const { return span(); }
  std::size_t size() const { return span().size(); }
  const T& operator[](std::size_t i) const { return span()[i]; }
  const T& back() const { return span().back(); }

  T& operator[](std::size_t i) { return owned_[i]; }
  void push_back(const T& value) { owned_.push_back(value); }
  void append(std::span<const T> values) { owned_.insert(owned_.end(), values.begin(), values.end()); }
  void reserve(std::size_t size) { owned_.reserve(size); }
  void resize(std::size_t size) { owned_.resize(size); }

  friend bool operator==(const Column& a, const Column& b) { return std::ranges::equal(a.span(), b.span()); }

 private:
  std::vector<T> owned_;
  std::span<const T> seen_;
};

}  // namespace ringscan
