// Names that are decimal digits, for tables that are asked for them as integers: each text is made and looked up once,
// and the integer itself finds its number from then on. For many threads at once.
//
// Integers below a few times the number of texts are kept so, at 4 bytes each; larger ones go the way of all texts.
#pragma once
#include <cstdint>
#include <shared_mutex>
#include <span>

#include "io/pages.hpp"
#include "read/text_table.hpp"

namespace ringscan {

class NumberNames {
 public:
  // The number that `table` has, or now gives, to the name of each integer; nothing is written for no_number.
  void intern(TextTable& table, std::span<const std::uint64_t> integers, std::span<std::uint32_t> numbers);
  std::size_t byte_count() const;  // of memory

 private:
  PagedArray<std::uint32_t> known_;  // of each integer, + 1; 0: not known
  mutable std::shared_mutex growing_;
};

}  // namespace ringscan
