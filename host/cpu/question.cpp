#include "cpu/question.hpp"

namespace ringscan::cpu {

Question::Question(const LedgerView& ledger_view, const Rule& rule_asked)
    : ledger(ledger_view), rule(rule_asked), within(rule_asked.within.value_or(rules::no_limit)) {
  // A decimal has at most 70 digits, so 1 + max_gain stays below 2^256 in its units.
  if (rule.max_gain) gain_factor_ = add(rule.max_gain->numerator, *times_power_of_ten(Amount{1}, rule.max_gain->places));
}

rules::Band Question::reward_band(Row purchase) const {
  const AmountKey key = ledger.amount[purchase];
  if (!gain_factor_) return rules::reward_band(key, rules::no_limit);
  const std::optional<Amount> most =
      divide_by_power_of_ten(multiply(ledger.amounts.amount(key), *gain_factor_), rule.max_gain->places);
  return rules::reward_band(key, most ? ledger.amounts.last_key_at_most(*most) : rules::no_limit);
}

}  // namespace ringscan::cpu
