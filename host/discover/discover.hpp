// `discover`: farms without a list of merchants. Every receiver is a candidate merchant, every account that pays
// customers a candidate payer (a delegation, or the merchant itself); one evaluation serves all groups of them.
//
// The result depends on the ledger and the options alone, not on threads. Rows of evidence are rows of the ledger.
#pragma once
#include <optional>
#include <vector>

#include "discover/calibration.hpp"
#include "discover/candidate.hpp"
#include "discover/circumstances.hpp"
#include "discover/evaluator.hpp"
#include "discover/options.hpp"

namespace ringscan {

namespace discover {

// A purchase and the reward that answers it; either may be no_row where totals balance but single payments do not.
// Funding: the merchant's last payment to the payer between the two, else no_row.
using FarmEvidence = Evidence;

struct FarmWorker {
  Account account;
  std::uint64_t purchases = 0, rewards = 0;  // payments to the merchants and from the payers, of any amount and time
  Amount spent, received;                    // their exact sums, 2^256 - 1 at most
  std::vector<FarmEvidence> evidence;        // by the first of its payments
};

// Innocent stories that a report also fits; write/ tells them.
enum class Story : std::uint8_t { launch, refund, exchange, lending, forwarder };
inline constexpr std::size_t story_count = 5;

struct Farm {
  Model model;  // basic (paid first), enhanced (the merchants pay), advanced (others pay)
  Asset asset;
  Signals signals;
  std::vector<Account> merchants, delegations;  // in the order of their names' bytes; no delegations: merchants pay
  std::vector<FarmWorker> workers;              // likewise
  std::vector<Row> funding;                     // payments from merchants to delegations
  // Delegations paid between a worker's purchase and reward, of the matched; the paper's third edge.
  std::uint64_t funded_between = 0, rewards_matched = 0;
  std::vector<Story> stories;
  Circumstances circumstances;
  // Of a farm: the rank of the best one that it belongs together with, as they share merchants or payers in several
  // assets; its own if there is none. 0: no farm.
  std::uint32_t group = 0;
  std::vector<std::uint32_t> decisions;  // about its accounts: places in DiscoverOptions::decisions, ascending
};

// Accounts that trade in circles: pairs with payments there and back of about the same amount, joined where they meet.
struct Trip {
  Row there, back;
};
struct Loop {
  Asset asset;
  std::vector<Account> accounts;  // in the order of their names' bytes
  std::vector<Trip> trips;        // ascending
};

struct Result {
  std::vector<Farm> farms;    // ranked
  std::vector<Farm> cleared;  // that would be farms, had nobody cleared one of their merchants or delegations; ranked
  std::vector<Farm> sweeps;   // pay everybody back at once: refunds, launches, airdrops; ranked
  std::vector<Loop> loops;    // most trips first
  std::array<std::uint64_t, gate_count + 1> gates{};  // candidates that each gate rejected; the last: accepted
  Work work;
  std::optional<Calibration> calibration;  // where somebody asked for it: find_farms does not
};

// All rows that the result shows, in no particular order; some of them more than once.
std::vector<Row> evidence_rows(const Result& result);

}  // namespace discover

// The backend collects exchanges and counts common accounts; `run.threads` do the rest. `run.on_stage` is told: pairs,
// payers, links, candidates, merge, evidence, loops. Throws Interrupted, Unavailable.
discover::Result find_farms(Backend& backend, const Ledger& ledger, const DiscoverOptions& options,
                            const BackendOptions& run);

}  // namespace ringscan
