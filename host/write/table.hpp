// Rows of named and typed columns, and the formats that have no more than these: CSV and Parquet.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "io/sink.hpp"

namespace ringscan {

enum class ColumnType { text, integer, number };

struct TableColumn {
  std::string name;
  ColumnType type;
};

// Nothing, or a value of the column's type. Texts are any bytes; each format makes them safe for its readers.
using Cell = std::variant<std::monostate, std::string, std::int64_t, double>;

// Throws what the sink throws.
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  // A cell for each column.
  virtual void write(std::span<const Cell> row) = 0;
  // Once, behind the last row. What was written without it is no whole table.
  virtual void finish() = 0;
};

// With a header; nothing is an empty field.
std::unique_ptr<TableWriter> open_csv_table(Sink& sink, const std::vector<TableColumn>& columns);

// UTF-8 strings, 64-bit integers and doubles, all of which may be null. The bytes depend on the rows and on the version
// of Arrow's libraries. Throws Unavailable where these are not there.
std::unique_ptr<TableWriter> open_parquet_table(Sink& sink, const std::vector<TableColumn>& columns);
// Throws what open_parquet_table would, before there is anything to write.
void require_parquet();

}  // namespace ringscan
