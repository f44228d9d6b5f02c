// Exact amounts: unsigned integers below 2^256 in an asset's smallest unit, and the 64-bit codes that order them.
// Nothing here rounds or wraps: operations that could overflow say so.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringscan {

struct Amount {
  std::array<std::uint64_t, 4> limbs{};  // least significant first

  constexpr Amount() = default;
  constexpr explicit Amount(std::uint64_t low) : limbs{low, 0, 0, 0} {}

  friend constexpr bool operator==(const Amount&, const Amount&) = default;
  friend constexpr std::strong_ordering operator<=>(const Amount& a, const Amount& b) {
    for (std::size_t i = a.limbs.size(); i-- > 0;)
      if (a.limbs[i] != b.limbs[i]) return a.limbs[i] <=> b.limbs[i];
    return std::strong_ordering::equal;
  }
};

inline constexpr Amount max_amount = [] {
  Amount all;
  all.limbs.fill(~std::uint64_t{0});
  return all;
}();

// nullopt if the sum is 2^256 or more.
std::optional<Amount> add(const Amount& a, const Amount& b);
// amount * factor + addend; false, and `amount` unchanged, if that is 2^256 or more.
bool multiply_add(Amount& amount, std::uint64_t factor, std::uint64_t addend);
// amount / divisor (not 0), rounded down; returns the remainder.
std::uint64_t divide(Amount& amount, std::uint64_t divisor);
// amount * 10^places; nullopt if that is 2^256 or more.
std::optional<Amount> times_power_of_ten(Amount amount, unsigned places);
// Decimal digits only, at least one; nullopt for anything else and for 2^256 or more.
std::optional<Amount> parse_digits(std::string_view digits);
std::string to_string(const Amount& amount);

// The full product of two amounts, comparable.
struct Product {
  std::array<std::uint64_t, 8> limbs{};
  friend constexpr bool operator==(const Product&, const Product&) = default;
  friend constexpr std::strong_ordering operator<=>(const Product& a, const Product& b) {
    for (std::size_t i = a.limbs.size(); i-- > 0;)
      if (a.limbs[i] != b.limbs[i]) return a.limbs[i] <=> b.limbs[i];
    return std::strong_ordering::equal;
  }
};
Product multiply(const Amount& a, const Amount& b);
// product / 10^places, rounded down; nullopt if that is 2^256 or more.
std::optional<Amount> divide_by_power_of_ten(Product product, unsigned places);

// The order code: 2 * amount below 2^56; for a bit length L > 56, (L - 55) * 2^56 + 2 * (the 55 bits after the leading
// one) + 1 if any lower bit is set. Monotone: a smaller code is a smaller amount. An even code stands for one amount;
// an odd one for a range of them. The largest code is below 202 * 2^56.
using OrderCode = std::uint64_t;
OrderCode order_code(const Amount& amount);
constexpr bool stands_for_one_amount(OrderCode code) { return (code & 1) == 0; }
// The amount of an even code; max_amount beyond all codes.
Amount amount_of_even_code(OrderCode code);

// What a code leaves out of an amount: its lowest bits, up to 64 of them; nullopt for an amount of 2^120 or more whose
// code is odd. With the code it gives the amount back. 0 for even codes.
std::optional<std::uint64_t> tail_of(const Amount& amount, OrderCode code);
Amount amount_of(OrderCode code, std::uint64_t tail);

}  // namespace ringscan
