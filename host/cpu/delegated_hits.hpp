// `advanced` with every receiver a merchant: which purchases have any witness at all, a payment of the merchant to a
// delegation and then one of the delegation to the worker? Evidence is not asked for, so the first witness ends a
// search.
//
// Every (worker, merchant) is searched from one side. At the merchant's, the merchant's payments stand in a table by
// payee, built once a merchant, and the worker's receipts are looked up in it. At the worker's, the worker's receipts
// stand in a table by payer, built once a worker, and the merchant's payments are looked up, once a purchase.
//
// Work for a pair of u purchases, with r receipts of the worker and p payments of the merchant: O(u + min(r, u p)), but
// for logarithms. Over all pairs that is O(N sqrt(N)): if r <= sqrt(N) or p <= sqrt(N), it is at most sqrt(N) a
// purchase; else both are one of at most sqrt(N) such wallets, and r summed over such pairs is at most N sqrt(N).
#pragma once
#include <span>
#include <vector>

#include "cpu/counterparties.hpp"
#include "cpu/earliest_in_band.hpp"
#include "cpu/question.hpp"

namespace ringscan::cpu {

// One thread's.
class DelegatedHits {
 public:
  // `bought`: purchases outside these rows are none. `payments` and `receipts` of all wallets, without excluded
  // accounts; of them `purchases` those that are asked about, and `sales` the same by merchant.
  DelegatedHits(const Question& question, Slab bought, const WalletLines& payments, const WalletLines& receipts,
                const WalletLines& purchases, const WalletLines& sales);

  // Calls found(customer, hits) for each pair that is searched here and has any.
  template <class Found>
  void at_merchant(Wallet merchant, Found found) {
    search_at_merchant(merchant);
    for (const PairHits& one : found_) found(one.other, one.hits);
  }
  // Calls found(merchant, hits) likewise.
  template <class Found>
  void at_worker(Wallet worker, Found found) {
    search_at_worker(worker);
    for (const PairHits& one : found_) found(one.other, one.hits);
  }

  // Lines walked, looked up and put into tables so far.
  std::uint64_t work() const { return work_ + earliest_.work(); }

 private:
  using Run = Counterparties::Run;
  enum class Found { yes, no, gave_up };
  // A receipt, and the delegation's last payment before it, that prove a purchase; perhaps the pair's next one too.
  struct Witness {
    AmountKey amount = 0;
    std::uint32_t paid = 0, received = 0;
  };
  struct PairHits {
    Wallet other;
    std::uint64_t hits;
  };
  struct Open {
    WalletLine purchase;
    rules::Band band;
  };
  // Receipts of a long run are asked for many purchases at once.
  struct Pending {
    std::size_t run;
    BandQuestion question;
    std::size_t purchase;  // its place in the worker's purchases
  };

  // Of no more receipts each is looked at, from the merchant's side.
  static constexpr std::size_t few_receipts = 32;
  static bool is_for_worker(std::size_t purchases, std::size_t receipts, std::size_t payments) {
    return receipts > few_receipts && purchases * payments < receipts;
  }
  bool is_bought(const WalletLine& line) const { return line.time >= first_bought_ && line.time <= last_bought_; }

  void search_at_merchant(Wallet merchant);
  std::uint64_t count_pair(Wallet merchant, Wallet worker, std::span<const WalletLine> purchases,
                           std::span<const WalletLine> receipts, std::uint32_t last_payment);
  bool proves(const Witness& witness, const Open& open) const;
  Found find_receipt(Wallet merchant, Wallet worker, const Open& open, std::span<const WalletLine> receipts,
                     std::size_t& budget, Witness& witness);
  Found find_among_few(Wallet merchant, Wallet worker, const Open& open, std::span<const WalletLine> receipts,
                       Witness& witness);
  // As far as receipt and delegation decide.
  bool may_prove(const WalletLine& receipt, const Open& open) const {
    return open.band.holds(receipt.amount) & rules::is_later(open.purchase.time, receipt.time, question_.within) &
           table_.holds(receipt.counterparty);
  }
  bool is_witness(Wallet merchant, Wallet worker, const Open& open, const WalletLine& receipt, Witness& witness);
  const WalletLine* last_payment_before(Wallet delegation, std::uint32_t time);
  std::uint64_t count_open(Wallet merchant, Wallet worker, std::span<const WalletLine> receipts);

  void search_at_worker(Wallet worker);
  bool find_payment(Wallet merchant, Wallet worker, std::size_t place, std::span<const WalletLine> payments);
  Found find_in_run(const Run& run, std::uint32_t paid, const Open& open);
  void answer_pending();

  const Question& question_;
  const WalletLines& payments_;
  const WalletLines& receipts_;
  const WalletLines& purchases_;
  const WalletLines& sales_;
  const bool has_gain_, is_plain_;  // is_plain_: no refinement
  std::uint32_t first_bought_, last_bought_;
  std::uint64_t work_ = 0;
  Counterparties bought_;  // at the merchant: by customer; at the worker: by merchant
  Counterparties table_;   // at the merchant: payments by payee; at the worker: receipts by payer
  std::vector<PairHits> found_;
  std::vector<Open> open_;
  std::vector<AmountKey> later_maximum_;  // at the worker: of a receipt and what follows in its run
  std::vector<char> is_hit_;
  std::vector<Pending> pending_;
  EarliestInBand earliest_;
  std::vector<Candidate> candidates_;
  std::vector<BandQuestion> questions_;
};

}  // namespace ringscan::cpu
