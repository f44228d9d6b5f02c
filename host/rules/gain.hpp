// --max-gain in exact integers: the largest key that a purchase's reward may have.
#pragma once
#include <optional>

#include "ledger/amount_keys.hpp"
#include "ledger/decimal.hpp"
#include "rules/predicates.hpp"

namespace ringscan::rules {

class GainLimit {
 public:
  // No gain, no limit.
  explicit GainLimit(const std::optional<Decimal>& max_gain) {
    if (!max_gain) return;
    // A decimal has at most 70 digits, so 1 + max_gain stays below 2^256 in its units.
    factor_ = add(max_gain->numerator, *times_power_of_ten(Amount{1}, max_gain->places));
    places_ = max_gain->places;
    const std::optional<Amount> power = times_power_of_ten(Amount{1}, places_);
    if (*factor_ == Amount{factor_->limbs[0]} && *power == Amount{power->limbs[0]})
      small_factor_ = factor_->limbs[0], small_power_ = power->limbs[0];
  }
  // One long product and a search among the ledger's wide amounts; O(1) without a gain and for small amounts.
  AmountKey most(const AmountKeysView& amounts, AmountKey purchase) const {
    if (!factor_) return no_limit;
    if (small_factor_ != 0 && purchase < 2 * small_amounts) {  // the key is twice the amount, and all fits 64 bits
      std::uint64_t product;
      if (!__builtin_mul_overflow(purchase / 2, small_factor_, &product))
        if (const std::uint64_t bound = product / small_power_; bound < small_amounts) return 2 * bound;
    }
    const std::optional<Amount> bound = divide_by_power_of_ten(multiply(amounts.amount(purchase), *factor_), places_);
    return bound ? amounts.last_key_at_most(*bound) : no_limit;
  }

 private:
  static constexpr std::uint64_t small_amounts = std::uint64_t{1} << 56;  // below, order codes and keys are twice them

  std::optional<Amount> factor_;  // (1 + max_gain) * 10^places
  unsigned places_ = 0;
  std::uint64_t small_factor_ = 0, small_power_ = 1;  // the same where both fit, else 0
};

}  // namespace ringscan::rules
