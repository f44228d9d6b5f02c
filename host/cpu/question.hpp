// A rule prepared for one ledger, as the workers' evaluation asks it.
#pragma once
#include <optional>

#include "backend.hpp"
#include "rules/predicates.hpp"

namespace ringscan::cpu {

class Question {
 public:
  Question(const LedgerView& ledger_view, const Rule& rule_asked);

  const LedgerView& ledger;
  const Rule& rule;
  const std::uint64_t within;  // rules::no_limit without --within

  // The later-maximum test decides alone: nobody in particular pays, at any time, any amount.
  bool is_plain() const { return rule.model == Model::any && !rule.within && !rule.max_gain; }
  // The keys that a reward of this purchase may have. O(1) without --max-gain, else one long product and a search.
  rules::Band reward_band(Row purchase) const;

 private:
  std::optional<Amount> gain_factor_;  // (1 + max_gain) * 10^places
};

}  // namespace ringscan::cpu
