// Ledgers of the shape of the paper's experiment (89 users of whom 20 are workers, 220 transactions), made by a process
// that follows the advanced model of DESIGN section 2 with noise; README.md says what is known and what was chosen.
//
// A campaign: every worker has one task at every listed merchant. It buys there within the campaign; the merchant then
// pays the delegation, which pays each worker its price and a commission. Each task can go wrong in the ways named
// below, independently. Customers, who are everyone else, buy at the same merchants, are refunded less, draw salaries
// and pay each other, until the ledger has its number of transactions. Same shape and seed, same ledger.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ledger/ledger.hpp"
#include "rule.hpp"

namespace ringscan {

// How often, of a hundred tasks; each drawn by itself.
struct Noise {
  unsigned skipped = 5;         // the worker does not buy
  unsigned off_campaign = 5;    // it buys at any time of the month
  unsigned underpaid = 5;       // it gets 50 to 100 % of the price
  unsigned in_parts = 5;        // it gets the right sum in two payments, each below the price
  unsigned by_other_means = 5;  // it is paid, but not on this ledger
  unsigned late = 5;            // it is paid 5 to 30 days later; what lies beyond the month is not in the ledger
};

struct PaperShape {
  unsigned workers = 20;
  unsigned customers = 69;
  unsigned merchants = 3;         // listed, all of them of the farm
  unsigned honest_merchants = 0;  // listed as well, without any worker's task
  unsigned transactions = 220;
  unsigned days = 30;
  unsigned campaign_days = 3;
  Noise noise = {};
};

struct PaperLedger {
  Ledger ledger;
  std::vector<std::string> merchants;  // the list that a scan is given
  std::vector<std::string> workers;    // the truth
  Interval campaign;                   // what Algorithm 2 is given
};

PaperLedger make_paper_ledger(const PaperShape& shape, std::uint64_t seed);

}  // namespace ringscan
