// How the tables of exporters are written down, and the parts that they stand in.
#pragma once
#include <string_view>
#include <utility>
#include <vector>

#include "read/schemas.hpp"

namespace ringscan {

using Columns = std::vector<ColumnRule>;
inline ColumnRule must(Role role, std::vector<ColumnName> names) { return {role, true, std::move(names)}; }
inline ColumnRule may(Role role, std::vector<ColumnName> names) { return {role, false, std::move(names)}; }

std::vector<Schema> ethereum_tables();  // exporters that name columns as ethereum-etl does
std::vector<Schema> explorer_tables();  // block explorers, nodes, and query services with names of their own
std::vector<Schema> bank_tables();      // simulated banks, sales
std::vector<Schema> coin_tables();      // transactions of inputs and outputs

}  // namespace ringscan
