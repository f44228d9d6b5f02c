// Results of `discover` as JSON, text, CSV and Parquet. The bytes depend on the ledger, the options and the result
// alone.
#pragma once
#include "discover/discover.hpp"
#include "io/sink.hpp"

namespace ringscan {

// Schema ringscan.discover/1.
void write_json(Sink& sink, const Ledger& ledger, const DiscoverOptions& options, const discover::Result& result);
// For people: a table of the farms, then each with its signals in words and, for the first workers, what accuses them.
// `review`: also why each innocent story fits.
void write_text(Sink& sink, const Ledger& ledger, const DiscoverOptions& options, const discover::Result& result,
                bool review);
// One row a farm and worker, with the first of its evidence; no refunds, loops and what people cleared. Merchants and
// delegations are joined by blanks; parquet as in write_parquet of scan's.
void write_csv(Sink& sink, const Ledger& ledger, const discover::Result& result);
void write_parquet(Sink& sink, const Ledger& ledger, const discover::Result& result);
// One account a line, as `scan --merchants` takes it: the farms' merchants in order of rank.
void write_merchants(Sink& sink, const Ledger& ledger, const discover::Result& result);

// Names as the result files spell them.
std::string_view pattern_name(Pattern pattern);
std::string_view gate_name(discover::Gate gate);
std::string_view story_name(discover::Story story);
// The account that paid most workers first; "" if there is none.
std::string funder_name(const Ledger& ledger, const discover::Farm& farm);
std::string_view verdict_name(Verdict verdict);
// The innocent story that also fits and the figures that it fits with, a sentence without a full stop.
std::string story_text(discover::Story story, const discover::Farm& farm, TimeAxis axis);

}  // namespace ringscan
