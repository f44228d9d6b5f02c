// Numbers that lie close together, such as the block numbers of one block of rows: their least one, and the rest in as
// few bytes each as the greatest needs.
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

namespace ringscan {

class NarrowColumn {
 public:
  NarrowColumn() = default;
  // `value_of(i)` for i in [0, size).
  template <class ValueOf>
  NarrowColumn(std::size_t size, const ValueOf& value_of) {
    static_assert(std::endian::native == std::endian::little);
    if (size == 0) return;
    std::uint64_t most = least_ = value_of(0);
    for (std::size_t i = 1; i < size; ++i) {
      least_ = std::min(least_, value_of(i));
      most = std::max(most, value_of(i));
    }
    width_ = unsigned(std::bit_width(most - least_) + 7) / 8;
    if (width_ == 0) return;
    bytes_ = std::make_unique_for_overwrite<char[]>(size * width_ + sizeof(std::uint64_t));  // read whole words
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint64_t value = value_of(i) - least_;
      std::memcpy(bytes_.get() + i * width_, &value, sizeof value);
    }
  }

  unsigned width() const { return width_; }  // bytes a value
  std::uint64_t operator[](std::size_t i) const {
    if (width_ == 0) return least_;
    std::uint64_t value;
    std::memcpy(&value, bytes_.get() + i * width_, sizeof value);
    return least_ + (value & (~std::uint64_t{0} >> (64 - 8 * width_)));
  }

 private:
  std::uint64_t least_ = 0;
  unsigned width_ = 0;  // bytes
  std::unique_ptr<char[]> bytes_;
};

}  // namespace ringscan
