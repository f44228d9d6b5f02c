// One wallet at a time: which of its purchases does its receipts' record turn into accusations?
//
// Every rule but `advanced` costs O((p + r) log r) for p purchases and r receipts of the wallet, however hot it is;
// delegations.hpp says what `advanced` costs. An Evaluation is one thread's: it keeps scratch space between wallets.
#pragma once
#include <span>
#include <vector>

#include "cpu/delegations.hpp"
#include "cpu/earliest_in_band.hpp"
#include "cpu/partition.hpp"
#include "cpu/question.hpp"

namespace ringscan::cpu {

// The evidence of purchases[i] at place i; `purchase` is no_row where there is no accusation.
using Accusations = std::vector<Evidence>;

class Evaluation {
 public:
  // `delegations` is asked for the model `advanced` only.
  Evaluation(const Question& question, const Delegations& delegations)
      : question_(question), delegation_search_(question, delegations) {}

  // Both lists are of one wallet, rows ascending; `receipts` holds what the model admits (receipts_of in cpu.cpp).
  // Without `rows_wanted` a plain rule names the purchases alone.
  void accuse(std::span<const WalletRow> purchases, std::span<const WalletRow> receipts, bool rows_wanted,
              Accusations& accusations);

 private:
  void find_hopeful(std::span<const WalletRow> purchases, std::span<const WalletRow> receipts);
  void from_anyone(std::span<const WalletRow> receipts, Accusations& accusations);
  void from_merchant(std::span<const WalletRow> receipts, Accusations& accusations);
  void answer_rewards(std::span<const Hopeful> asked, Accusations& accusations);
  void answer_fundings(std::span<const Hopeful> asked, Accusations& accusations);

  const Question& question_;
  DelegationSearch delegation_search_;
  EarliestInBand earliest_;
  std::vector<Hopeful> hopeful_;
  std::vector<Candidate> candidates_;
  std::vector<BandQuestion> questions_;
};

}  // namespace ringscan::cpu
