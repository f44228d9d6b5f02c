// The rules that each workload is asked, by the name that they have in tables.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "workloads.hpp"

namespace ringscan::bench {

inline constexpr std::uint64_t max_gain_tenths = 2;  // --max-gain 0.2

struct Question {
  std::string_view name;
  Rule rule;
  bool all_receivers = false;  // count_hits; else find_suspects, find_evidence and count_customers for the merchants
};

// plain: Algorithm 1. count and count-band: every receiver a merchant.
inline std::vector<Question> questions(const Workload& workload) {
  const Decimal gain{Amount{max_gain_tenths}, 1};
  const auto asked = [&](Model model, bool within, bool max_gain) {
    Rule rule;
    rule.model = model;
    if (within) rule.within = workload.within;
    if (max_gain) rule.max_gain = gain;
    return rule;
  };
  const Rule plain = asked(Model::any, false, false), band = asked(Model::any, true, true);
  if (workload.options.shape == Shape::hot_near_miss)  // what the hot account just fails
    return {{"band", band},
            {"enhanced", asked(Model::enhanced, true, false)},
            {"advanced", asked(Model::advanced, true, false)},
            {"count-band", band, true}};
  return {{"plain", plain},
          {"within", asked(Model::any, true, false)},
          {"band", band},
          {"enhanced", asked(Model::enhanced, true, true)},
          {"basic", asked(Model::basic, true, false)},
          {"advanced", asked(Model::advanced, true, true)},
          {"count", plain, true},
          {"count-band", band, true}};
}

// True of a hot account by construction: no purchase of it satisfies the rule.
inline bool never_accused(const Workload& workload, const Rule& rule) {
  if (workload.options.shape == Shape::hot_account) return true;
  if (workload.options.shape != Shape::hot_near_miss) return false;
  return rule.max_gain || rule.model == Model::enhanced || rule.model == Model::advanced;
}

}  // namespace ringscan::bench
