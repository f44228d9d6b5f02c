#include "packed/account_index.hpp"

#include <tbb/parallel_for.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>

namespace ringscan::packed {
namespace {

constexpr std::size_t batch = std::size_t{1} << 16;  // hashes made at a time
constexpr std::size_t prefetch_distance = 16;

std::uint64_t hash(std::string_view packed, std::uint64_t seed) {
  return XXH3_64bits_withSeed(packed.data(), packed.size(), seed);
}

}  // namespace

std::uint64_t account_seed(const PackedTexts& accounts) {
  const std::span<const char> bytes = accounts.bytes();
  const std::span<const std::uint64_t> ends = accounts.ends();
  return XXH3_64bits_withSeed(ends.data(), ends.size_bytes(), XXH3_64bits(bytes.data(), bytes.size()));
}

std::vector<std::uint32_t> account_slots(const PackedTexts& accounts, std::uint64_t seed) {
  std::vector<std::uint32_t> slots(std::bit_ceil(accounts.size() * 10 / 7 + 1));
  const std::size_t mask = slots.size() - 1;
  std::vector<std::uint64_t> hashes(std::min(batch, accounts.size()));
  for (std::size_t begin = 0; begin < accounts.size(); begin += batch) {
    const std::size_t count = std::min(batch, accounts.size() - begin);
    tbb::parallel_for(std::size_t{0}, count,
                      [&](std::size_t i) { hashes[i] = hash(accounts.packed(begin + i), seed); });
    for (std::size_t i = 0; i < count; ++i) {
      if (i + prefetch_distance < count) __builtin_prefetch(&slots[hashes[i + prefetch_distance] & mask], 1);
      std::size_t slot = hashes[i] & mask;
      while (slots[slot] != 0) slot = (slot + 1) & mask;
      slots[slot] = std::uint32_t(begin + i + 1);
    }
  }
  return slots;
}

std::optional<Account> find_account(std::span<const std::uint32_t> slots, std::uint64_t seed,
                                    const PackedTexts& accounts, const Guard* guard, std::string_view packed_name) {
  const std::size_t mask = slots.size() - 1;
  std::size_t slot = hash(packed_name, seed) & mask;
  for (std::size_t tries = 0; tries <= accounts.size(); ++tries, slot = (slot + 1) & mask) {
    need(guard, slots.subspan(slot, 1));
    if (slots[slot] == 0) return std::nullopt;
    const std::size_t account = slots[slot] - 1;
    if (guard != nullptr && account >= accounts.size()) guard->reject(&slots[slot]);
    if (accounts.packed(account) == packed_name) return Account(account);
  }
  return std::nullopt;
}

}  // namespace ringscan::packed
