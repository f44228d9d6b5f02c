#include "ledger/decimal.hpp"

#include <algorithm>

namespace ringscan {

bool operator>(const Decimal& a, const Decimal& b) {
  return multiply(a.numerator, *times_power_of_ten(Amount{1}, b.places)) >
         multiply(b.numerator, *times_power_of_ten(Amount{1}, a.places));
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  constexpr std::size_t most_digits = 70;  // so that numerator + 10^places stays far below 2^256
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, point));
  std::string_view fraction = point < text.size() ? text.substr(point + 1) : std::string_view{};
  if (digits.empty() && fraction.empty()) return std::nullopt;
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  if (digits.size() + fraction.size() > most_digits) return std::nullopt;
  digits += fraction;
  if (digits.empty()) digits.assign(1, '0');
  const std::optional<Amount> numerator = parse_digits(digits);
  if (!numerator) return std::nullopt;
  return Decimal{*numerator, unsigned(fraction.size())};
}

std::string to_string(const Decimal& decimal) {
  std::string digits = to_string(decimal.numerator);
  if (decimal.places == 0) return digits;
  if (digits.size() <= decimal.places) digits.insert(0, decimal.places + 1 - digits.size(), '0');
  digits.insert(digits.size() - decimal.places, 1, '.');
  return digits;
}

}  // namespace ringscan
