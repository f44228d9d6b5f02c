#include "write/table_parts.hpp"

namespace ringscan {
namespace {

// Amounts are texts of decimal digits: they go up to 2^256 - 1, which no integer type of tables holds, and a double
// would round.
void add_transaction(std::vector<Cell>& row, const Ledger& ledger, Row transaction) {
  if (transaction == no_row) return row.resize(row.size() + 6);
  const LedgerView view = ledger.view();
  const auto account = [&](Account who) { return ledger.accounts.at(to_index(who)); };
  const std::string id = ledger.transaction_id(transaction);
  row.push_back(id.empty() ? Cell() : Cell(id));
  row.push_back(view.time_at(transaction));
  row.push_back(account(view.sender(transaction)));
  row.push_back(account(view.receiver(transaction)));
  row.push_back(ledger.assets.at(to_index(view.asset(transaction))));
  row.push_back(to_string(view.amount_at(transaction)));
}

}  // namespace

void add_evidence_columns(std::vector<TableColumn>& columns) {
  for (const std::string_view what : {"purchase", "reward", "funding"})
    for (const std::string_view column : {"tx", "time", "from", "to", "asset", "amount"})
      columns.push_back(
          {std::string(what).append("_").append(column), column == "time" ? ColumnType::integer : ColumnType::text});
}

void add_evidence(std::vector<Cell>& row, const Ledger& ledger, const Evidence& evidence) {
  for (const Row transaction : {evidence.purchase, evidence.reward, evidence.funding})
    add_transaction(row, ledger, transaction);
}

}  // namespace ringscan
