// A ledger small enough for brute force, of which every kind of row is in.
#pragma once
#include "generate/generate.hpp"

namespace ringscan::testing {

inline GenerateOptions small() {
  GenerateOptions options;
  options.merchants = 3;
  options.workers = 10;  // more than one batch
  options.honest_customers = 20;
  options.accounts = 200;
  options.transactions = 2'000;
  return options;
}

}  // namespace ringscan::testing
