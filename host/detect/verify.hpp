// --verify: is the answer that the user gets right? Checked on exact amounts, by code that finds nothing itself.
#pragma once
#include <stdexcept>
#include <string>
#include <vector>

#include "detect/scan.hpp"

namespace ringscan {

// An answer that does not hold: a defect of this program, not of the input.
struct WrongAnswer : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The intervals of --between auto, every evidence row against the rule, every count against the workers listed; and
// where merchants * transactions^2 is at most 10^10, the whole result against `reference`. Returns sentences that say
// what was checked; throws WrongAnswer.
std::vector<std::string> verify(const Ledger& ledger, const ScanRequest& request, const ScanResult& result,
                                Backend& reference);
// The count against the reference, where transactions^2 is at most 10^10.
std::vector<std::string> verify(const Ledger& ledger, const ScanRequest& request, const HitCount& count,
                                Backend& reference);

}  // namespace ringscan
