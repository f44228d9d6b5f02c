#include "read/account_names.hpp"

#include <fmt/format.h>
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <mutex>

#include "ledger/packed_texts.hpp"
#include "read/record_source.hpp"

namespace ringscan {
namespace {

constexpr std::uint64_t small_end = std::uint64_t{1} << 22;  // such integers have no text in the table
constexpr std::size_t most_digits = 7;                       // of a small one
constexpr std::size_t least = std::size_t{1} << 16, integers_a_name = 4;
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

// no_number where the name is another than a small integer's digits.
std::uint64_t small_integer(std::string_view packed) {
  if (packed.size() < 2 || packed.size() > 1 + most_digits || packed[0] != text_tag) return no_number;
  if (packed[1] == '0' && packed.size() > 2) return no_number;
  std::uint64_t integer = 0;
  for (const char digit : packed.substr(1)) {
    if (digit < '0' || digit > '9') return no_number;
    integer = 10 * integer + std::uint64_t(digit - '0');
  }
  return integer < small_end ? integer : no_number;
}

}  // namespace

void AccountNames::intern(const TextKeys& names, std::span<std::uint32_t> numbers) {
  const std::span<const TextKey> keys = names.keys();
  const auto integer_of = [](const TextKey& key) { return key.is_long() ? no_number : small_integer(key.text()); };
  const auto may_be_integer = [&](const TextKey& key) {  // told by its length and its tag, the two lowest bytes
    return (key.words[0] & 0xff) <= 1 + most_digits && (key.words[0] >> 8 & 0xff) == text_tag;
  };
  if (std::ranges::none_of(keys, may_be_integer)) return table_.intern(names, numbers);
  std::vector<std::uint64_t> integers;
  TextKeys others;
  for (const TextKey& key : keys) {
    integers.push_back(integer_of(key));
    if (integers.back() == no_number) others.push_back(names.packed(key));
  }
  std::vector<std::uint32_t> of_others(others.size());
  table_.intern(others, of_others);
  intern(integers, numbers);
  auto next = of_others.begin();
  for (std::size_t i = 0; i < integers.size(); ++i)
    if (integers[i] == no_number) numbers[i] = *next++;
}

void AccountNames::intern(std::span<const std::uint64_t> integers, std::span<std::uint32_t> numbers) {
  thread_local std::vector<std::size_t> missing;
  look_up(integers, numbers, missing);
  if (!missing.empty()) number_small(integers, numbers, missing);
  if (!missing.empty()) number_large(integers, numbers, missing);
}

void AccountNames::look_up(std::span<const std::uint64_t> integers, std::span<std::uint32_t> numbers,
                           std::vector<std::size_t>& missing) const {
  missing.clear();
  const std::shared_lock together(growing_);
  const std::span<const std::uint32_t> known = known_.span();
  for (std::size_t i = 0; i < integers.size(); ++i) {
    if (i + ahead < integers.size() && integers[i + ahead] < known.size())
      __builtin_prefetch(&known[integers[i + ahead]]);
    const std::uint32_t number = integers[i] < known.size() ? known[integers[i]] : 0;
    if (number != 0)
      numbers[i] = number - 1;
    else if (integers[i] != no_number)
      missing.push_back(i);
  }
}

void AccountNames::number_small(std::span<const std::uint64_t> integers, std::span<std::uint32_t> numbers,
                                std::vector<std::size_t>& missing) {
  std::uint64_t largest = 0;
  for (const std::size_t i : missing)
    if (integers[i] < small_end) largest = std::max(largest, integers[i]);
  const std::unique_lock alone(growing_);
  if (largest >= known_.size()) known_.resize(std::max(least, std::bit_ceil(std::size_t(largest) + 1)));
  std::erase_if(missing, [&](std::size_t i) {
    if (integers[i] >= small_end) return false;
    std::uint32_t& known = known_[integers[i]];
    if (known == 0) known = table_.number_elsewhere() + 1;
    numbers[i] = known - 1;
    return true;
  });
}

void AccountNames::number_large(std::span<const std::uint64_t> integers, std::span<std::uint32_t> numbers,
                                std::span<const std::size_t> missing) {
  thread_local std::vector<std::uint32_t> found;
  thread_local TextKeys names;
  names.clear();
  for (const std::size_t i : missing) names.push_back(key_of_number(integers[i]));
  found.resize(missing.size());
  table_.intern(names, found);
  const std::size_t most = std::bit_ceil(integers_a_name * table_.size());
  std::uint64_t largest = 0;
  for (const std::size_t i : missing)
    if (integers[i] < most) largest = std::max(largest, integers[i]);
  const std::unique_lock alone(growing_);
  if (largest >= known_.size()) known_.resize(std::bit_ceil(std::size_t(largest) + 1));
  for (std::size_t i = 0; i < missing.size(); ++i) {
    const std::uint64_t integer = integers[missing[i]];
    numbers[missing[i]] = found[i];
    if (integer < known_.size()) known_[integer] = found[i] + 1;
  }
}

std::optional<std::uint32_t> AccountNames::find(std::string_view packed) const {
  const std::uint64_t integer = small_integer(packed);
  if (integer == no_number) return table_.find(packed);
  if (integer >= known_.size() || known_[integer] == 0) return std::nullopt;
  return known_[integer] - 1;
}

std::span<const std::string_view> AccountNames::packed() const {
  if (packed_.size() == size()) return packed_;
  packed_ = table_.packed();
  const std::size_t end = std::min<std::size_t>(known_.size(), small_end);
  digits_.resize(end);
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, end), [&](const tbb::blocked_range<std::size_t>& part) {
    for (std::size_t integer = part.begin(); integer < part.end(); ++integer) {
      if (known_[integer] == 0) continue;
      const fmt::format_int digits(integer);
      std::array<char, 8>& name = digits_[integer];
      name[0] = text_tag;
      std::memcpy(name.data() + 1, digits.data(), digits.size());
      packed_[known_[integer] - 1] = {name.data(), 1 + digits.size()};
    }
  });
  return packed_;
}

std::size_t AccountNames::byte_count() const {
  const std::shared_lock together(growing_);
  return table_.byte_count() + known_.size() * sizeof(std::uint32_t) + digits_.size() * sizeof(std::uint64_t) +
         packed_.capacity() * sizeof(std::string_view);
}

}  // namespace ringscan
