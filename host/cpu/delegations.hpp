// The model `advanced`: worker w pays merchant m (R1), m pays delegation d (R3), d pays w (R2), in this order of time.
//
// Work per distinct (w, m): the payers of w and the payees of m are intersected from the shorter side. Each
// common d is then searched from whichever side is less: all r receipts of w from such d at once, O((p + r) log), or
// per purchase and d the receipts after d's next payment, O(p d log). min(r, p d) is at most min(in(w), purchases *
// out(m)), and its sum over all (w, m) at most about N sqrt(N): a wallet with more than sqrt(N) receipts is one of
// sqrt(N), and so on.
#pragma once
#include <algorithm>
#include <span>
#include <vector>

#include "cpu/earliest_in_band.hpp"
#include "cpu/question.hpp"

namespace ringscan::cpu {

// A purchase that some receipt may still turn into an accusation.
struct Hopeful {
  std::size_t place;  // in the wallet's purchases
  Entry purchase;
  rules::Band band;
};

// The entry of a row that is among them; rows ascend.
inline const Entry& entry_of(std::span<const Entry> by_row, Row row) {
  return *std::ranges::lower_bound(by_row, row, {}, &Entry::row);
}

// Rows [begin, end) of a list that one counterparty sent or got.
struct Run {
  Wallet counterparty;
  std::size_t begin, end;
};

// What the merchants paid to whom: by (merchant, payee, row). Built once per question, read by all threads.
class Delegations {
 public:
  // Room for what so many payments may take, so that nothing is copied while they are added.
  void reserve(std::size_t payments) {
    payments_.reserve(payments);
    runs_.reserve(payments);
    merchants_.reserve(payments);
  }
  // What a merchant's wallet paid, by (payee, row). Wallets come ascending.
  void add(Wallet merchant, std::span<const Entry> payments);

  std::span<const Run> payees(Wallet merchant) const;  // ascending in payee
  // For may_be_payee(), once all is added.
  void mark_payees();
  // False only for a wallet that no merchant paid, and then mostly. O(1).
  bool may_be_payee(Wallet wallet) const {
    const std::uint64_t bit = mark(wallet);
    return (payee_marks_[bit / 64] >> bit % 64 & 1) != 0;
  }
  std::span<const Entry> payments(const Run& run) const {
    return std::span(payments_).subspan(run.begin, run.end - run.begin);
  }

 private:
  std::uint64_t mark(Wallet wallet) const {
    return to_index(wallet) * 0x9E3779B97F4A7C15u >> 32 & (payee_marks_.size() * 64 - 1);
  }

  std::vector<Entry> payments_;
  std::vector<Run> runs_;
  std::vector<std::uint64_t> payee_marks_;  // a bit for all wallets of one hash
  struct MerchantRuns {
    Wallet merchant;
    std::size_t begin, end;
  };
  std::vector<MerchantRuns> merchants_;  // ascending
};

class DelegationSearch {
 public:
  DelegationSearch(const Question& question, const Delegations& delegations)
      : question_(question), delegations_(delegations) {}

  // Calls found(hopeful, reward row, R3 row) for each purchase that a delegation rewards. `receipts` of the wallet,
  // rows ascending, payers allowed by the rule; `hopeful` by purchase row.
  template <class Found>
  void search(Wallet wallet, std::span<const Hopeful> hopeful, std::span<const Entry> receipts, Found found) {
    find_rewards(wallet, hopeful, receipts);
    for (const Asked& asked : asked_)
      if (asked.reward != no_row)
        found(asked.hopeful, asked.reward, first_payment(asked.hopeful.purchase, entry_of(receipts, asked.reward)));
  }

  // Elements looked at so far.
  std::uint64_t work() const { return work_ + earliest_.work(); }

 private:
  std::uint64_t work_ = 0;
  struct Asked {
    Hopeful hopeful;
    Row reward = no_row;  // the first so far
  };
  struct Match {
    Run receipts, payments;  // of one delegation
  };
  struct Pending {
    std::size_t receipts_begin, receipts_end;
    BandQuestion question;
    std::size_t asked;
  };

  void find_rewards(Wallet wallet, std::span<const Hopeful> hopeful, std::span<const Entry> receipts);
  void match(Wallet worker, Wallet merchant);
  void by_receipts(std::span<Asked> asked);
  void by_payments(std::span<Asked> asked);
  void answer_pending();
  Row first_payment(const Entry& purchase, const Entry& reward) const;

  const Question& question_;
  const Delegations& delegations_;
  EarliestInBand earliest_;
  std::vector<Asked> asked_;     // by (merchant, purchase)
  std::vector<Entry> by_payer_;  // the wallet's receipts by (payer, row)
  std::vector<Run> payers_;      // their runs
  std::vector<Match> matches_;   // the delegations of the pair at hand
  std::vector<Pending> pending_;
  std::vector<Candidate> candidates_;
  std::vector<BandQuestion> questions_;
};

}  // namespace ringscan::cpu
