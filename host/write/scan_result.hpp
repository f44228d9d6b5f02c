// Results of `scan` as JSON, CSV, Parquet and text. The bytes depend on the ledger, the request and the result alone;
// those of Parquet also on the version of Arrow's libraries.
#pragma once
#include "detect/scan.hpp"
#include "io/sink.hpp"

namespace ringscan {

// Schema ringscan.scan/1.
void write_json(Sink& sink, const Ledger& ledger, const ScanRequest& request, const ScanResult& result);
// Schema ringscan.count/1.
void write_json(Sink& sink, const Ledger& ledger, const ScanRequest& request, const HitCount& count);
// One line per (worker, merchant), the columns of the JSON; those of the merchant's interval with --between auto alone.
void write_csv(Sink& sink, const Ledger& ledger, const ScanRequest& request, const ScanResult& result);
// The two counts under their names.
void write_csv(Sink& sink, const HitCount& count);
// The same rows, by open_parquet_table: accounts, assets, ids and amounts as strings, times and counts as 64-bit
// integers, the share as a double; what the JSON has as null is null.
void write_parquet(Sink& sink, const Ledger& ledger, const ScanRequest& request, const ScanResult& result);
void write_parquet(Sink& sink, const HitCount& count);
// For people.
void write_text(Sink& sink, const Ledger& ledger, const ScanRequest& request, const ScanResult& result);
void write_text(Sink& sink, const Ledger& ledger, const ScanRequest& request, const HitCount& count);

// Names as the result files and the command line spell them.
std::string_view rule_name(RuleName rule);
std::string_view model_name(Model model);

}  // namespace ringscan
