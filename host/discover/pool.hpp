// From accepted candidates to farms (the recipe's steps 10 and 11): candidates that share workers are tried as one, and
// what is left is ranked so that no farm is told twice.
#pragma once
#include <functional>
#include <vector>

#include "discover/candidate.hpp"

namespace ringscan::discover {

// The better first: by score, then by accounts.
bool is_better(const Evaluation& a, const Evaluation& b);

// The evaluations of candidates, in their order.
using EvaluateAll = std::function<std::vector<Evaluation>(std::vector<Candidate>)>;

// The accepted ones and all accepted unions of them.
std::vector<Evaluation> merge(std::vector<Evaluation> accepted, const DiscoverOptions& options,
                              const EvaluateAll& evaluate_all);

// The best first; left out is what tells of a farm told already: one of its merchants, half of its workers, or its
// workers in the roles of merchants and payers.
std::vector<Evaluation> select_reports(std::vector<Evaluation> pool, const DiscoverOptions& options);

}  // namespace ringscan::discover
