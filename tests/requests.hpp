// Questions of `scan` for tests, built up from the merchants' names.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "detect/scan.hpp"
#include "tests/support.hpp"

namespace ringscan::testing {

inline ScanRequest asking(const std::vector<std::string>& merchants, std::optional<std::uint64_t> quorum = {}) {
  ScanRequest request;
  for (const std::string& merchant : merchants) request.merchants.push_back({merchant, {}});
  request.quorum = quorum;
  return request;
}

inline ScanRequest with_share(ScanRequest request, const char* share) {
  request.min_share = parse_decimal(share);
  return request;
}

inline ScanRequest of_model(ScanRequest request, Model model) {
  request.model = model;
  return request;
}

inline ScanRequest of_rule(ScanRequest request, RuleName rule) {
  request.rule = rule;
  return request;
}

// A backend's question as a user would ask it.
inline ScanRequest as_request(const RandomQuestion& question, const Ledger& ledger) {
  ScanRequest request;
  if (question.rule.model == Model::purchase_only)
    request.rule = RuleName::time, request.between = Interval{-1, 20};
  else
    request.model = question.rule.model;
  request.within = question.rule.within;
  request.max_gain = question.rule.max_gain;
  for (const Merchant& merchant : question.merchants)
    request.merchants.push_back({name(ledger, merchant.account), merchant.interval});
  for (std::uint32_t account = 0; account < ledger.accounts.size(); ++account)
    if (question.rule.excludes(Account(account))) request.excluded.push_back(ledger.accounts.at(account));
  return request;
}

}  // namespace ringscan::testing
