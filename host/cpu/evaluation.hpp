// One wallet at a time: which of its purchases does its receipts' record turn into accusations?
//
// Every rule but `advanced` costs O((p + r) log r) for p purchases and r receipts of the wallet, however hot it is;
// delegations.hpp says what `advanced` costs. An Evaluation is one thread's: it keeps scratch space between wallets.
#pragma once
#include <span>
#include <vector>

#include "cpu/delegations.hpp"
#include "cpu/earliest_in_band.hpp"
#include "cpu/question.hpp"

namespace ringscan::cpu {

// The evidence of purchases[i] at place i; `purchase` is no_row where there is no accusation.
using Accusations = std::vector<Evidence>;

class Evaluation {
 public:
  // `delegations` is asked for the model `advanced` only.
  Evaluation(const Question& question, const Delegations& delegations)
      : question_(question), delegation_search_(question, delegations) {}

  // Both lists are of this wallet, rows ascending; `receipts` holds what the model admits (may_complete in books.hpp).
  // Without `rows_wanted` a plain rule names the purchases alone.
  void accuse(Wallet wallet, std::span<const Entry> purchases, std::span<const Entry> receipts, bool rows_wanted,
              Accusations& accusations);

  // Elements looked at so far.
  std::uint64_t work() const { return work_ + earliest_.work() + delegation_search_.work(); }

 private:
  std::uint64_t work_ = 0;
  void find_hopeful(std::span<const Entry> purchases);
  void from_anyone(Accusations& accusations);
  void from_merchant(Accusations& accusations);
  void answer_rewards(std::span<const Hopeful> asked, Accusations& accusations);
  void answer_fundings(std::span<const Hopeful> asked, Accusations& accusations);

  const Question& question_;
  DelegationSearch delegation_search_;
  EarliestInBand earliest_;
  std::span<const Entry> receipts_;  // of the wallet at hand
  std::vector<Hopeful> hopeful_;
  std::vector<Entry> by_payer_;
  std::vector<Candidate> candidates_;
  std::vector<BandQuestion> questions_;
};

}  // namespace ringscan::cpu
