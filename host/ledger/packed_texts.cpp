#include "ledger/packed_texts.hpp"

#include <algorithm>

namespace ringscan {
namespace {

constexpr char hex_tag = 'x';   // then bytes, two digits each
constexpr char text_tag = 't';  // then the text

int digit_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

}  // namespace

std::string_view pack_text(std::string_view text, std::string& scratch) {
  if (text.size() > 2 && text.size() % 2 == 0 && text.starts_with("0x")) {
    scratch.assign(1, hex_tag);
    for (std::size_t i = 2; i < text.size(); i += 2) {
      const int high = digit_value(text[i]), low = digit_value(text[i + 1]);
      if (high < 0 || low < 0) break;
      scratch.push_back(char(high * 16 + low));
    }
    if (scratch.size() == text.size() / 2) return scratch;
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

}  // namespace ringscan
