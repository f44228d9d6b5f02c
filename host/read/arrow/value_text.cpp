#include "read/arrow/value_text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>

#include "ledger/amount.hpp"

namespace ringscan {
namespace {

constexpr std::int64_t seconds_per_day = 86'400;
// Of the years 0 to 9999; other times are given as plain numbers.
constexpr std::int64_t first_day = -719'528, day_after_last = 2'932'897;

void append_two(std::string& text, int number) {
  const char digits[] = {char('0' + number / 10), char('0' + number % 10)};
  text.append(digits, 2);
}

// Whole and not to be held by an integer: all digits, and an exponent.
template <class Float>
void append_large(std::string& text, Float value) {
  std::array<char, std::numeric_limits<double>::max_exponent10 + 3> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, 0).ptr;
  std::string_view digits(buffer.data(), std::size_t(end - buffer.data()));
  if (digits.front() == '-') {
    text += '-';
    digits.remove_prefix(1);
  }
  const std::size_t exponent = digits.size() - 1;
  digits = digits.substr(0, digits.find_last_not_of('0') + 1);
  text += digits.front();
  if (digits.size() > 1) text.append(".").append(digits.substr(1));
  text += fmt::format("E+{}", exponent);
}

template <class Float>
void append_float(std::string& text, Float value) {
  constexpr Float exact_below = Float(std::uint64_t{1} << std::numeric_limits<Float>::digits);
  if (std::abs(value) < exact_below && value == std::trunc(value)) {
    text.append(fmt::format_int(static_cast<std::int64_t>(value)).c_str());
  } else if (std::isfinite(value) && value == std::trunc(value)) {
    append_large(text, value);
  } else {
    std::array<char, 32> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    text.append(buffer.data(), end);
  }
}

}  // namespace

void append_decimal(std::string& text, const std::uint8_t* bytes, std::size_t width, std::int32_t scale) {
  Amount magnitude;
  const bool is_negative = (bytes[width - 1] & 0x80) != 0;
  if (is_negative) magnitude = max_amount;
  std::memcpy(magnitude.limbs.data(), bytes, width);
  if (is_negative) {
    for (std::uint64_t& limb : magnitude.limbs) limb = ~limb;
    magnitude = add(magnitude, Amount{1}).value();  // the magnitude is 2^255 at most
    text += '-';
  }
  const auto& limbs = magnitude.limbs;
  std::string wide;
  const fmt::format_int narrow(limbs[0]);
  std::string_view digits(narrow.data(), narrow.size());
  if (limbs[1] != 0 || limbs[2] != 0 || limbs[3] != 0) digits = wide = to_string(magnitude);
  if (digits == "0" || scale <= 0) {
    text += digits;
    if (digits != "0") text.append(std::size_t(-scale), '0');
    return;
  }
  const auto places = std::size_t(scale);
  if (digits.size() > places) {
    text += digits.substr(0, digits.size() - places);
  } else {
    text += '0';
  }
  const std::size_t kept = digits.find_last_not_of('0') + 1;  // of the digits
  const std::size_t whole = digits.size() > places ? digits.size() - places : 0;
  if (kept <= whole) return;
  text += '.';
  if (digits.size() < places) text.append(places - digits.size(), '0');
  text += digits.substr(whole, kept - whole);
}

void append_number(std::string& text, double value) { append_float(text, value); }
void append_number(std::string& text, float value) { append_float(text, value); }

void append_hex(std::string& text, std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  const std::size_t begin = text.size();
  text.resize(begin + 2 + 2 * bytes.size());
  char* out = text.data() + begin;
  *out++ = '0';
  *out++ = 'x';
  for (const char byte : bytes) {
    *out++ = digits[static_cast<unsigned char>(byte) >> 4];
    *out++ = digits[static_cast<unsigned char>(byte) & 15];
  }
}

void append_date(std::string& text, std::int64_t days) {
  if (days < first_day || days >= day_after_last) {
    text += fmt::format("day {} from 1970", days);
    return;
  }
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  append_two(text, int(date.year()) / 100);
  append_two(text, int(date.year()) % 100);
  text += '-';
  append_two(text, int(unsigned(date.month())));
  text += '-';
  append_two(text, int(unsigned(date.day())));
}

void append_time(std::string& text, std::int64_t seconds) {
  const std::int64_t days = divide_down(seconds, seconds_per_day);
  if (days < first_day || days >= day_after_last) {
    text += fmt::format("{}", seconds);
    return;
  }
  append_date(text, days);
  const int second = int(seconds - days * seconds_per_day);
  text += 'T';
  append_two(text, second / 3600);
  text += ':';
  append_two(text, second / 60 % 60);
  text += ':';
  append_two(text, second % 60);
  text += 'Z';
}

}  // namespace ringscan
