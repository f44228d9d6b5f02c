// How often chance reaches the score's cut: `discover` again on ledgers in which payments have changed receivers.
//
// THE NULL. First the payments among the accounts of each reported farm and each refund are left out: they answer each
// other, and would go on doing so in part. The others are strata: of one wallet, within one `within` of time, and of
// one power of two of amount. Who of those that are paid gets which payment of a stratum is drawn anew, uniformly.
// Times, amounts, degrees and who pays whom stay, but for which of a payer's payments are whose.
//
// What it is not: innocent stories that do answer payments (compensation, interest, deposits that come back) go with
// the rest, so that it finds fewer than a ledger without farms has; farms that were not found stay in part, so that it
// finds more. No share here is the chance that a report is innocent.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "backend.hpp"
#include "discover/options.hpp"

namespace ringscan {

struct Calibration {
  std::vector<std::vector<double>> scores;  // of each permuted ledger's reports, whatever the cut; best first

  // Reports from `score` on, of all permuted ledgers together.
  std::uint64_t reports(double score) const;
  // The smallest cut in thousandths that at most one report in 20 permuted ledgers reaches; 0 if so few are there.
  double cut() const;
  // The share of the permuted ledgers whose best report scores at least as much.
  double exceedance(double score) const;
};

// Runs `discover` once more to know what to leave out, then on so many permuted ledgers, one after the other: each
// takes what one run takes, and 40 bytes a payment. Equal ledgers, options and numbers of replicates give equal scores,
// whatever the threads and the backend; the first n of them are those of n replicates. Throws Interrupted, Unavailable.
Calibration calibrate(Backend& backend, const Ledger& ledger, const DiscoverOptions& options, std::uint32_t replicates,
                      const BackendOptions& run);

// What stands beside it: reports on farm-free ledgers of `generate --difficulty hard`, whose innocent stories do answer
// payments (bench/quality/README.md).
struct GeneratedRate {
  double min_score;
  std::uint64_t ledgers, reports;
};
inline constexpr GeneratedRate generated_rate = {10, 500, 23};

namespace discover {

class Permutation {
 public:
  // `period` of time within which receivers change, in ticks.
  // `is_left_out`: rows that become payments to oneself, which nobody looks at.
  Permutation(const LedgerView& ledger, std::uint64_t period, const std::vector<bool>& is_left_out);

  // The receivers of each row in the replicate with this number.
  std::vector<Wallet> receivers(std::uint64_t replicate) const;

 private:
  struct Place {
    Wallet payer;
    std::uint32_t period, magnitude, row;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  LedgerView ledger_;
  std::vector<Place> places_;  // ascending
};

}  // namespace discover

}  // namespace ringscan
