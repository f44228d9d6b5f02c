// Texts -> dense numbers in order of first appearance. Open addressing over packed texts; the hash is seeded at random,
// so that ground addresses cannot pile up, and identity is always the whole text.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/packed_texts.hpp"

namespace ringscan {

class Dictionary {
 public:
  Dictionary();
  // The number of `text`; the next free one if it is new. Throws Unavailable beyond 2^32 - 1 texts.
  std::uint32_t intern(std::string_view text);
  const PackedTexts& texts() const { return texts_; }

 private:
  void grow();
  std::uint64_t hash(std::string_view packed) const;

  struct Slot {
    std::uint32_t number = 0;  // of the text, + 1; 0 is free
    std::uint32_t tag = 0;     // the hash's high half, which spares most comparisons
  };

  PackedTexts texts_;
  std::vector<Slot> slots_;
  std::uint64_t seed_;
  std::string scratch_;
};

}  // namespace ringscan
