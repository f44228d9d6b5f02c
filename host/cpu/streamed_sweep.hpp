// Hits and distinct pairs with every receiver a merchant, for a ledger on the disk and rules that ask of a receipt no
// more than its amount: the plain rule, purchases alone, and --within where the file knows the waits.
//
// The rows go by once, from the last to the first, at the speed of the disk or of one thread's sweep, whichever is
// less; other threads check the rows to come and scatter the pairs that were found. A file that knows its hits needs no
// word a wallet. Where a word for every wallet does not fit, a pass knows a range of the wallets, judges their
// purchases alone, and there are several.
#pragma once
#include "cpu/known_rewards.hpp"
#include "cpu/spilled_pairs.hpp"
#include "cpu/sweep.hpp"

namespace ringscan::cpu {

inline bool stream_can_count(const Question& question) {
  return question.rule.model == Model::purchase_only || question.is_plain() || KnownRewards::decide(question);
}

// How the work is cut up.
struct StreamCuts {
  Row piece_rows = Row{1} << 17;
  std::size_t wallets_of_pass = 0;
  PairSpill pairs = {};

  static constexpr std::size_t bytes_a_wallet = sizeof(AmountKey);
  // Of pieces on their way, on whose number threads agree.
  static constexpr std::size_t pieces_under_way(unsigned threads) { return std::min(16u, threads + 2); }
};

// `judged`: the rows that may be hits, whole groups of equal times, and not none.
HitCount count_streamed(const BackendOptions& options, const Question& question, Slab judged, const StreamCuts& cuts);

}  // namespace ringscan::cpu
