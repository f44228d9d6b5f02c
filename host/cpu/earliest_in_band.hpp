// A batch of range questions: which is the first row among the candidates that are active and inside an amount band?
//
// This is what windows, bands and models reduce to once a wallet's rows stand together. O((c + q) log c) for c
// candidates and q questions, so that no hot account is walked once per purchase; 24 bytes of scratch a candidate.
// Bands without an upper end over candidates in the order of rows, as without --max-gain, need no sorting: O(c + q log
// c).
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "ledger/ids.hpp"
#include "rules/predicates.hpp"

namespace ringscan::cpu {

struct Candidate {
  std::uint64_t activation;
  std::uint64_t key;
  Row row;
};

struct BandQuestion {
  std::uint64_t threshold;  // candidates with activation > threshold are active
  rules::Band band;
};

class EarliestInBand {
 public:
  // Candidates ascending in activation, questions ascending in threshold. The answers, one a question (no_row where
  // nothing fits), last until the next call.
  std::span<const Row> answer(std::span<const Candidate> candidates, std::span<const BandQuestion> questions);

  // Elements walked, or put into trees and asked of them, so far.
  std::uint64_t work() const { return work_; }

 private:
  void answer_by_stairs(std::span<const Candidate> candidates, std::span<const BandQuestion> questions);

  std::uint64_t work_ = 0;
  std::vector<std::uint64_t> keys_;     // ascending
  std::vector<std::size_t> by_key_;     // candidates in key order
  std::vector<std::size_t> key_place_;  // by candidate
  std::vector<Row> first_row_;          // minimum tree over key places
  std::vector<std::size_t> stairs_;     // active candidates that are larger than all before them
  std::vector<Row> answers_;
};

}  // namespace ringscan::cpu
