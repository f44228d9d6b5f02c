// A rule prepared for one ledger, as the workers' evaluation asks it.
#pragma once
#include "backend.hpp"
#include "rules/gain.hpp"
#include "rules/predicates.hpp"

namespace ringscan::cpu {

class Question {
 public:
  Question(const LedgerView& ledger_view, const Rule& rule_asked)
      : ledger(ledger_view),
        rule(rule_asked),
        within(rule_asked.within.value_or(rules::no_limit)),
        gain_limit_(rule_asked.max_gain) {}

  const LedgerView& ledger;
  const Rule& rule;
  const std::uint64_t within;  // rules::no_limit without --within

  // The later-maximum test decides alone: nobody in particular pays, at any time, any amount.
  bool is_plain() const { return rule.model == Model::any && !rule.within && !rule.max_gain; }
  // The keys that a reward of this purchase may have.
  rules::Band reward_band(AmountKey purchase) const {
    return rules::reward_band(purchase, gain_limit_.most(ledger.amounts, purchase));
  }
  // Where a reward of this purchase may stand among its sender's receipts; empty where none may.
  EntryRange reward_range(std::uint32_t time, AmountKey purchase) const {
    const rules::Band band = reward_band(purchase);
    return {time, within, band.low, band.high};
  }

 private:
  rules::GainLimit gain_limit_;
};

}  // namespace ringscan::cpu
