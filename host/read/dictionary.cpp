#include "read/dictionary.hpp"

#include <xxhash.h>

#include <limits>
#include <random>

#include "io/errors.hpp"

namespace ringscan {

Dictionary::Dictionary() : slots_(1024) {
  std::random_device random;
  seed_ = (std::uint64_t(random()) << 32) | random();
}

std::uint64_t Dictionary::hash(std::string_view packed) const {
  return XXH3_64bits_withSeed(packed.data(), packed.size(), seed_);
}

std::uint32_t Dictionary::intern(std::string_view text) {
  const std::string_view packed = pack_text(text, scratch_);
  const std::uint64_t code = hash(packed);
  const std::uint32_t tag = std::uint32_t(code >> 32);
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = code & mask;
  for (; slots_[slot].number != 0; slot = (slot + 1) & mask)
    if (slots_[slot].tag == tag && texts_.packed(slots_[slot].number - 1) == packed) return slots_[slot].number - 1;
  if (texts_.size() >= std::numeric_limits<std::uint32_t>::max() - 1)
    throw Unavailable("more than 2^32 - 2 different accounts or assets: split the ledger by asset");
  const std::uint32_t number = std::uint32_t(texts_.size());
  texts_.push_back_packed(packed);
  slots_[slot] = {number + 1, tag};
  if (texts_.size() * 10 > slots_.size() * 7) grow();
  return number;
}

void Dictionary::grow() {
  slots_.assign(slots_.size() * 2, Slot{});
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t number = 0; number < texts_.size(); ++number) {
    const std::uint64_t code = hash(texts_.packed(number));
    std::size_t slot = code & mask;
    while (slots_[slot].number != 0) slot = (slot + 1) & mask;
    slots_[slot] = {number + 1, std::uint32_t(code >> 32)};
  }
}

}  // namespace ringscan
