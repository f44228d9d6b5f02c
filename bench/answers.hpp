// What the right answer is, found by a method of its own: per wallet the list of what it receives, per purchase a walk
// along it. It shares no code with any backend; the harness compares it with `reference` on a small ledger of every
// shape before anything is timed.
//
// Costs O(n) for the lists and per purchase the receipts inside --within, or up to the first that is larger. That is
// affordable because the one account for which it would not be, the hot one, is known by construction never to satisfy
// the rule, and is left out above `walk_everything_up_to` rows.
#pragma once
#include <cstdint>
#include <vector>

#include "questions.hpp"

namespace ringscan::bench {

inline constexpr std::uint64_t walk_everything_up_to = 100'000;

struct Answer {
  std::vector<Suspicion> suspects;
  std::vector<Evidence> evidence;        // of `suspects`
  std::vector<std::uint64_t> customers;  // by merchant
  HitCount count;                        // for all_receivers, which has none of the others
  // The rows that any method must look at; forms.hpp counts bytes by them.
  std::uint64_t purchases = 0, receipts = 0;

  // Of what is answered.
  bool same(const Answer& other) const {
    return suspects == other.suspects && evidence == other.evidence && customers == other.customers &&
           count == other.count;
  }
};

// Throws std::logic_error if what was planted is not in the answer.
Answer expected_answer(const Workload& workload, const Question& question);

}  // namespace ringscan::bench
