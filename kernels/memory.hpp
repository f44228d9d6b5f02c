// What a question needs of a space's memory, known before anything is allocated.
#pragma once
#include <string>

#include "kernels/question.hpp"

namespace ringscan::kernels {

inline constexpr std::uint64_t library_scratch = std::uint64_t{48} << 20;  // histograms and look-back states of CUB

struct QuestionSize {
  std::uint64_t transactions = 0, wallets = 0, accounts = 0, merchants = 0, asked = 0;
  std::uint64_t purchases = 0;  // that may accuse
  std::uint64_t receipts = 0;   // of their senders, that may complete
  std::uint64_t paid = 0;       // by merchants, for advanced
  bool plain = false;           // the later maximum alone decides
};

// An upper bound in bytes; tests hold the pipelines' true peak to it.
std::uint64_t memory_needed(const QuestionSize& size, bool every_pair);

// The largest that a question of this ledger can be: O(1).
QuestionSize largest_question(const LedgerView& ledger, const Rule& rule, std::size_t merchants);
// Steps of rows, room for distinct pairs, and chunks of paths, as tests set them; 0: as memory allows.
struct StepTuning {
  std::uint64_t most_rows = 0;
  std::uint64_t pair_capacity = 0;
  std::uint64_t most_paths = 0;                                // counted at once
  std::uint64_t bytes_worth_threads = std::uint64_t{1} << 20;  // of a step, to be put into pinned memory
};

// A walk over the ledger in steps.
struct StepPlan {
  std::uint64_t most_rows = 0;      // of a step
  std::uint64_t pair_capacity = 0;  // of the set of distinct pairs; what exceeds it goes to the host
  std::uint64_t needed_bytes = 0;   // at most
};

// Of a sweep, with the ledger resident or passing through: as much as `has` allows, or the least that it takes.
StepPlan plan_sweep_memory(const LedgerView& ledger, const QuestionData& question, bool resident, std::uint64_t has,
                           const StepTuning& tuning);
// Of a selection, without what is selected.
StepPlan plan_selection_memory(const LedgerView& ledger, const QuestionData& question, std::uint64_t has,
                               const StepTuning& tuning);

// Exactly this one: a pass over the ledger on the host.
QuestionSize measure_question(const LedgerView& ledger, const Rule& rule, const QuestionData& question);

// Of collect_exchanges, in bytes at most.
std::uint64_t exchanges_need(const LedgerView& ledger);

// Payers whose paths are counted at once: all of one payer's.
struct PathChunk {
  WalletNumber first_payer, last_payer;
  std::uint64_t first_path, end_path;
};

// Of count_common_accounts.
struct PathPlan {
  std::vector<std::uint8_t> is_payer, is_merchant;  // by wallet: that may make a pair
  std::vector<PathChunk> chunks;                    // ascending; none without a path
  std::uint64_t needed_bytes = 0;                   // at most
};

// Chunks as large as memory allows, or the least that the largest payer takes. O(recipients).
PathPlan plan_paths(const Exchanges& exchanges, const CommonQuestion& question, std::uint64_t has,
                    const StepTuning& tuning);

std::string too_little_memory(const std::string& backend, std::uint64_t needs, std::uint64_t has);

}  // namespace ringscan::kernels
