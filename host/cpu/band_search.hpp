// --max-gain, with --within or without: which of a wallet's purchases have a receipt in the window after them whose
// amount is in the band that the gain allows?
//
// Window and band move along the receipts with the purchases. The first receipts of a window are looked at one after
// another, many at a time; what that leaves open is asked of a tree over all of the wallet's receipts. So a purchase
// costs a bounded walk and O(log receipts), however hot the wallet is.
#pragma once
#include <span>
#include <vector>

#include "cpu/book_parts.hpp"
#include "cpu/earliest_in_band.hpp"
#include "cpu/question.hpp"

namespace ringscan::cpu {

class BandSearch {
 public:
  explicit BandSearch(const Question& question) : question_(question) {}

  // is_hit[i] for purchases[i]. Both lists are of one wallet, times ascending.
  void search(std::span<const BookLine> purchases, std::span<const BookLine> receipts, std::vector<char>& is_hit);

  // Keys walked, receipts and questions of trees so far.
  std::uint64_t work() const { return work_ + earliest_.work(); }

 private:
  std::uint64_t work_ = 0;
  const Question& question_;
  EarliestInBand earliest_;
  std::vector<AmountKey> keys_;  // of the receipts
  std::vector<BandQuestion> open_;
  std::vector<std::size_t> open_place_;
  std::vector<Candidate> candidates_;
};

}  // namespace ringscan::cpu
