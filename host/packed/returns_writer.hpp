// The returned payments of a packed ledger (ledger/row_marks.hpp): every pair of wallets sets a bit of a table that its
// hash names, and each payment asks for the opposite pair.
#pragma once
#include "packed/index_writer.hpp"

namespace ringscan::packed {

// O(rows). Two to four bytes a row, or the budget: then two passes for each part of the table; and an eighth of a byte
// a row. Inside the caller's task arena.
void write_returns(std::span<const Wallet> from, std::span<const Wallet> to, const IndexBudget& budget,
                   SectionWriter& returns);

}  // namespace ringscan::packed
