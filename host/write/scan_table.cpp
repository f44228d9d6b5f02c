#include <array>

#include "write/scan_result.hpp"
#include "write/table_parts.hpp"

namespace ringscan {
namespace {

std::vector<TableColumn> columns_of_result(const ScanRequest& request) {
  std::vector<TableColumn> columns = {{"worker", ColumnType::text},       {"merchant", ColumnType::text},
                                      {"customers", ColumnType::integer}, {"suspects", ColumnType::integer},
                                      {"workers", ColumnType::integer},   {"share", ColumnType::number}};
  add_evidence_columns(columns);
  if (request.is_between_auto)
    for (const char* column : {"between_after", "between_before"}) columns.push_back({column, ColumnType::integer});
  return columns;
}

void write_rows(TableWriter& table, const Ledger& ledger, const ScanRequest& request, const ScanResult& result) {
  std::vector<Cell> row;
  for (const WorkerResult& worker : result.workers)
    for (const AccusedAt& at : worker.merchants) {
      const MerchantResult& merchant = result.merchants[at.merchant];
      row = {ledger.accounts.at(to_index(worker.account)),
             merchant.account,
             number_cell(merchant.customers),
             number_cell(merchant.suspects),
             number_cell(merchant.workers),
             merchant.share};
      add_evidence(row, ledger, at.evidence);
      if (request.is_between_auto && merchant.between)  // or nobody would be a suspect
        row.insert(row.end(), {merchant.between->after, merchant.between->before});
      table.write(row);
    }
  table.finish();
}

std::vector<TableColumn> columns_of_count() { return {{"hits", ColumnType::integer}, {"pairs", ColumnType::integer}}; }

void write_row(TableWriter& table, const HitCount& count) {
  table.write(std::array{number_cell(count.hits), number_cell(count.pairs)});
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
