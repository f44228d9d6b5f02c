// What `discover` can be told. Every constant of the method is here with the default that was measured (bench/quality);
// durations are in the ledger's own ticks: seconds, blocks or steps.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ledger/ledger.hpp"

namespace ringscan {

enum class Pattern { farms, loops, all };

// What people found out about an account (canonical). A cleared one is neither merchant nor delegation of a farm.
enum class Verdict : std::uint8_t { confirmed, cleared };
struct Decision {
  std::string account;
  Verdict verdict;
  std::string comment;
};

struct DiscoverOptions {
  Pattern pattern = Pattern::farms;
  std::vector<std::string> excluded;  // canonical accounts: never merchant, worker or delegation
  std::vector<Decision> decisions;    // ascending accounts, each once
  std::uint64_t top = 0;              // report so many farms, and as many loops; 0: all

  // What a reward is.
  std::uint64_t within = 21 * 86'400;      // between purchase and reward at most
  double max_gain = 0.2;                   // a reward is between 1 / (1 + max_gain) and 1 + max_gain of its purchase
  double neutral_gain = 0.005;             // so close to the purchase it is neither more nor less
  std::uint32_t rewards_a_purchase = 128;  // looked at on either side of a purchase, those nearest in time
  bool balances_totals = true;             // where an account's totals balance, all its purchases are answered

  // Who takes part.
  std::uint32_t hub_degree = 300;          // a worker has at most so many payers, and so many payees
  std::uint32_t min_workers = 3;           // paid back, of a farm
  std::uint32_t max_recipients = 1000;     // of a farm's payers together
  std::uint32_t overlap_recipients = 300;  // of a payer beside a merchant that does not fund it
  std::uint32_t max_accounts = 40;         // merchants and payers of a candidate

  // What makes a pair (merchant, payer) worth a look: the chance of so many common accounts, by Poisson.
  double linked_chance = 0.05, strong_chance = 1e-3, overlap_chance = 1e-6;
  bool pays_directly = true;   // merchants that pay themselves are candidates, too
  double overlap_share = 0.1;  // of a payer's recipients, customers

  // The gates, in the order of Gate.
  std::uint32_t sweep_workers = 5;  // fewer are no sweep
  double sweep_share = 0.25,
         prefunded_sweep_share = 0.1;             // of workers that buy (are paid) on after the first reward (purchase)
  double recipients_share = 0.02;                 // of the payers' recipients must be workers
  double hands_ratio = 1;                         // workers by merchants, and by payers, at least
  double time_vote_ratio = 1.5;                   // votes for, by votes against
  double amount_vote_ratio = 1.5;                 // likewise
  double direct_amount_vote_ratio = 3;            // where the merchants pay themselves
  double balanced_share = 0.75;                   // of workers whose totals balance, likewise
  double direct_purity = 0.7, open_purity = 0.4;  // workers, by common accounts
  std::uint64_t min_delay = 60;                   // between purchase and reward, in the median
  double interest_correlation = 0.3;              // of gain and delay, if it is no accident:
  double interest_deviations = 3;                 // by Fisher's transformation
  double repeating_share =
      0.5;  // workers with two purchases or more: of an open prefunded group, and for totals to count
  double closed_share = 0.25;           // of the rewards: the merchants paid as much to their payers
  double reported_closed_share = 0.5;   // likewise of a whole farm; a part of one may be paid for by other merchants
  double most_chance = 0.01;            // that strangers would be so many workers
  double most_chance_of_totals = 1e-6;  // or else that the totals of so many would balance
  bool bans_sweeps = true;              // who pays back many, at once, is part of no farm

  // What is shown beside the tests.
  std::uint64_t step = 3600;         // between first purchases that come together
  std::uint64_t youth = 7 * 86'400;  // of an account that is fresh

  // The score and what is reported.
  double most_by_time_votes = 40, most_by_amount_votes = 40, most_by_chance = 6, score_of_funding = 4;
  double min_score = 10;
  double merge_share = 0.75;   // a union scores at least so much of the better of its two
  double merge_overlap = 0.5;  // of the smaller one's workers
  std::uint32_t merge_rounds = 5;

  // Loops.
  std::uint64_t loop_within = 30 * 86'400;
  double loop_difference = 0.25;  // of the two amounts
  std::uint32_t min_trips = 2;    // there and back
};

// The defaults for a time axis: a block is taken for 12 seconds, a step for a day.
inline DiscoverOptions discover_options(TimeAxis axis) {
  DiscoverOptions options;
  if (axis == TimeAxis::seconds) return options;
  const std::uint64_t tick = axis == TimeAxis::block ? 12 : 86'400;
  options.within /= tick;
  options.min_delay /= tick;
  options.loop_within /= tick;
  options.step /= tick;
  options.youth /= tick;
  return options;
}

}  // namespace ringscan
