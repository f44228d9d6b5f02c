#pragma once
#include <unordered_set>

#include "generate/world.hpp"

namespace ringscan {

// Plants farms that vary as options.profile says, with the honest sales of their merchants, and adds them to the
// ledger's farms. Steps have payments only: messages leave no trace.
class VariedFarms {
 public:
  explicit VariedFarms(World& world) : world_(world) {}
  void plant(FarmModel model);

 private:
  World& world_;
  std::unordered_set<AccountNumber> workers_;       // of all farms so far; nobody works for two
  std::vector<AccountNumber> earlier_delegations_;  // of the last advanced farm that has its own
};

}  // namespace ringscan
