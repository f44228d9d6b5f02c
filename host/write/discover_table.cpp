#include <cmath>

#include "write/discover_result.hpp"
#include "write/scan_result.hpp"
#include "write/table_parts.hpp"

namespace ringscan {
namespace {

using namespace discover;

std::vector<TableColumn> columns_of_farms() {
  constexpr ColumnType text = ColumnType::text, integer = ColumnType::integer, number = ColumnType::number;
  std::vector<TableColumn> columns = {
      {"farm", integer},      {"group", integer},  {"score", number},     {"exceedance", number}, {"model", text},
      {"asset", text},        {"merchants", text}, {"delegations", text}, {"workers", integer},   {"worker", text},
      {"purchases", integer}, {"spent", text},     {"rewards", integer},  {"received", text}};
  add_evidence_columns(columns);
  return columns;
}

std::string names(const Ledger& ledger, const std::vector<Account>& accounts) {
  std::string all;
  for (const Account account : accounts) all += (all.empty() ? "" : " ") + ledger.accounts.at(to_index(account));
  return all;
}

// Logarithms may differ in their last digit between machines: three decimals do not.
double rounded(double value) { return std::round(1000 * value) / 1000; }

void write_rows(TableWriter& table, const Ledger& ledger, const Result& result) {
  std::vector<Cell> row;
  for (std::size_t i = 0; i < result.farms.size(); ++i) {
    const Farm& farm = result.farms[i];
    const double score = farm.signals.score;
    for (const FarmWorker& worker : farm.workers) {
      row = {number_cell(i + 1),
             number_cell(farm.group),
             rounded(score),
             result.calibration ? Cell(rounded(result.calibration->exceedance(score))) : Cell(),
             std::string(model_name(farm.model)),
             ledger.assets.at(to_index(farm.asset)),
             names(ledger, farm.merchants),
             names(ledger, farm.delegations),
             number_cell(farm.workers.size()),
             ledger.accounts.at(to_index(worker.account)),
             number_cell(worker.purchases),
             to_string(worker.spent),
             number_cell(worker.rewards),
             to_string(worker.received)};
      add_evidence(row, ledger, worker.evidence.empty() ? FarmEvidence() : worker.evidence.front());
      table.write(row);
    }
  }
  table.finish();
}

}  // namespace

void write_csv(Sink& sink, const Ledger& ledger, const Result& result) {
  write_rows(*open_csv_table(sink, columns_of_farms()), ledger, result);
}

void write_parquet(Sink& sink, const Ledger& ledger, const Result& result) {
  write_rows(*open_parquet_table(sink, columns_of_farms()), ledger, result);
}

}  // namespace ringscan
