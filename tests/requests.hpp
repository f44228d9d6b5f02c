// Questions of `scan` for tests, built up from the merchants' names.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "detect/scan.hpp"

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

}  // namespace ringscan::testing
