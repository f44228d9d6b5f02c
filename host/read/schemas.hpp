// Which column of an export plays which role. Exporters are rows of a table: a new one is a new row in
// schema_table*.cpp. Columns are found by name, without regard to case and to blanks around it, never by position.
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
  log,             // those that --map knows
  value_out,       // the amount of a payment that leaves the account the export is about
  symbol,          // stands for the asset where `asset` is empty
  from_bank,       // stands before the account in its name
  to_bank,         //
  refund_address,  // stands for `to` where it is not empty: who gets what a contract held that ended
  created,         // stands for `to` where that is empty: the contract that was made
  receipt_status,  // 1 or true, 0 or false: failed, empty: not known
  whole_status,    // the same, of the transaction that a trace is part of
  status,          // any text in it says that the transaction failed
  error_code,      // the same, but for 0
  item_type,       // of streams that mix the tables of an exporter
  call_type,       // of a trace: some calls move nothing
  trace,           // of a trace: its place in the transaction's tree of calls
  inputs,          // of a transaction of coins: JSON arrays
  outputs,         //
  is_coinbase      //
};
inline constexpr std::size_t role_count = 25, mapped_role_count = 9;
inline constexpr std::array<std::string_view, role_count> role_names = {"from",         "to",
                                                                        "value",        "time",
                                                                        "asset",        "id",
                                                                        "block",        "index",
                                                                        "log",          "value_out",
                                                                        "symbol",       "from_bank",
                                                                        "to_bank",      "refund_address",
                                                                        "created",      "receipt_status",
                                                                        "whole_status", "status",
                                                                        "error_code",   "type",
                                                                        "call_type",    "trace",
                                                                        "inputs",       "outputs",
                                                                        "is_coinbase"};
constexpr std::size_t to_index(Role role) { return static_cast<std::size_t>(role); }

enum class AddressKind { evm, any };
enum class Precision { exact, rounded };  // rounded: printed from a double, digits beyond the unit are rounded away

// A name that a column goes by, in lower case; "value_in(*" is a prefix, "account#2" the second column of that name.
// Of a column of amounts: its own unit, if that is not the schema's, and whether its digits can be trusted.
struct ColumnName {
  std::string_view text, unit = {};
  Precision precision = Precision::exact;

  constexpr ColumnName(const char* name) : text(name) {}  // NOLINT: tables of names read as texts
  constexpr ColumnName(const char* name, std::string_view own_unit, Precision its_precision = Precision::exact)
      : text(name), unit(own_unit), precision(its_precision) {}
};

struct ColumnRule {
  Role role;
  bool required;                  // for the header to be one of this schema
  std::vector<ColumnName> names;  // the first that is there wins
};

// What a record of a table is.
enum class Content {
  payment,                  // one payment
  transaction,              // one payment, which a table of traces of the same chain repeats
  trace,                    // one payment inside a transaction, or the transaction's own
  transfer_or_transaction,  // the same, with nothing to tell the two apart
  coins                     // a transaction of inputs and outputs: many payments
};

struct Schema {
  std::string_view name;   // as --schema knows it; several tables of an exporter share it
  std::string_view table;  // of the exporter: "transactions"
  Content content = Content::payment;
  AddressKind addresses = AddressKind::evm;
  std::string_view value_unit = "raw";
  std::string_view time_format = "auto";  // where --time-format does not say another
  bool may_have_a_surplus_field = false;  // one column more than the header has names for
  bool counts_tokens = false;             // a row without an amount is one token
  bool times_are_steps = false;           // numbers of a simulation, which are no Unix times
  bool zero_address_is_native = false;    // as an asset
  std::string_view item = {};             // of streams that mix tables: the type of this one's rows
  std::string_view coin_address = {};     // the key of an output's address: "addresses" or "address"
  std::string_view refusal = {};          // such a file cannot be read: why, and what to do
  std::string_view note = {};             // what a user should know of how it is read
  // One of these columns must be there, if there are any here: with --schema auto, and with --schema NAME where another
  // table of that exporter matches so.
  std::vector<std::string_view> signs = {};
  std::vector<std::string_view> foreign = {};  // columns that only another table has
  std::vector<ColumnRule> columns = {};
};

// The tables of all exporters. The first that matches a header is taken, so a table whose columns include another's
// stands above it.
const std::vector<Schema>& schema_table();

// True for a name, in lower case, that a column plays a role by in one of the tables.
bool is_column_name(std::string_view name);

// A schema and the places of its columns in one header.
struct Binding {
  const Schema* schema = nullptr;
  std::array<std::optional<std::size_t>, role_count> columns;
  std::string_view value_unit;                   // of the column of amounts
  Precision value_precision = Precision::exact;  // of the same
  bool top_level_traces_are_duplicates = false;  // see relate()

  // Nothing but the roles that --map knows, receipt_status and item_type, read as their columns have them: no unit of a
  // column's own, no rounding, no names that stand for others, no row that is anything but a payment.
  bool is_plain() const;
  std::optional<std::size_t> column(Role role) const { return columns[to_index(role)]; }
};

// Throws UsageError where schema and map of the options have no meaning, before any file is opened.
void check_schema_options(const ReadOptions& options);

// Throws BadInput, naming `file` and what to do, if no schema matches the header, if a column that is needed is missing
// or there twice, and if the schema is one that cannot be read.
Binding bind_schema(const std::string& file, std::span<const std::string> header, const ReadOptions& options);

// The bindings of all files of one ledger: where transactions are read too, the traces that repeat them are duplicates.
void relate(std::span<Binding> bindings);

// What was understood of a file's header: schema, table, unit, time format, mapping, note.
InputReport describe(const Binding& binding, std::span<const std::string> header, const ReadOptions& options);

}  // namespace ringscan
