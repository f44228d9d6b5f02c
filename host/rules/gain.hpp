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
  }
  // One long product and a search among the ledger's wide amounts; O(1) without a gain.
  AmountKey most(const AmountKeysView& amounts, AmountKey purchase) const {
    if (!factor_) return no_limit;
    const std::optional<Amount> bound = divide_by_power_of_ten(multiply(amounts.amount(purchase), *factor_), places_);
    return bound ? amounts.last_key_at_most(*bound) : no_limit;
  }

 private:
  std::optional<Amount> factor_;  // (1 + max_gain) * 10^places
  unsigned places_ = 0;
};

}  // namespace ringscan::rules
