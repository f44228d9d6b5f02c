// The exporters with column names of their own. Sources: INPUTS.md 1.3 to 1.8; the publishers' pages of tables for
// Allium and Dune, cryo's sources for its transfers, a public importer for the statuses of Etherscan.
#include "read/schema_table.hpp"

namespace ringscan {
namespace {

using Names = std::vector<ColumnName>;
constexpr Precision exact = Precision::exact, rounded = Precision::rounded;

Columns joined(Columns columns, const Columns& more) {
  columns.insert(columns.end(), more.begin(), more.end());
  return columns;
}

std::vector<Schema> etherscan_tables() {
  const Columns common = {must(Role::from, {"from"}), must(Role::time, {"unixtimestamp", "datetime (utc)", "datetime"}),
                          may(Role::id, {"transaction hash", "txhash"}), may(Role::block, {"blockno"})};
  const Columns native_value = {must(Role::value, {"value_in(*"}), must(Role::value_out, {"value_out(*"})};
  const Columns token = {may(Role::asset, {"contractaddress"}), may(Role::symbol, {"tokensymbol"})};
  const Columns failed = {may(Role::status, {"status"}), may(Role::error_code, {"errcode"})};
  return {
      // In native exports ContractAddress is the contract that was created, not an asset.
      {.name = "etherscan",
       .table = "native",
       .content = Content::transaction,
       .value_unit = "ether",
       .may_have_a_surplus_field = true,
       .columns = joined(joined(common, native_value), joined({must(Role::to, {"to"})}, failed))},
      // The status of an internal payment is 0 where all went well.
      {.name = "etherscan",
       .table = "internal",
       .value_unit = "ether",
       .may_have_a_surplus_field = true,
       .columns = joined(joined(common, native_value), {must(Role::to, {"txto"}), may(Role::error_code, {"status"}),
                                                        may(Role::status, {"errcode"})})},
      {.name = "etherscan",
       .table = "nft",
       .may_have_a_surplus_field = true,
       .counts_tokens = true,
       .note = "amounts are numbers of tokens, and the tokens of one contract are one asset",
       .signs = {"tokenid", "token id"},
       .columns = joined(joined(common, token), {must(Role::to, {"to"}), may(Role::value, {"quantity"})})},
      {.name = "etherscan",
       .table = "token",
       .value_unit = "decimals:18",
       .may_have_a_surplus_field = true,
       .foreign = {"tokenid", "token id"},
       .columns =
           joined(joined(common, token),
                  joined({must(Role::to, {"to"}), must(Role::value, {"tokenvalue", "value", "quantity"})}, failed))},
  };
}

std::vector<Schema> cryo_tables() {
  const Columns common = {must(Role::from, {"from_address"}),    must(Role::to, {"to_address"}),
                          may(Role::id, {"transaction_hash"}),   may(Role::index, {"transaction_index"}),
                          may(Role::block, {"block_number"}),    may(Role::time, {"timestamp", "block_timestamp"}),
                          may(Role::receipt_status, {"success"})};
  const ColumnRule value =
      must(Role::value, {"value_binary", "value_string", {"value_f64", "", rounded}, {"value_f32", "", rounded}});
  const ColumnRule log = may(Role::log, {"log_index"});
  return {
      {.name = "cryo",
       .table = "erc20_transfers",
       .columns = joined(common, {must(Role::asset, {"erc20"}), value, log})},
      {.name = "cryo",
       .table = "erc721_transfers",
       .counts_tokens = true,
       .note = "each row is one token, and the tokens of one contract are one asset",
       .signs = {"token_id_binary", "token_id_string", "token_id_f64", "token_id"},
       .foreign = {"token_address"},
       .columns = joined(common, {must(Role::asset, {"erc721", "erc20"}), log})},
      {.name = "cryo",
       .table = "native_transfers",
       .content = Content::transfer_or_transaction,
       .value_unit = "wei",
       .note = "these hold the payments of cryo's transactions too; block rewards come from the zero address",
       .columns = joined(common, {value, must(Role::log, {"transfer_index"})})},
      {.name = "cryo",
       .table = "transactions",
       .content = Content::transaction,
       .value_unit = "wei",
       .columns = joined(common, {value})},
  };
}

std::vector<Schema> dune_tables() {
  const Columns ends = {must(Role::from, {"from"}), must(Role::to, {"to"})};
  return {
      {.name = "dune",
       .table = "tokens.transfers",
       .zero_address_is_native = true,
       .columns =
           joined(ends, {must(Role::asset, {"contract_address"}), must(Role::value, {"amount_raw"}),
                         must(Role::time, {"block_time"}), may(Role::id, {"tx_hash"}), may(Role::log, {"evt_index"}),
                         may(Role::index, {"tx_index"}), may(Role::block, {"block_number"})})},
      {.name = "dune",
       .table = "evt_transfer",
       .columns = joined(
           ends, {must(Role::asset, {"contract_address"}), must(Role::value, {"value"}),
                  must(Role::time, {"evt_block_time"}), may(Role::id, {"evt_tx_hash"}), may(Role::log, {"evt_index"}),
                  may(Role::index, {"evt_tx_index"}), may(Role::block, {"evt_block_number"})})},
      // A trace that ends a contract pays its refund address, and one that creates a contract pays that, whose address
      // stands in a column of its own.
      {.name = "dune",
       .table = "traces",
       .content = Content::trace,
       .value_unit = "wei",
       .foreign = {"contract_address"},
       .columns = joined(
           ends, {must(Role::value, {"value"}), must(Role::time, {"block_time"}), must(Role::trace, {"trace_address"}),
                  may(Role::refund_address, {"refund_address"}), may(Role::created, {"address"}),
                  may(Role::call_type, {"call_type"}), may(Role::id, {"tx_hash"}), may(Role::index, {"tx_index"}),
                  may(Role::block, {"block_number"}), may(Role::receipt_status, {"success"}),
                  may(Role::whole_status, {"tx_success"}), may(Role::status, {"error"})})},
      {.name = "dune",
       .table = "transactions",
       .content = Content::transaction,
       .value_unit = "wei",
       .foreign = {"trace_address", "contract_address"},
       .columns = joined(ends, {must(Role::value, {"value"}), must(Role::time, {"block_time"}),
                                may(Role::id, {"hash", "tx_hash"}), may(Role::index, {"index", "tx_index"}),
                                may(Role::block, {"block_number"}), may(Role::receipt_status, {"success"})})},
      {.name = "dune",
       .table = "nft.trades",
       .zero_address_is_native = true,
       .note = "the buyer pays the seller, in the currency of the trade",
       .columns = {must(Role::from, {"buyer"}), must(Role::to, {"seller"}), must(Role::value, {"amount_raw"}),
                   must(Role::asset, {"currency_contract"}), must(Role::time, {"block_time"}),
                   may(Role::id, {"tx_hash"}), may(Role::log, {"evt_index", "sub_tx_trade_id"}),
                   may(Role::block, {"block_number"})}},
  };
}

std::vector<Schema> allium_tables() {
  return {
      {.name = "allium",
       .table = "credit_debit",
       .refusal = "is a credit/debit table of Allium, which holds each payment twice, once with each sign: export the "
                  "table of transfers instead, with from_address and to_address",
       .columns = {must(Role::from, {"address"}), must(Role::to, {"counterparty_address"})}},
      {.name = "allium",
       .table = "transfers",
       .addresses = AddressKind::any,
       .zero_address_is_native = true,
       .foreign = {"token_id"},
       .columns = {must(Role::from, {"from_address"}), must(Role::to, {"to_address"}),
                   must(Role::value, {"raw_amount_str",
                                      {"amount_str", "decimals:18", exact},
                                      {"raw_amount", "raw", rounded},
                                      {"amount", "decimals:18", rounded}}),
                   must(Role::time, {"block_timestamp"}), may(Role::asset, {"token_address"}),
                   may(Role::symbol, {"token_symbol"}), may(Role::id, {"transaction_hash"}),
                   may(Role::index, {"transaction_index"}), may(Role::log, {"log_index", "trace_index"}),
                   may(Role::block, {"block_number"})}},
  };
}

}  // namespace

std::vector<Schema> explorer_tables() {
  std::vector<Schema> all;
  for (const auto part : {etherscan_tables, cryo_tables, dune_tables, allium_tables}) {
    const std::vector<Schema> schemas = part();
    all.insert(all.end(), schemas.begin(), schemas.end());
  }
  return all;
}

std::vector<Schema> bank_tables() {
  return {
      {.name = "amlsim",
       .table = "transactions",
       .addresses = AddressKind::any,
       .value_unit = "btc",
       .columns = {must(Role::from, {"orig_acct"}), must(Role::to, {"bene_acct"}), must(Role::value, {"base_amt"}),
                   must(Role::time, {"tran_timestamp"}), may(Role::id, {"tran_id"})}},
      {.name = "amlsim",
       .table = "samples",
       .addresses = AddressKind::any,
       .value_unit = "btc",
       .times_are_steps = true,
       .columns = {must(Role::from, {"sourcenodeid"}), must(Role::to, {"targetnodeid"}), must(Role::value, {"value"}),
                   must(Role::time, {"time"})}},
      {.name = "amlworld",
       .table = "transactions",
       .addresses = AddressKind::any,
       .value_unit = "btc",
       .time_format = "%Y/%m/%d %H:%M",
       .note = "an account is its bank's number and its own, written together; a payment is what was paid, in the "
               "payment currency",
       .columns = {must(Role::from_bank, {"from bank"}), must(Role::from, {"account#1"}),
                   must(Role::to_bank, {"to bank"}), must(Role::to, {"account#2", "account.1"}),
                   must(Role::value, {"amount paid"}), must(Role::asset, {"payment currency"}),
                   must(Role::time, {"timestamp"})}},
      {.name = "nft",
       .table = "sales",
       .value_unit = "ether",
       .note = "from and to follow the token, so that `to` pays `from`, in the currency of the price",
       .columns = {must(Role::from, {"to"}), must(Role::to, {"from"}), must(Role::value, {"amount"}),
                   must(Role::symbol, {"price_symbol"}), must(Role::time, {"time"}), may(Role::id, {"tx_hash"})}},
  };
}

std::vector<Schema> coin_tables() {
  const Columns columns = {must(Role::inputs, {"inputs"}),
                           must(Role::outputs, {"outputs"}),
                           may(Role::is_coinbase, {"is_coinbase"}),
                           may(Role::id, {"hash", "transaction_hash"}),
                           may(Role::index, {"index"}),
                           may(Role::block, {"block_number"}),
                           may(Role::time, {"block_timestamp"})};
  const Schema coins = {.name = "bitcoin-etl",
                        .table = "transactions",
                        .content = Content::coins,
                        .addresses = AddressKind::any,
                        .value_unit = "satoshi",
                        .coin_address = "addresses",
                        .columns = columns};
  Schema aws = coins, bigquery = coins;
  aws.name = "aws";
  aws.value_unit = "btc";
  aws.coin_address = "address";
  aws.signs = {"date", "last_modified"};
  bigquery.name = "bigquery";
  bigquery.signs = {"block_timestamp_month"};
  return {aws, bigquery, coins};
}

}  // namespace ringscan
