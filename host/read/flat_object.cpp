#include "read/flat_object.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace ringscan {
namespace {

constexpr char quote = '"';

bool is_plain(char c) { return c >= ' ' && c != quote && c != '\\'; }

// 0x80 in each byte of eight that is no digit, as far as the first such byte: it may be carried beyond that.
std::uint64_t others_than_digits(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  word ^= 0x3030303030303030u;
  return ((word + 0x7676767676767676u) | word) & 0x8080808080808080u;
}

// Where the digits end that begin at `at`. Looks at nothing from `end` on.
inline const char* end_of_digits(const char* at, const char* end) {
  for (; end - at >= 16; at += 16) {  // together, as a loop over one or two would often be guessed wrongly
    const std::uint64_t first = others_than_digits(at), second = others_than_digits(at + 8);
    const int of_first = std::countr_zero(first) / 8,
              of_both = first != 0 ? of_first : 8 + std::countr_zero(second) / 8;
    if ((first | second) != 0) return at + of_both;
  }
  while (at < end && *at >= '0' && *at <= '9') ++at;
  return at;
}

// The value that is no string and begins at `at`, before a line feed; empty if it is not a plain one.
inline std::string_view scalar_at(const char* at, const char* end) {
  const char* const digits_end = end_of_digits(at, end);
  if (digits_end > at) {
    const bool has_leading_zero = *at == '0' && digits_end > at + 1;
    return {at, has_leading_zero ? 0 : std::size_t(digits_end - at)};
  }
  const std::string_view left(at, std::size_t(end - at));
  for (const std::string_view word : {"null", "false", "true", "[]"})
    if (left.starts_with(word)) return left.substr(0, word.size());
  return {};
}

}  // namespace

FlatKeys::FlatKeys(std::span<const std::string> names, std::span<const std::size_t> slot) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    Key& key = keys_.emplace_back();
    key.slot = slot[i];
    if (!std::ranges::all_of(names[i], is_plain)) continue;
    key.spelled = quote + names[i] + "\":";
    key.size = key.spelled.size();
    const std::size_t size = std::min(key.size, width);
    std::memcpy(key.begin.data(), key.spelled.data(), size);
    std::memset(key.mask.data(), 0xff, size);
    if (key.size <= width) key.readable = width;
  }
}

[[gnu::always_inline]] inline bool FlatKeys::Key::is_at(const char* place, const char* text_end) const {
  const std::size_t left = std::size_t(text_end - place);
  if (left < readable) return size > 0 && left >= size && std::memcmp(place, spelled.data(), size) == 0;
  std::uint64_t differing = 0;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    std::uint64_t word;
    std::memcpy(&word, place + 8 * i, sizeof word);
    differing |= (word ^ begin[i]) & mask[i];
  }
  return differing == 0;
}

FlatObject::FlatObject(const FlatKeys& keys, std::string_view text) : text_(text) {
  for (const FlatKeys::Key& key : keys.keys_) order_.push_back(&key);
}

// The place in order_ of the key that stands at `place`, where the one at `expected` does not; order_.size() if none of
// them stands there. One that was expected earlier tells that the one before it stands too late in the order.
std::size_t FlatObject::search(const char* place, std::size_t expected) {
  const char* const end = text_.data() + text_.size();
  const auto stands = [&](const FlatKeys::Key* key) { return key->is_at(place, end); };
  const auto ahead = std::find_if(order_.begin() + std::ptrdiff_t(expected), order_.end(), stands);
  if (ahead != order_.end()) return std::size_t(ahead - order_.begin());
  const auto here = order_.begin() + std::ptrdiff_t(expected);
  const auto behind = std::find_if(order_.begin(), here, stands);
  if (behind == here) return order_.size();
  std::rotate(behind, here - 1, here);
  return std::size_t(behind - order_.begin()) + (behind != here - 1);
}

bool FlatObject::read(std::size_t begin, std::size_t end, std::size_t base, std::span<const std::uint32_t> marks,
                      std::span<std::string_view> fields) {
  const char* const text_end = text_.data() + text_.size();
  const char* const marked = text_.data() + base;
  const char* const line_end = text_.data() + end;
  const char* at = text_.data() + begin;
  if (*at++ != '{') return false;
  std::ranges::fill(fields, std::string_view{});
  const std::size_t key_count = order_.size();
  const std::uint32_t* mark = marks.data();
  const std::uint32_t* const last = mark + marks.size() - 1;
  for (std::size_t turn = 0; mark < last; ++turn) {
    const char* const key_begin = marked + mark[0];
    __builtin_prefetch(key_begin + window_size);
    if (at != key_begin) return false;
    if (turn == key_count || !order_[turn]->is_at(key_begin, text_end)) {
      turn = search(key_begin, turn);
      if (turn == key_count) return false;
    }
    const FlatKeys::Key& key = *order_[turn];
    mark += 2;
    at = key_begin + key.size;
    if (*at == ' ') ++at;
    std::string_view value;
    if (*at == quote) {
      const char* const value_end = marked + mark[1];
      if (*value_end != quote) return false;
      value = {at + 1, value_end};
      at = value_end + 1;
      mark += 2;
    } else {
      value = scalar_at(at, text_end);
      if (value.empty()) return false;
      at += value.size();
      if (value.front() == 'n') value = value.substr(0, 0);
    }
    if (key.slot != FlatKeys::nowhere) {
      if (fields[key.slot].data() != nullptr) return false;  // twice
      fields[key.slot] = value;
    }
    if (*at == '}') return at + 1 == line_end;
    if (*at++ != ',') return false;
    if (*at == ' ') ++at;
  }
  return false;
}

}  // namespace ringscan
