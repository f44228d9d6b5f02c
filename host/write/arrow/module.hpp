// What this folder is to the rest of the program: a function of the module that io/arrow_module.hpp loads. It throws
// what open_parquet_table throws.
#pragma once
#include "write/table.hpp"

namespace ringscan {

using OpenParquetTable = TableWriter*(Sink& sink, const std::vector<TableColumn>& columns);
inline constexpr char open_parquet_table_symbol[] = "ringscan_open_parquet_table_1";

}  // namespace ringscan
