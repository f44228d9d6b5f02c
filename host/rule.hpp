// The question as plain data: what backends, detect/ and the result files mean by a rule (DESIGN section 2).
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "ledger/decimal.hpp"
#include "ledger/ids.hpp"

namespace ringscan {

// Who completes a purchase R1 (customer w pays merchant m) to an accusation.
enum class Model {
  purchase_only,  // nobody: Algorithm 2 asks for the purchase alone
  any,            // R2: anyone pays w, later than R1 and more than it (Algorithms 1 and 3)
  enhanced,       // R2 comes from m itself
  advanced,       // R2 comes from a delegation d, not m and not w, that m paid (R3) strictly between R1 and R2
  basic,          // R0 instead: m paid w before R1, at least as much as R1
};

constexpr bool has_reward(Model model) {
  return model == Model::any || model == Model::enhanced || model == Model::advanced;
}

// The open interval in which a purchase counts, in the ledger's own times: after < time < before.
struct Interval {
  std::int64_t after = std::numeric_limits<std::int64_t>::min();
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  friend bool operator==(const Interval&, const Interval&) = default;
};

inline constexpr Interval no_time = {0, 0};  // nothing lies inside

struct Rule {
  Model model = Model::any;
  std::optional<std::uint64_t> within;  // R2.time <= R1.time + within; basic: R1.time - R0.time <= within
  std::optional<Decimal> max_gain;      // R2.amount <= R1.amount * (1 + max_gain); not with basic or purchase_only
  std::vector<bool> excluded;           // by account, or empty: never merchant, worker, delegation, payer of a reward

  bool excludes(Account account) const { return !excluded.empty() && excluded[to_index(account)]; }
};

struct Merchant {
  Account account;
  Interval interval = {};  // only purchases inside it count
};

}  // namespace ringscan
