#include "read/fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace ringscan {
namespace {

constexpr std::string_view not_an_amount = "is not an amount";
constexpr std::string_view too_fine = "has a digit beyond the smallest unit";
constexpr std::string_view too_large = "is 2^256 or more";
constexpr std::int64_t most_digits = 78;  // of 2^256 - 1
constexpr std::int64_t largest_exponent = 1'000'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

std::optional<unsigned> hex_value(char c) {
  if (is_digit(c)) return unsigned(c - '0');
  const char lower = char(c | 0x20);
  if (lower >= 'a' && lower <= 'f') return unsigned(lower - 'a' + 10);
  return std::nullopt;
}

std::string_view scale(const Amount& value, unsigned places, Amount& amount) {
  const std::optional<Amount> scaled = places == 0 ? value : times_power_of_ten(value, places);
  if (!scaled) return too_large;
  amount = *scaled;
  return {};
}

std::string_view parse_hex_amount(std::string_view digits, unsigned places, Amount& amount) {
  if (digits.empty()) return not_an_amount;
  Amount value;
  bool overflows = false;
  for (const char c : digits) {
    const std::optional<unsigned> digit = hex_value(c);
    if (!digit) return not_an_amount;
    overflows = overflows || !multiply_add(value, 16, *digit);
  }
  return overflows ? too_large : scale(value, places, amount);
}

// Digits, perhaps with commas between well-formed groups of three.
bool is_whole_number(std::string_view text) {
  if (text.find(',') == text.npos) return all_digits(text);
  std::size_t group = text.find(',');
  if (group == 0 || group > 3 || !all_digits(text.substr(0, group))) return false;
  for (; group < text.size(); group += 4)
    if (text[group] != ',' || text.size() - group < 4 || !all_digits(text.substr(group + 1, 3))) return false;
  return true;
}

// "", "+5", "-18"; exponents too large to matter become one that is.
std::optional<std::int64_t> parse_exponent(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !all_digits(text)) return std::nullopt;
  std::int64_t exponent = 0;
  for (const char c : text) exponent = std::min(exponent * 10 + (c - '0'), largest_exponent);
  return is_negative ? -exponent : exponent;
}

// The digits of a number from its first to its last that is not 0.
struct Significant {
  std::array<char, most_digits> digits;  // the first of them
  std::int64_t count = 0;                // all of them
  std::int64_t zeros = 0;                // seen behind them

  void append(char digit) {
    if (digit == '0') {
      if (count > 0) ++zeros;
      return;
    }
    for (; zeros > 0; --zeros) store('0');
    store(digit);
  }

 private:
  void store(char digit) {
    if (count < most_digits) digits[std::size_t(count)] = digit;
    ++count;
  }
};

// Without its last `dropped` digits, at least one.
std::string_view round(const Significant& number, std::int64_t dropped, Amount& amount) {
  const std::int64_t kept = number.count - dropped;
  amount = {};
  if (kept < 0) return {};
  if (kept >= most_digits) return too_large;
  if (kept > 0) {
    const std::optional<Amount> whole = parse_digits({number.digits.data(), std::size_t(kept)});
    if (!whole) return too_large;
    amount = *whole;
  }
  if (number.digits[std::size_t(kept)] < '5') return {};
  const std::optional<Amount> above = add(amount, Amount{1});
  if (!above) return too_large;
  amount = *above;
  return {};
}

}  // namespace

std::optional<std::string_view> fold_hex(std::string_view text, std::size_t digits, HexBuffer& buffer) {
  if (text.size() != digits + 2 || digits > id_digits || text[0] != '0' || text[1] != 'x') return std::nullopt;
  buffer[0] = '0';
  buffer[1] = 'x';
  unsigned invalid = 0;
  for (std::size_t i = 2; i < digits + 2; ++i) {  // without branches, so that compilers vectorise it
    const unsigned c = static_cast<unsigned char>(text[i]);
    const unsigned lower = c | 0x20u;
    invalid |= unsigned(c - '0' > 9u) & unsigned(lower - 'a' > 5u);
    buffer[i] = static_cast<char>(lower);  // digits have the bit set anyway
  }
  if (invalid != 0) return std::nullopt;
  return std::string_view(buffer.data(), digits + 2);
}

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return lower;
}

namespace {

enum class Beyond { refused, rounded };  // of digits beyond the places

std::string_view parse_any_amount(std::string_view text, unsigned places, Beyond beyond, Amount& amount) {
  if (text.empty()) return "is empty: an amount is missing";
  if (text.front() == '-') return "is negative";
  if (text.starts_with("0x")) return parse_hex_amount(text.substr(2), places, amount);
  if (all_digits(text)) {  // by far the most
    const std::optional<Amount> value = parse_digits(text);
    return value ? scale(*value, places, amount) : too_large;
  }

  const std::size_t mantissa_end = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, mantissa_end);
  std::int64_t exponent = places;
  if (mantissa_end < text.size()) {
    const std::optional<std::int64_t> written = parse_exponent(text.substr(mantissa_end + 1));
    if (!written) return not_an_amount;
    exponent += *written;
  }
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::string_view whole = mantissa.substr(0, point);
  const std::string_view fraction = point < mantissa.size() ? mantissa.substr(point + 1) : std::string_view{};
  if (whole.empty() && fraction.empty()) return not_an_amount;
  if (!is_whole_number(whole) || !all_digits(fraction)) return not_an_amount;

  Significant number;
  for (const char c : whole)
    if (c != ',') number.append(c);
  for (const char c : fraction) number.append(c);
  if (number.count == 0) {
    amount = {};
    return {};
  }
  exponent += number.zeros - std::int64_t(fraction.size());
  if (exponent < 0 && beyond == Beyond::refused) return too_fine;
  if (exponent < 0) return round(number, -exponent, amount);
  if (number.count + exponent > most_digits) return too_large;
  const std::optional<Amount> value = parse_digits({number.digits.data(), std::size_t(number.count)});
  return value ? scale(*value, unsigned(exponent), amount) : too_large;
}

}  // namespace

std::string_view parse_amount(std::string_view text, unsigned places, Amount& amount) {
  return parse_any_amount(text, places, Beyond::refused, amount);
}

std::string_view parse_rounded_amount(std::string_view text, unsigned places, Amount& amount) {
  return parse_any_amount(text, places, Beyond::rounded, amount);
}

bool looks_like_a_rounded_double(std::string_view text) {
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent == text.npos || text.starts_with("0x")) return false;
  return std::count_if(text.begin(), text.begin() + std::ptrdiff_t(exponent), is_digit) >= 16;
}

std::optional<bool> parse_flag(std::string_view text) {
  if (text == "1" || text == "1.0") return true;
  if (text == "0" || text == "0.0") return false;
  const std::string word = text.size() <= 5 ? lower_case(text) : std::string();
  if (word == "true") return true;
  if (word == "false") return false;
  return std::nullopt;
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<unsigned> places_of_unit(std::string_view unit) {
  constexpr std::string_view decimals = "decimals:";
  constexpr unsigned most_places = 77;
  if (unit == "raw" || unit == "wei" || unit == "satoshi") return 0;
  if (unit == "ether") return 18;
  if (unit == "btc") return 8;
  if (!unit.starts_with(decimals)) return std::nullopt;
  const std::optional<std::uint64_t> places = parse_count(unit.substr(decimals.size()));
  if (!places || *places > most_places) return std::nullopt;
  return unsigned(*places);
}

std::string shown(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string result = "'";
  for (const char c : text.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      result += fmt::format("\\x{:02x}", byte);
    else
      result += c;
  }
  return result += text.size() > longest ? "…'" : "'";
}

}  // namespace ringscan
