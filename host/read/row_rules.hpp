// What holds for the rows of all files of a ledger.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "read/block_times.hpp"
#include "read/payment.hpp"
#include "read/read_ledger.hpp"
#include "read/times.hpp"

namespace ringscan {

// ReadOptions, understood once; refers to them. Reads the table of block times. Throws UsageError for a unit, a time
// format, a schema or a map that has no meaning, and what read_block_times() throws.
struct RowRules {
  explicit RowRules(const ReadOptions& options);

  // Of a payment with canonical accounts and asset.
  bool is_outside_filter(const Payment& payment) const;

  const ReadOptions& options;
  TimeFormat time_format;                  // of --time-format; a schema may have its own where it is auto
  std::optional<unsigned> places;          // of --value-unit
  std::vector<std::string> wanted_assets;  // canonical, sorted
  std::optional<BlockTimes> block_times;
};

}  // namespace ringscan
