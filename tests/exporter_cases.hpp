// One small file of each exporter in its own spelling, and the rows that it must become. Cells stand between '|'.
// <a>, <b>, <c>, <0> are addresses, <A> is <a> in capitals, <t>, <u> are transaction ids. Rows stand in canonical
// order.
#pragma once
#include <ostream>
#include <string>
#include <vector>

#include "read/read_ledger.hpp"

namespace ringscan::testing {

struct ExporterCase {
  std::string name;    // of the test
  std::string schema;  // schema, table, unit
  std::string header;
  std::vector<std::string> rows;
  std::vector<std::string> payments;          // time from to asset amount id
  std::vector<std::pair<Drop, int>> dropped;  // all others are none
  std::string how = {};                       // block, step, blocks: options; csv: no other format can say it
};

// For messages.
inline void PrintTo(const ExporterCase& exporter, std::ostream* out) { *out << exporter.name; }

using Cells = std::vector<std::string>;

inline std::string spelled_out(std::string text) {
  const auto replace = [&](const std::string& mark, const std::string& with) {
    for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark, at + with.size()))
      text.replace(at, mark.size(), with);
  };
  for (const char digit : {'a', 'b', 'c', '0', 'A'})
    replace(std::string("<") + digit + ">", "0x" + std::string(40, digit));
  replace("<t>", "0x" + std::string(64, '1'));
  replace("<u>", "0x" + std::string(64, '2'));
  return text;
}

inline Cells cells(const std::string& line) {
  Cells all;
  const std::string text = spelled_out(line);
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('|', begin), text.size());
    all.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return all;
}

inline std::string csv_line(const std::string& line) {
  std::string text;
  for (std::string cell : cells(line)) {
    for (std::size_t at = cell.find('"'); at != cell.npos; at = cell.find('"', at + 2)) cell.insert(at, "\"");
    text += (text.empty() ? "\"" : ",\"") + cell + '"';
  }
  return text + "\r\n";
}

inline std::string csv(const ExporterCase& exporter) {
  std::string text = csv_line(exporter.header);
  for (const std::string& row : exporter.rows) text += csv_line(row);
  return text;
}

inline std::vector<ExporterCase> ethereum_and_coin_cases() {
  const std::string coinbase = R"([{"index": 0, "addresses": ["1Miner"], "type": "pubkey", "value": 5000000000}])";
  return {
      {"EthereumEtlTransactions",
       "ethereum-etl, transactions, wei",
       "hash|nonce|block_hash|block_number|transaction_index|from_address|to_address|value|gas|gas_price|input|"
       "block_timestamp|max_fee_per_gas|max_priority_fee_per_gas|transaction_type",
       {"<t>|0|0x1|46147|0|<A>|<b>|31337|21000|5|0x|1438918233|||0",
        "<u>|1|0x1|46147|1|<a>||7|1|1|0x60|1438918233|||0"},
       {"1438918233 <a> <b> native 31337 <t>"},
       {{Drop::no_receiver, 1}}},
      {"EthereumEtlTransfersInBlocks",
       "ethereum-etl, token_transfers, raw",
       "token_address|from_address|to_address|value|transaction_hash|log_index|block_number",
       {"<c>|<a>|<b>|109000000000000000000|<t>|3|1452581", "<c>|<a>|<b>|5|<t>|4|1452581"},
       {"1452581 <a> <b> <c> 109000000000000000000 <t>", "1452581 <a> <b> <c> 5 <t>"},
       {},
       "block"},
      {"EthereumEtlTransfersWithATableOfBlocks",
       "ethereum-etl, token_transfers, raw",
       "token_address|from_address|to_address|value|transaction_hash|log_index|block_number",
       {"<c>|<a>|<b>|5|<t>|3|7", "<c>|<a>|<b>|5|<t>|4|8"},
       {"1000 <a> <b> <c> 5 <t>"},
       {{Drop::rejected, 1}},
       "blocks"},
      {"EthereumEtlTransfersOf2018",
       "ethereum-etl, token_transfers, raw",
       "erc20_token|erc20_from|erc20_to|erc20_value|erc20_tx_hash|erc20_log_index|erc20_block_number",
       {"<c>|<a>|<b>|5|<t>|3|7"},
       {"7 <a> <b> <c> 5 <t>"},
       {},
       "block"},
      {"EthereumEtlStream",
       "ethereum-etl, transactions, wei",
       "type|hash|transaction_index|from_address|to_address|value|block_timestamp|block_number|receipt_status|item_id",
       {"block|0x1||||||6||block_0x1", "transaction|<t>|2|<a>|<b>|5|1683029999|6|1|transaction_<t>",
        "token_transfer|||<a>|<b>|9|1683029999|6||token_transfer_<t>_0",
        "transaction|<u>|3|<a>|<b>|6|1683029999|6|0|transaction_<u>"},
       {"1683029999 <a> <b> native 5 <t>"},
       {{Drop::outside_filter, 2}, {Drop::failed, 1}}},
      {"EthereumEtlStreamOfTransfers",
       "ethereum-etl, token_transfers, raw",
       "type|token_address|from_address|to_address|value|transaction_hash|log_index|block_number|block_timestamp|"
       "block_hash|item_id|item_timestamp",
       {"token_transfer|<c>|<a>|<b>|7056176614974947328|<t>|0|17173049|1683029999|0x1|x|2023-05-02T12:19:59Z"},
       {"1683029999 <a> <b> <c> 7056176614974947328 <t>"},
       {}},
      {"EthereumEtlTraces",
       "ethereum-etl, traces, wei",
       "block_number|transaction_hash|transaction_index|from_address|to_address|value|input|output|trace_type|call_"
       "type|"
       "reward_type|gas|gas_used|subtraces|trace_address|error|status|trace_id",
       {"7|<t>|0|<a>|<b>|5|0x|0x|call|call||1|1|2|[]||1|call_<t>_",
        "7|<t>|0|<b>|<c>|4|0x|0x|call|call||1|1|0|[0]||1|call_<t>_0",
        "7|<t>|0|<b>|<c>|4|0x|0x|call|delegatecall||1|1|0|[1]||1|call_<t>_1",
        "7|<t>|0|<b>|<c>|3|0x|0x|call|call||1|1|0|[2]|Reverted|0|call_<t>_2",
        "7||||<c>|2|||reward||block||||[]||1|reward_7_0",
        "7|<u>|1|<c>|<a>|9|||suicide|||||0|[0, 1]||1|suicide_<u>_0_1"},
       {"7 <a> <b> native 5 <t>", "7 <b> <c> native 4 <t>", "7 <c> <a> native 9 <u>"},
       {{Drop::zero_amount, 1}, {Drop::failed, 1}, {Drop::no_sender, 1}},
       "block"},
      {"BigQueryTransactions",
       "bigquery, transactions, wei",
       "hash|nonce|transaction_index|from_address|to_address|value|receipt_contract_address|receipt_root|receipt_"
       "status|"
       "block_timestamp|block_number",
       {"<t>|0|0|<a>|<b>|1000000000000000000.000000000||0x2|1|2015-08-07 03:30:33 UTC|46147",
        "<u>|0|1|<a>|<b>|1000000000000000000|||0|2015-08-07 03:30:33 UTC|46147",
        "<u>|0|2|<a>|<b>|2|||2|2015-08-07 03:30:33 UTC|46147"},
       {"1438918233 <a> <b> native 1000000000000000000 <t>"},
       {{Drop::failed, 1}, {Drop::rejected, 1}}},
      {"BigQueryLossless",
       "bigquery, transactions, wei",
       "transaction_hash|transaction_index|from_address|to_address|value|value_lossless|block_timestamp|block_number",
       {"<t>|0|<a>|<b>||115792089237316195423570985008687907853269984665640564039457584007913129639935|"
        "2015-08-07 03:30:33 UTC|46147"},
       {"1438918233 <a> <b> native 115792089237316195423570985008687907853269984665640564039457584007913129639935 <t>"},
       {}},
      {"BigQueryTransfers",
       "bigquery, token_transfers, raw",
       "token_address|from_address|to_address|value|transaction_hash|log_index|block_timestamp|block_number|block_hash",
       {"<c>|<a>|<b>|5|<t>|0|2015-08-07 03:30:33.000000 UTC|46147|0x1"},
       {"1438918233 <a> <b> <c> 5 <t>"},
       {}},
      {"BigQueryTokenEvents",
       "bigquery, token_transfers, raw",
       "block_timestamp|transaction_hash|transaction_index|event_index|address|event_type|from_address|to_address|"
       "quantity",
       {"2024-01-01 00:00:11 UTC|<t>|0|4|<c>|ERC-20|<a>|<b>|5"},
       {"1704067211 <a> <b> <c> 5 <t>"},
       {}},
      {"BigQueryTraces",
       "bigquery, traces, wei",
       "transaction_hash|transaction_index|from_address|to_address|value|trace_type|call_type|trace_address|error|"
       "status|"
       "block_timestamp|block_number|block_hash|trace_id",
       {"<t>|0|<a>|<b>|5|call|call|0,1||1|2015-08-07 03:30:33 UTC|46147|0x1|call_<t>_0_1"},
       {"1438918233 <a> <b> native 5 <t>"},
       {}},
      {"AwsTransactions",
       "aws, transactions, wei",
       "date|hash|transaction_index|from_address|to_address|value|receipt_effective_gas_price|receipt_status|block_"
       "timestamp|"
       "block_number",
       {"2015-08-07|<t>|0|<a>|<b>|1.2345678901234567e+21|1|1|2015-08-07 03:30:33|46147"},
       {"1438918233 <a> <b> native 1234567890123456700000 <t>"},
       {}},
      {"AwsTransfers",
       "aws, token_transfers, raw",
       "token_address|from_address|to_address|value|transaction_hash|log_index|block_timestamp|block_number|last_"
       "modified",
       {"<c>|<a>|<b>|5.0|<t>|0|2015-08-07T03:30:33.000Z|46147|2023-01-01T00:00:00Z"},
       {"1438918233 <a> <b> <c> 5 <t>"},
       {}},
      {"AwsCoins",
       "aws, transactions, btc",
       "date|hash|block_number|block_timestamp|index|is_coinbase|inputs|outputs",
       {R"(2010-04-10|ab|7|2010-04-10T16:31:40Z|1|false|[{"address": "1In", "value": 50.0}]|[{"address": "1Out", "value": 0.30000000000000004}, {"address": "1In", "value": 1e-8}])"},
       {"1270917100 1In 1Out native 30000000 ab"},
       {{Drop::self_transfer, 1}}},
      {"BitcoinEtl",
       "bitcoin-etl, transactions, satoshi",
       "hash|size|virtual_size|version|lock_time|block_number|block_hash|block_timestamp|is_coinbase|index|inputs|"
       "outputs|"
       "input_count|output_count|input_value|output_value|fee",
       {"cb|1|1|1|0|7|00|1270917100|true|0|[]|" + coinbase + "|0|1|0|5000000000|0",
        R"(ab|1||1|0|7|00|1270917100|false|1|[{"index": 0, "addresses": ["1Miner"], "type": "pubkey", "value": 5000000000}]|[{"index": 0, "addresses": ["1Out"], "type": "pubkeyhash", "value": 4000000000}, {"index": 1, "addresses": ["1Out"], "value": 999}]|1|2|1|1|1)"},
       {"1270917100 1Miner 1Out native 4000000000 ab", "1270917100 1Miner 1Out native 999 ab"},
       {{Drop::no_sender, 1}}},
      {"BigQueryCoins",
       "bigquery, transactions, satoshi",
       "hash|block_number|block_timestamp|block_timestamp_month|is_coinbase|inputs|outputs",
       {R"(ab|7|2010-04-10 16:31:40 UTC|2010-04-01|false|[{"addresses": ["1In"], "value": "50"}]|[{"addresses": ["1Out"], "value": "49"}])"},
       {"1270917100 1In 1Out native 49 ab"},
       {}},
  };
}

}  // namespace ringscan::testing
