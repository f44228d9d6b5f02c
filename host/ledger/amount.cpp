#include "ledger/amount.hpp"

#include <algorithm>
#include <bit>

namespace ringscan {
namespace {

__extension__ using Wide = unsigned __int128;
constexpr unsigned code_bits = 56;                                    // amounts below 2^56 are their own code, doubled
constexpr std::uint64_t largest_power = 10'000'000'000'000'000'000u;  // 10^19, the largest in 64 bits
constexpr unsigned largest_power_places = 19;

std::uint64_t small_power_of_ten(unsigned places) {
  std::uint64_t power = 1;
  while (places-- > 0) power *= 10;
  return power;
}

unsigned bit_length(const Amount& amount) {
  for (unsigned i = 4; i-- > 0;)
    if (amount.limbs[i] != 0) return 64 * i + unsigned(std::bit_width(amount.limbs[i]));
  return 0;
}

// Bits [first, first + count) of the amount, count <= 64.
std::uint64_t bits(const Amount& amount, unsigned first, unsigned count) {
  const unsigned limb = first / 64, shift = first % 64;
  std::uint64_t value = amount.limbs[limb] >> shift;
  if (shift != 0 && limb + 1 < 4) value |= amount.limbs[limb + 1] << (64 - shift);
  return count == 64 ? value : value & ((std::uint64_t{1} << count) - 1);
}

bool any_bit_below(const Amount& amount, unsigned end) {
  for (unsigned limb = 0; limb < end / 64; ++limb)
    if (amount.limbs[limb] != 0) return true;
  return end % 64 != 0 && (amount.limbs[end / 64] & ((std::uint64_t{1} << end % 64) - 1)) != 0;
}

template <std::size_t limbs>
std::uint64_t divide_limbs(std::array<std::uint64_t, limbs>& value, std::uint64_t divisor) {
  Wide rest = 0;
  for (std::size_t i = limbs; i-- > 0;) {
    const Wide part = (rest << 64) | value[i];
    value[i] = std::uint64_t(part / divisor);
    rest = part % divisor;
  }
  return std::uint64_t(rest);
}

}  // namespace

std::optional<Amount> add(const Amount& a, const Amount& b) {
  Amount sum;
  Wide carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    carry += Wide(a.limbs[i]) + b.limbs[i];
    sum.limbs[i] = std::uint64_t(carry);
    carry >>= 64;
  }
  if (carry != 0) return std::nullopt;
  return sum;
}

bool multiply_add(Amount& amount, std::uint64_t factor, std::uint64_t addend) {
  Amount result;
  Wide carry = addend;
  for (std::size_t i = 0; i < 4; ++i) {
    carry += Wide(amount.limbs[i]) * factor;
    result.limbs[i] = std::uint64_t(carry);
    carry >>= 64;
  }
  if (carry != 0) return false;
  amount = result;
  return true;
}

std::uint64_t divide(Amount& amount, std::uint64_t divisor) { return divide_limbs(amount.limbs, divisor); }

std::optional<Amount> times_power_of_ten(Amount amount, unsigned places) {
  if (amount == Amount{}) return amount;
  for (; places > 0; places -= std::min(places, largest_power_places))
    if (!multiply_add(amount, small_power_of_ten(std::min(places, largest_power_places)), 0)) return std::nullopt;
  return amount;
}

std::optional<Amount> parse_digits(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  Amount amount;
  while (!digits.empty()) {
    const std::string_view part = digits.substr(0, largest_power_places);
    std::uint64_t value = 0;
    for (const char digit : part) {
      if (digit < '0' || digit > '9') return std::nullopt;
      value = value * 10 + std::uint64_t(digit - '0');
    }
    if (!multiply_add(amount, small_power_of_ten(unsigned(part.size())), value)) return std::nullopt;
    digits.remove_prefix(part.size());
  }
  return amount;
}

std::string to_string(const Amount& amount) {
  std::string reversed;
  Amount rest = amount;
  do {
    std::uint64_t part = divide(rest, largest_power);
    const bool last = rest == Amount{};
    for (unsigned place = 0; place < largest_power_places && !(last && part == 0 && place > 0); ++place) {
      reversed.push_back(char('0' + part % 10));
      part /= 10;
    }
  } while (rest != Amount{});
  return {reversed.rbegin(), reversed.rend()};
}

Product multiply(const Amount& a, const Amount& b) {
  Product product;
  for (std::size_t i = 0; i < 4; ++i) {
    Wide carry = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      carry += Wide(a.limbs[i]) * b.limbs[j] + product.limbs[i + j];
      product.limbs[i + j] = std::uint64_t(carry);
      carry >>= 64;
    }
    product.limbs[i + 4] = std::uint64_t(carry);
  }
  return product;
}

std::optional<Amount> divide_by_power_of_ten(Product product, unsigned places) {
  for (; places > 0; places -= std::min(places, largest_power_places))
    divide_limbs(product.limbs, small_power_of_ten(std::min(places, largest_power_places)));
  Amount amount;
  for (std::size_t i = 0; i < 4; ++i) {
    if (product.limbs[i + 4] != 0) return std::nullopt;
    amount.limbs[i] = product.limbs[i];
  }
  return amount;
}

OrderCode order_code(const Amount& amount) {
  const unsigned length = bit_length(amount);
  if (length <= code_bits) return 2 * amount.limbs[0];
  const unsigned kept = code_bits - 1;
  const std::uint64_t after_leading_one = bits(amount, length - 1 - kept, kept);
  const bool sticky = any_bit_below(amount, length - 1 - kept);
  return (std::uint64_t(length - kept) << code_bits) + 2 * after_leading_one + (sticky ? 1 : 0);
}

std::optional<std::uint64_t> tail_of(const Amount& amount, OrderCode code) {
  if (stands_for_one_amount(code)) return 0;
  const unsigned left_out = unsigned(code >> code_bits) - 1;
  if (left_out > 64) return std::nullopt;
  return bits(amount, 0, left_out);
}

Amount amount_of(OrderCode code, std::uint64_t tail) {
  Amount amount = amount_of_even_code(code & ~OrderCode{1});
  amount.limbs[0] |= tail;
  return amount;
}

Amount amount_of_even_code(OrderCode code) {
  const unsigned exponent = unsigned(code >> code_bits);
  if (exponent < 2) return Amount{code / 2};
  if (exponent > 256 - (code_bits - 1)) return max_amount;
  Amount amount;
  const std::uint64_t significand =
      (std::uint64_t{1} << (code_bits - 1)) | ((code & ((std::uint64_t{1} << code_bits) - 1)) / 2);
  const unsigned shift = exponent - 1;
  amount.limbs[shift / 64] = significand << shift % 64;
  if (shift % 64 != 0 && shift / 64 + 1 < 4) amount.limbs[shift / 64 + 1] = significand >> (64 - shift % 64);
  return amount;
}

}  // namespace ringscan
