// Which column of an export plays which role. Exporters are rows of a table: a new one is a new row in schemas.cpp.
// Columns are found by name, without regard to case and to blanks around it, never by position.
#pragma once
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "read/read_ledger.hpp"

namespace ringscan {

enum class Role {
  from,
  to,
  value,
  time,
  asset,
  id,
  block,
  index,
  log,        // those that --map knows
  value_out,  // the amount of a payment that leaves the account the export is about
  symbol,     // stands for the asset where `asset` is empty
  receipt_status,
  status,
  error_code  // what says that a transaction failed
};
inline constexpr std::size_t role_count = 14, mapped_role_count = 9;
inline constexpr std::array<std::string_view, role_count> role_names = {
    "from",  "to",  "value",     "time",   "asset",          "id",     "block",
    "index", "log", "value_out", "symbol", "receipt_status", "status", "error_code"};
constexpr std::size_t to_index(Role role) { return static_cast<std::size_t>(role); }

enum class AddressKind { evm, any };

struct ColumnRule {
  Role role;
  bool required;                        // for the header to be one of this schema
  std::vector<std::string_view> names;  // in lower case, the first that is there wins; "value_in(*" is a prefix
};

struct Schema {
  std::string_view name;   // as --schema knows it; several tables of an exporter share it
  std::string_view table;  // of the exporter: "transactions"
  AddressKind addresses;
  std::string_view value_unit;
  bool may_have_a_surplus_field;          // one column more than the header has names for
  std::vector<std::string_view> foreign;  // columns that only another table has
  std::vector<ColumnRule> columns;
};

// A schema and the places of its columns in one header.
struct Binding {
  const Schema* schema = nullptr;
  std::array<std::optional<std::size_t>, role_count> columns;

  std::optional<std::size_t> column(Role role) const { return columns[to_index(role)]; }
};

// Throws UsageError where schema and map of the options have no meaning, before any file is opened.
void check_schema_options(const ReadOptions& options);

// Throws BadInput, naming `file` and what to do, if no schema matches the header, or if a column that is needed is
// missing or there twice.
Binding bind_schema(const std::string& file, std::span<const std::string> header, const ReadOptions& options);

}  // namespace ringscan
