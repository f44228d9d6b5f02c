// A decimal number that a user typed (a share, a gain), kept exactly: numerator / 10^places, places <= 70.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "ledger/amount.hpp"

namespace ringscan {

struct Decimal {
  Amount numerator;
  unsigned places = 0;

  friend bool operator>(const Decimal& a, const Decimal& b);
};

// Digits with at most one point ("0.25", ".5", "2"); nullopt for anything else, a sign, or more than 70 digits.
std::optional<Decimal> parse_decimal(std::string_view text);
std::string to_string(const Decimal& decimal);

}  // namespace ringscan
