// What a question needs of a space's memory, known before anything is allocated.
#pragma once
#include <string>

#include "kernels/question.hpp"

namespace ringscan::kernels {

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
// Exactly this one: a pass over the ledger on the host.
QuestionSize measure_question(const LedgerView& ledger, const Rule& rule, const QuestionData& question);

std::string too_little_memory(const std::string& backend, std::uint64_t needs, std::uint64_t has);

}  // namespace ringscan::kernels
