#include <array>

#include "write/scan_result.hpp"
#include "write/table.hpp"

namespace ringscan {
namespace {

constexpr std::array<std::string_view, 3> evidence = {"purchase", "reward", "funding"};

std::vector<TableColumn> columns_of_result(const ScanRequest& request) {
  std::vector<TableColumn> columns = {{"worker", ColumnType::text},       {"merchant", ColumnType::text},
                                      {"customers", ColumnType::integer}, {"suspects", ColumnType::integer},
                                      {"workers", ColumnType::integer},   {"share", ColumnType::number}};
  for (const std::string_view what : evidence)
    for (const std::string_view column : {"tx", "time", "from", "to", "asset", "amount"})
      columns.push_back(
          {std::string(what).append("_").append(column), column == "time" ? ColumnType::integer : ColumnType::text});
  if (request.is_between_auto)
    for (const char* column : {"between_after", "between_before"}) columns.push_back({column, ColumnType::integer});
  return columns;
}

Cell number(std::uint64_t count) { return std::int64_t(count); }  // of rows, accounts or pairs: far below 2^63

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

void write_rows(TableWriter& table, const Ledger& ledger, const ScanRequest& request, const ScanResult& result) {
  std::vector<Cell> row;
  for (const WorkerResult& worker : result.workers)
    for (const AccusedAt& at : worker.merchants) {
      const MerchantResult& merchant = result.merchants[at.merchant];
      row = {ledger.accounts.at(to_index(worker.account)),
             merchant.account,
             number(merchant.customers),
             number(merchant.suspects),
             number(merchant.workers),
             merchant.share};
      for (const Row transaction : {at.evidence.purchase, at.evidence.reward, at.evidence.funding})
        add_transaction(row, ledger, transaction);
      if (request.is_between_auto && merchant.between)  // or nobody would be a suspect
        row.insert(row.end(), {merchant.between->after, merchant.between->before});
      table.write(row);
    }
  table.finish();
}

std::vector<TableColumn> columns_of_count() { return {{"hits", ColumnType::integer}, {"pairs", ColumnType::integer}}; }

void write_row(TableWriter& table, const HitCount& count) {
  table.write(std::array{number(count.hits), number(count.pairs)});
  table.finish();
}

}  // namespace

void write_csv(Sink& sink, const Ledger& ledger, const ScanRequest& request, const ScanResult& result) {
  write_rows(*open_csv_table(sink, columns_of_result(request)), ledger, request, result);
}
void write_csv(Sink& sink, const HitCount& count) { write_row(*open_csv_table(sink, columns_of_count()), count); }

void write_parquet(Sink& sink, const Ledger& ledger, const ScanRequest& request, const ScanResult& result) {
  write_rows(*open_parquet_table(sink, columns_of_result(request)), ledger, request, result);
}
void write_parquet(Sink& sink, const HitCount& count) {
  write_row(*open_parquet_table(sink, columns_of_count()), count);
}

}  // namespace ringscan
