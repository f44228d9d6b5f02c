// What the tables of several results have in common.
#pragma once
#include <string_view>
#include <vector>

#include "backend.hpp"
#include "ledger/ledger.hpp"
#include "write/table.hpp"

namespace ringscan {

// A count of rows, accounts or pairs: far below 2^63.
inline Cell number_cell(std::uint64_t count) { return std::int64_t(count); }

// The columns of purchase, reward and funding, six each, and their cells; empty ones for no_row.
void add_evidence_columns(std::vector<TableColumn>& columns);
void add_evidence(std::vector<Cell>& row, const Ledger& ledger, const Evidence& evidence);

}  // namespace ringscan
