#include "write/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace ringscan {
namespace {

// The length of the UTF-8 sequence that begins here (RFC 3629: no overlong forms, no surrogates); 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? std::uint8_t(text[i]) : std::uint8_t{0}; };
  const auto continues = [&](std::size_t i) { return byte(i) >= 0x80 && byte(i) < 0xC0; };
  const std::uint8_t lead = byte(0), second = byte(1);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead < 0xF0) {
    const bool allowed = (lead != 0xE0 || second >= 0xA0) && (lead != 0xED || second < 0xA0);
    return allowed && continues(1) && continues(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead < 0xF5) {
    const bool allowed = (lead != 0xF0 || second >= 0x90) && (lead != 0xF4 || second < 0x90);
    return allowed && continues(1) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

bool is_c1_control(std::string_view text) {
  return text.size() > 1 && text[0] == '\xC2' && std::uint8_t(text[1]) >= 0x80 && std::uint8_t(text[1]) < 0xA0;
}

// U+200E, U+200F, U+202A to U+202E and U+2066 to U+2069 show a text in another order than it is written in.
bool turns_direction(std::string_view text) {
  if (text.size() < 3 || text[0] != '\xE2') return false;
  const std::uint8_t second = std::uint8_t(text[1]), third = std::uint8_t(text[2]);
  return (second == 0x80 && (third == 0x8E || third == 0x8F || (third >= 0xAA && third <= 0xAE))) ||
         (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

}  // namespace

std::string json_string(std::string_view text) {
  const auto stands_for_itself = [](char byte) { return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\'; };
  std::string out = "\"";
  out.reserve(text.size() + 2);
  while (true) {
    const std::size_t run = std::size_t(std::ranges::find_if_not(text, stands_for_itself) - text.begin());
    out += text.substr(0, run);
    text.remove_prefix(run);
    if (text.empty()) break;
    const std::size_t length = sequence_length(text);
    const std::uint8_t byte = std::uint8_t(text[0]);
    if (length == 0)
      out += fmt::format("\\udc{:02x}", byte);
    else if (byte == '"' || byte == '\\')
      out += {'\\', text[0]};
    else if (byte < 0x20 || byte == 0x7F)
      out += fmt::format("\\u{:04x}", byte);
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out + '"';
}

std::string csv_field(std::string_view text) {
  std::string field(text);
  if (!field.empty() && std::string_view("=+-@\t\r\n").find(field[0]) != std::string_view::npos)
    field.insert(0, 1, '\'');
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

std::string utf8_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0)
      out += fmt::format("\\x{:02x}", std::uint8_t(text[0]));
    else
      out.append(text[0] == '\\' ? 1 : 0, '\\').append(text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string terminal_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const std::uint8_t byte = std::uint8_t(text[0]);
    if (length == 0 || byte < 0x20 || byte == 0x7F || is_c1_control(text) || turns_direction(text)) {
      for (const char c : text.substr(0, std::max<std::size_t>(length, 1)))
        out += fmt::format("\\x{:02x}", std::uint8_t(c));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace ringscan
