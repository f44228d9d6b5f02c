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

// With a difficulty: a few farms, and every story of the background.
inline GenerateOptions small(Difficulty difficulty) {
  GenerateOptions options = options_for(difficulty);
  options.farms = 2;
  options.accounts = 3'000;
  options.transactions = 20'000;
  options.days = 75;
  return options;
}

}  // namespace ringscan::testing
