#include "read/row_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "io/errors.hpp"
#include "read/fields.hpp"
#include "read/schemas.hpp"

namespace ringscan {

RowRules::RowRules(const ReadOptions& read_options) : options(read_options), time_format(read_options.time_format) {
  check_schema_options(options);
  if (!options.value_unit.empty()) {
    places = places_of_unit(options.value_unit);
    if (!places)
      throw UsageError(fmt::format("--value-unit {}: give raw, wei, ether, satoshi, btc, or decimals:N with N up to 77",
                                   options.value_unit));
  }
  for (const std::string& asset : options.assets) wanted_assets.push_back(canonical_account(trimmed(asset)));
  std::sort(wanted_assets.begin(), wanted_assets.end());
  if (!options.blocks.empty()) block_times = read_block_times(options.blocks, time_format);
}

bool RowRules::is_outside_filter(const Payment& payment) const {
  return (options.start && payment.time < *options.start) || (options.end && payment.time >= *options.end) ||
         (options.min_amount && payment.amount < *options.min_amount) ||
         (!wanted_assets.empty() &&
          !std::binary_search(wanted_assets.begin(), wanted_assets.end(), payment.asset, std::less<>{}));
}

}  // namespace ringscan
