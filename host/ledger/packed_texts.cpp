#include "ledger/packed_texts.hpp"

#include <algorithm>
#include <array>

namespace ringscan {
namespace {

// The value of a lower-case hex digit; 16 or more for every other character.
constexpr std::array<std::uint8_t, 256> digit_values = [] {
  std::array<std::uint8_t, 256> values;
  values.fill(16);
  for (std::uint8_t i = 0; i < 16; ++i) values[std::uint8_t("0123456789abcdef"[i])] = i;
  return values;
}();

}  // namespace

std::string_view pack_text(std::string_view text, std::string& scratch) {
  if (text.size() > 2 && text.size() % 2 == 0 && text.starts_with("0x")) {
    scratch.resize(text.size() / 2);
    scratch[0] = hex_tag;
    unsigned seen = 0;  // 16 or more once a character is no digit
    for (std::size_t i = 1; i < scratch.size(); ++i) {
      const unsigned high = digit_values[std::uint8_t(text[2 * i])], low = digit_values[std::uint8_t(text[2 * i + 1])];
      seen |= high | low;
      scratch[i] = char(high * 16 + low);
    }
    if (seen < 16) return scratch;
  }
  scratch.assign(1, text_tag);
  scratch.append(text);
  return scratch;
}

std::string unpack_text(std::string_view packed) {
  if (packed.empty()) return {};
  const std::string_view bytes = packed.substr(1);
  if (packed[0] == text_tag) return std::string(bytes);
  std::string text = "0x";
  text.reserve(2 + 2 * bytes.size());
  for (const char byte : bytes) {
    text.push_back("0123456789abcdef"[std::uint8_t(byte) / 16]);
    text.push_back("0123456789abcdef"[std::uint8_t(byte) % 16]);
  }
  return text;
}

int compare_packed(std::string_view a, std::string_view b) {
  const bool same_form = !a.empty() && !b.empty() && a[0] == b[0];
  return same_form ? a.compare(b) : unpack_text(a).compare(unpack_text(b));
}

void PackedTexts::check(std::size_t i) const {
  const std::size_t before = std::min<std::size_t>(i, 1);  // the end of the text before this one, if there is one
  const std::span<const std::uint64_t> both = ends().subspan(i - before, 1 + before);
  guard_->need(both.data(), both.size_bytes());
  const std::uint64_t begin = before == 0 ? 0 : both[0], end = both[before];
  if (begin > end || end > bytes_.size()) guard_->reject(both.data());
  guard_->need(bytes().data() + begin, end - begin);
}

}  // namespace ringscan
