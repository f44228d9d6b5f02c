// What the JSON of several results has in common.
#pragma once
#include <fmt/format.h>

#include <optional>
#include <string>

#include "ledger/decimal.hpp"
#include "ledger/ledger.hpp"

namespace ringscan {

template <class T>
std::string number_or_null(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : "null";
}
std::string decimal_or_null(const std::optional<Decimal>& value);

// The line `"ledger": {...},`: what was read and what was dropped.
std::string ledger_json(const Ledger& ledger);
// A row with its id, time, accounts, asset and amount; null for no_row.
std::string transaction_json(const Ledger& ledger, Row row);

}  // namespace ringscan
