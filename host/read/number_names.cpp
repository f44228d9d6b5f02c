#include "read/number_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <mutex>
#include <vector>

#include "ledger/packed_texts.hpp"
#include "read/record_source.hpp"

namespace ringscan {
namespace {

constexpr std::size_t least = std::size_t{1} << 16, integers_a_text = 4;
constexpr std::size_t ahead = 24;  // integers whose places are fetched before they are needed

// As PackedTexts has a number's digits.
TextKey key_of_number(std::uint64_t number) {
  const fmt::format_int digits(number);
  std::array<char, sizeof(TextKey)> bytes{};
  bytes[0] = char(1 + digits.size());
  bytes[1] = text_tag;
  std::memcpy(bytes.data() + 2, digits.data(), digits.size());
  TextKey key;
  std::memcpy(&key, bytes.data(), sizeof key);
  return key;
}

}  // namespace

void NumberNames::intern(TextTable& table, std::span<const std::uint64_t> integers, std::span<std::uint32_t> numbers) {
  thread_local std::vector<std::size_t> missing;
  thread_local std::vector<std::uint32_t> found;
  thread_local TextKeys names;
  missing.clear(), names.clear();
  {
    const std::shared_lock together(growing_);
    for (std::size_t i = 0; i < integers.size(); ++i) {
      std::uint32_t known = 0;
      if (i + ahead < integers.size() && integers[i + ahead] < known_.size())
        __builtin_prefetch(&known_[integers[i + ahead]]);
      if (integers[i] < known_.size()) known = std::atomic_ref(known_[integers[i]]).load(std::memory_order_relaxed);
      if (known != 0)
        numbers[i] = known - 1;
      else if (integers[i] != no_number)
        missing.push_back(i);
    }
  }
  if (missing.empty()) return;
  std::uint64_t largest = 0;
  for (const std::size_t i : missing) names.push_back(key_of_number(integers[i]));
  found.resize(missing.size());
  table.intern(names, found);
  const std::size_t most = std::max(least, std::bit_ceil(integers_a_text * table.size()));
  for (const std::size_t i : missing)
    if (integers[i] < most) largest = std::max(largest, integers[i]);
  {
    const std::unique_lock alone(growing_);
    if (largest >= known_.size()) known_.resize(std::bit_ceil(std::size_t(largest) + 1));
  }
  const std::shared_lock together(growing_);
  for (std::size_t i = 0; i < missing.size(); ++i) {
    const std::uint64_t integer = integers[missing[i]];
    numbers[missing[i]] = found[i];
    if (integer < known_.size()) std::atomic_ref(known_[integer]).store(found[i] + 1, std::memory_order_relaxed);
  }
}

std::size_t NumberNames::byte_count() const {
  const std::shared_lock together(growing_);
  return known_.size() * sizeof(std::uint32_t);
}

}  // namespace ringscan
