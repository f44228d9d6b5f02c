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

void empty(std::span<std::string_view> fields, std::size_t step) {
  for (std::size_t i = 0; i < fields.size(); i += step) fields[i] = {};
}

}  // namespace

ExpectedText::ExpectedText(std::string_view text) : text_(text) {
  const std::size_t size = std::min(text.size(), width);
  std::memcpy(begin_.data(), text.data(), size);
  std::memset(mask_.data(), 0xff, size);
  if (text.size() <= width) readable_ = width;
}

[[gnu::always_inline]] inline bool ExpectedText::is_at(const char* place, const char* end) const {
  const std::size_t left = std::size_t(end - place);
  if (left < readable_) return size() > 0 && left >= size() && std::memcmp(place, text_.data(), size()) == 0;
  std::uint64_t differing = 0;
  for (std::size_t i = 0; i < begin_.size(); ++i) {
    std::uint64_t word;
    std::memcpy(&word, place + 8 * i, sizeof word);
    differing |= (word & mask_[i]) ^ begin_[i];
  }
  return differing == 0;
}

FlatKeys::FlatKeys(std::span<const std::string> names, std::span<const std::size_t> slot) {
  for (const std::string& name : names) spelled_.push_back(quote + name + "\":");
  for (std::size_t i = 0; i < names.size(); ++i)
    keys_.push_back({std::ranges::all_of(names[i], is_plain) ? ExpectedText(spelled_[i]) : ExpectedText(), slot[i]});
}

struct FlatObject::Line {
  const char *begin, *end, *text_end;
  const char* marked;
  const std::uint32_t* marks;

  // The value that begins at `at`, behind its quote if it is a string, whose next mark is `mark`; `at` becomes its end.
  bool take_value(bool is_string, const char*& at, std::uint32_t mark, std::string_view& value) const {
    if (is_string) {
      const char* const value_end = marked + mark;
      if (*value_end != quote) return false;
      value = {at, value_end};
      at = value_end;
      return true;
    }
    value = scalar_at(at, text_end);
    at += value.size();
    if (value.empty()) return false;
    if (value.front() == 'n') value = value.substr(0, 0);
    return true;
  }
};

bool FlatObject::read(std::size_t begin, std::size_t end, std::size_t base, std::span<const std::uint32_t> marks,
                      std::span<std::string_view> fields, std::size_t step) {
  const char* const text = text_.data();
  const Line line{text + begin, text + end, text + text_.size(), text + base, marks.data()};
  if (!steps_.empty() && read_as_before(line, fields, step)) return true;
  steps_.clear();
  if (read_anew(line, fields, step)) return true;
  steps_.clear();
  return false;
}

bool FlatObject::read_as_before(const Line& line, std::span<std::string_view> fields, std::size_t step) const {
  empty(fields, step);
  const char* at = line.begin;
  const std::uint32_t* mark = line.marks;
  for (const Step& next : steps_) {
    if (!next.text.is_at(at, line.text_end)) return false;
    __builtin_prefetch(at + window_size);
    at += next.text.size();
    mark += next.marks;
    std::string_view value;
    if (!line.take_value(next.is_to_string, at, *mark, value)) return false;
    if (next.slot != FlatKeys::nowhere) fields[next.slot * step] = value;
  }
  at += steps_.back().is_to_string;
  return *at == '}' && at + 1 == line.end;
}

bool FlatObject::read_anew(const Line& line, std::span<std::string_view> fields, std::size_t step) {
  empty(fields, step);
  const char* at = line.begin;
  const std::uint32_t* mark = line.marks;
  bool is_string = false;  // the value before
  for (std::size_t key = 0; steps_.empty() || at[is_string] != '}'; ++key) {
    const char* const value_end = at;
    const std::uint32_t* const first_mark = mark;
    at += is_string, mark += is_string;
    if (*at++ != (steps_.empty() ? '{' : ',')) return false;
    if (!steps_.empty() && *at == ' ') ++at;
    if ((key = key_at(at, key)) == keys_.size()) return false;
    at += keys_[key].text.size(), mark += 2;  // every byte so far is known: no mark was passed unseen
    if (*at == ' ') ++at;
    is_string = *at == quote;
    at += is_string, mark += is_string;
    const std::size_t slot = keys_[key].slot;
    steps_.push_back({ExpectedText({value_end, at}), std::uint32_t(mark - first_mark), is_string, slot});
    std::string_view value;
    if (!line.take_value(is_string, at, *mark, value)) return false;
    if (slot == FlatKeys::nowhere) continue;
    if (fields[slot * step].data() != nullptr) return false;  // twice
    fields[slot * step] = value;
  }
  return at + is_string + 1 == line.end;
}

// keys_.size() if none of them is. Mostly the expected one stands there, or those before the next are left out.
std::size_t FlatObject::key_at(const char* place, std::size_t expected) const {
  const char* const end = text_.data() + text_.size();
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const std::size_t key = (expected + i) % keys_.size();
    if (keys_[key].text.is_at(place, end)) return key;
  }
  return keys_.size();
}

}  // namespace ringscan
