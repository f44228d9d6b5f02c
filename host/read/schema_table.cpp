// The exporters whose columns are those of ethereum-etl, and the list of all. Sources: INPUTS.md 1.1, 1.2, 1.5, 1.7;
// columns that INPUTS marks [K] were not seen in a real file.
#include "read/schema_table.hpp"

namespace ringscan {
namespace {

using Names = std::vector<ColumnName>;
constexpr Precision rounded = Precision::rounded;

Columns transaction_columns(Names value) {
  return {must(Role::from, {"from_address"}),      must(Role::to, {"to_address"}),
          must(Role::value, std::move(value)),     may(Role::id, {"hash", "transaction_hash"}),
          may(Role::index, {"transaction_index"}), may(Role::block, {"block_number"}),
          may(Role::time, {"block_timestamp"}),    may(Role::receipt_status, {"receipt_status"}),
          may(Role::item_type, {"type"})};
}

Columns transfer_columns(Names value) {
  return {must(Role::asset, {"token_address", "erc20_token"}),
          must(Role::from, {"from_address", "erc20_from"}),
          must(Role::to, {"to_address", "erc20_to"}),
          must(Role::value, std::move(value)),
          may(Role::id, {"transaction_hash", "erc20_tx_hash", "hash"}),
          may(Role::log, {"log_index", "erc20_log_index"}),
          may(Role::index, {"transaction_index"}),
          may(Role::block, {"block_number", "erc20_block_number"}),
          may(Role::time, {"block_timestamp"}),
          may(Role::item_type, {"type"})};
}

Columns trace_columns(Names value) {
  return {must(Role::from, {"from_address"}),      must(Role::to, {"to_address"}),
          must(Role::value, std::move(value)),     must(Role::trace, {"trace_address", "trace_id"}),
          may(Role::call_type, {"call_type"}),     may(Role::id, {"transaction_hash"}),
          may(Role::index, {"transaction_index"}), may(Role::log, {"trace_index"}),
          may(Role::block, {"block_number"}),      may(Role::time, {"block_timestamp"}),
          may(Role::receipt_status, {"status"}),   may(Role::status, {"error"}),
          may(Role::item_type, {"type"})};
}

constexpr std::string_view transfers = "token_transfers", traces = "traces", transactions = "transactions";
constexpr std::string_view transfers_note =
    "the export gives the id of an ERC-721 token where an ERC-20 transfer has its amount";

}  // namespace

std::vector<Schema> ethereum_tables() {
  const std::vector<std::string_view> of_traces = {"trace_type", "trace_id", "trace_address"};
  const std::vector<std::string_view> of_streams = {"item_id"};
  const std::vector<std::string_view> of_traces_or_streams = {"trace_type", "trace_id", "trace_address", "item_id"};
  const std::vector<std::string_view> of_bigquery = {"item_id", "receipt_root"};
  const std::vector<std::string_view> of_bigquery_or_traces = {"item_id", "receipt_root", "trace_type", "trace_id",
                                                               "trace_address"};
  const std::vector<std::string_view> aws_signs = {"date", "last_modified"};
  const std::vector<std::string_view> receipt_signs = {"receipt_root", "receipt_cumulative_gas_used",
                                                       "receipt_contract_address", "receipt_effective_gas_price",
                                                       "value_lossless"};
  const Names hex_too = {"value", "value_hex"}, lossless_first = {"value_lossless", "value"};
  const Names doubles = {{"value", "", rounded}};
  return {
      {.name = "spice",
       .table = transfers,
       .note = transfers_note,
       .signs = {"value_hex"},
       .columns = transfer_columns(hex_too)},
      {.name = "spice",
       .table = transactions,
       .content = Content::transaction,
       .value_unit = "wei",
       .signs = {"value_hex"},
       .foreign = of_traces,
       .columns = transaction_columns(hex_too)},

      {.name = "aws",
       .table = transfers,
       .note = transfers_note,
       .signs = aws_signs,
       .foreign = of_bigquery,
       .columns = transfer_columns(doubles)},
      {.name = "aws",
       .table = traces,
       .content = Content::trace,
       .value_unit = "wei",
       .signs = aws_signs,
       .foreign = of_bigquery,
       .columns = trace_columns(doubles)},
      {.name = "aws",
       .table = transactions,
       .content = Content::transaction,
       .value_unit = "wei",
       .signs = aws_signs,
       .foreign = of_bigquery_or_traces,
       .columns = transaction_columns(doubles)},

      // Google's newer data sets: one table of the events of all kinds of tokens.
      {.name = "bigquery",
       .table = transfers,
       .note = "an ERC-1155 batch gives one row a token, and tokens of one contract are one asset",
       .columns = {must(Role::asset, {"address"}), must(Role::from, {"from_address"}), must(Role::to, {"to_address"}),
                   must(Role::value, {"quantity"}), may(Role::id, {"transaction_hash"}),
                   may(Role::log, {"event_index"}), may(Role::index, {"transaction_index"}),
                   may(Role::block, {"block_number"}), may(Role::time, {"block_timestamp"})}},
      {.name = "bigquery",
       .table = transfers,
       .note = transfers_note,
       .signs = {"block_hash", "value_lossless"},
       .foreign = of_streams,
       .columns = transfer_columns(lossless_first)},
      {.name = "bigquery",
       .table = traces,
       .content = Content::trace,
       .value_unit = "wei",
       .signs = {"block_hash", "value_lossless"},
       .foreign = of_streams,
       .columns = trace_columns(lossless_first)},
      {.name = "bigquery",
       .table = transactions,
       .content = Content::transaction,
       .value_unit = "wei",
       .signs = receipt_signs,
       .foreign = of_traces_or_streams,
       .columns = transaction_columns(lossless_first)},

      {.name = "ethereum-etl",
       .table = transfers,
       .item = "token_transfer",
       .note = transfers_note,
       .columns = transfer_columns({"value", "erc20_value"})},
      {.name = "ethereum-etl",
       .table = traces,
       .content = Content::trace,
       .value_unit = "wei",
       .item = "trace",
       .columns = trace_columns({"value"})},
      {.name = "ethereum-etl",
       .table = transactions,
       .content = Content::transaction,
       .value_unit = "wei",
       .item = "transaction",
       .foreign = of_traces,
       .columns = transaction_columns({"value"})},
  };
}

const std::vector<Schema>& schema_table() {
  static const std::vector<Schema> table = [] {
    std::vector<Schema> all;
    for (const auto part : {ethereum_tables, explorer_tables, bank_tables, coin_tables}) {
      const std::vector<Schema> schemas = part();
      all.insert(all.end(), schemas.begin(), schemas.end());
    }
    all.push_back({.name = "generic", .table = "", .addresses = AddressKind::any});  // all by --map
    return all;
  }();
  return table;
}

}  // namespace ringscan
