#include <fmt/format.h>

#include "write/escape.hpp"
#include "write/table.hpp"

namespace ringscan {
namespace {

std::string field(const Cell& cell) {
  if (const auto* const text = std::get_if<std::string>(&cell)) return csv_field(*text);
  if (const auto* const integer = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *integer);
  if (const auto* const number = std::get_if<double>(&cell)) return fmt::format("{}", *number);
  return {};
}

class CsvTable final : public TableWriter {
 public:
  CsvTable(Sink& sink, const std::vector<TableColumn>& columns) : sink_(sink) {
    for (const TableColumn& column : columns) line_ += (line_.empty() ? "" : ",") + column.name;
    end_line();
  }

  void write(std::span<const Cell> row) override {
    for (std::size_t i = 0; i < row.size(); ++i) line_.append(i == 0 ? "" : ",").append(field(row[i]));
    end_line();
  }
  void finish() override {}

 private:
  void end_line() {
    sink_.write(line_ + '\n');
    line_.clear();
  }

  Sink& sink_;
  std::string line_;
};

}  // namespace

std::unique_ptr<TableWriter> open_csv_table(Sink& sink, const std::vector<TableColumn>& columns) {
  return std::make_unique<CsvTable>(sink, columns);
}

}  // namespace ringscan
