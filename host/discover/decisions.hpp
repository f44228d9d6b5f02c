// What people decided about accounts, looked up in one ledger.
#pragma once
#include <unordered_map>
#include <vector>

#include "discover/discover.hpp"

namespace ringscan::discover {

class Decisions {
 public:
  // O(accounts of the ledger) if there is any.
  Decisions(const Ledger& ledger, const DiscoverOptions& options);

  bool has_cleared(Node node) const { return !is_cleared_.empty() && is_cleared_[node]; }
  bool has_cleared(const Candidate& candidate) const;
  // What is left of a candidate without its cleared merchants and payers is a candidate, too.
  void add_without_cleared(std::vector<Candidate>& candidates) const;
  // Farm::decisions.
  void mark(Farm& farm) const;

 private:
  std::unordered_map<Account, std::uint32_t> places_;  // in DiscoverOptions::decisions
  std::vector<bool> is_cleared_;                       // by node; empty if nobody is
};

}  // namespace ringscan::discover
