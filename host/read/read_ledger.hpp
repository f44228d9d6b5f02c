// Exports -> one ledger: the whole of reading, as the commands see it.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/ledger.hpp"

namespace ringscan {

// Who pays in a transaction that spends outputs of several addresses: one account that all of them are, or each of
// them.
enum class UtxoModel { entities, all_pairs };

// How to read, resolved from the command line; the defaults recognise everything from content and header.
struct ReadOptions {
  std::string schema = "auto";             // a name of schema_names(), or auto
  std::map<std::string, std::string> map;  // role (from, to, value, time, asset, id, block, index, log) -> column name
  std::string time_format = "auto";        // auto, unix, unix_ms, unix_us, unix_ns, iso, or a strptime pattern
  std::string value_unit;                  // "" = the schema's; raw, wei, ether, satoshi, btc, decimals:N
  TimeAxis time_axis = TimeAxis::seconds;
  bool keep_zero = false, keep_self = false, keep_failed = false, dedupe = false;
  std::optional<std::int64_t> start, end;  // kept: start <= time < end
  std::vector<std::string> assets;         // kept, as the user spelled them; empty = all
  std::optional<Amount> min_amount;        // kept: amount >= this
  std::string blocks;                      // file of block numbers and their times; "" = none
  UtxoModel utxo = UtxoModel::entities;
  std::uint64_t max_bad_rows = 0;                // more rejected rows than this end the reading with BadInput
  unsigned threads = 0;                          // that read; 0: as many as there are processors
  std::uint64_t most_bytes = ~std::uint64_t{0};  // of each file are read, and what of a block lies behind them
};

struct RejectedRow {
  std::string file;
  std::uint64_t line;  // where the row begins, counted from 1
  std::string column, reason;
};

// What was understood of one input.
struct InputReport {
  std::string file, format, schema, value_unit, time_format;
  std::string table;  // of the schema, where its exporter has several: transactions, token_transfers, native, token
  std::vector<std::pair<std::string, std::string>> mapping;  // role, column name
  std::uint64_t rows = 0;                                    // data rows, whatever became of them
  std::vector<std::vector<std::string>> first_rows;          // the first few, by `mapping`'s order
  std::string note;                                          // what to know of how the table is read; "" mostly
  bool is_cut = false;                                       // by ReadOptions::most_bytes
  std::uint64_t coin_transactions = 0, coin_payments = 0;    // of a table of coins: its expansion into payments
};

struct ReadReport {
  std::vector<InputReport> inputs;
  std::vector<RejectedRow> rejected;  // the first 20
  std::vector<std::string> warnings;
};

// Called now and then, by one thread at a time; may throw to stop the reading.
struct ReadProgress {
  std::uint64_t bytes_read, bytes_total;  // of compressed input where compressed; total 0 if unknown
  std::uint64_t rows;
};

// `inputs`: files, directories, globs, `-` for stdin. Throws MissingInput, BadInput, UsageError, Unavailable, and what
// `progress` throws; `report` holds what was found up to then.
//
// `merchants`: canonical names. Where they are given, the ledger has only the rows that a question about them may look
// at (LedgerBuilder::finish_for).
Ledger read_ledger(const std::vector<std::string>& inputs, const ReadOptions& options, ReadReport& report,
                   const std::function<void(const ReadProgress&)>& progress,
                   const std::vector<std::string>* merchants = nullptr);

std::vector<std::string> schema_names();

// An address or asset as the ledger spells it: 0x + 40 hex digits in lower case, everything else as it is.
std::string canonical_account(std::string_view text);
// Unix seconds or ISO 8601 (floored), or a plain number on a block or step axis; nullopt if it is neither.
std::optional<std::int64_t> parse_time(std::string_view text, TimeAxis axis);

}  // namespace ringscan
