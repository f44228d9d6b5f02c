// The receiver and sender indexes of a packed ledger: every row's entry (ledger/wallet_index.hpp), by wallet.
//
// A radix sort by wallet: rows fall into buckets of neighbouring wallets, then each bucket is counted out by itself,
// all in parallel, and written in order. What the memory does not hold at once takes another pass over the wallet
// column; a wallet that it does not hold is streamed. About 44 bytes a row in memory, or the budget.
#pragma once
#include <functional>

#include "ledger/ledger.hpp"
#include "packed/section_writer.hpp"

namespace ringscan::packed {

struct IndexColumns {
  std::span<const Wallet> wallet;        // by which the entries stand together
  std::span<const Wallet> counterparty;  // of the entries
  std::span<const std::uint32_t> time;
  std::span<const AmountKey> amount;  // where entries have amounts
  std::size_t wallet_count;
};

struct IndexBudget {
  std::uint64_t memory_bytes;
  unsigned threads;
  std::function<void()> stop_if_asked;  // throws to stop
};

constexpr std::size_t entry_bytes(bool has_amounts, bool has_wide_rows) {
  return 12u + (has_amounts ? 8u : 0u) + (has_wide_rows ? 4u : 0u);
}

// Writes 8 * (wallets + 1) bytes of begins and all entries. Inside the caller's task arena.
void write_index(const IndexColumns& columns, bool has_amounts, bool has_wide_rows, const IndexBudget& budget,
                 SectionWriter& begins, SectionWriter& entries);

}  // namespace ringscan::packed
