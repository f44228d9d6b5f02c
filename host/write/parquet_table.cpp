#include "io/arrow_module.hpp"
#include "write/arrow/module.hpp"

namespace ringscan {
namespace {

OpenParquetTable& in_module() {
  static OpenParquetTable* const open = reinterpret_cast<OpenParquetTable*>(
      arrow_function(open_parquet_table_symbol, "write Parquet", "ask for --format csv"));
  return *open;
}

}  // namespace

void require_parquet() { in_module(); }

std::unique_ptr<TableWriter> open_parquet_table(Sink& sink, const std::vector<TableColumn>& columns) {
  return std::unique_ptr<TableWriter>(in_module()(sink, columns));
}

}  // namespace ringscan
