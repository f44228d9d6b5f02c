// The settings of the experiment: the one whose table stands beside the paper's, and those that change one thing of it
// to show what moves the numbers.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "paper_process.hpp"
#include "rule.hpp"

namespace ringscan {

struct Setting {
  std::string what = "nothing: as in the table";
  PaperShape shape = {};
  Model model = Model::any;             // of algorithms 1 and 3
  std::string min_share = "0.2";        // of algorithm 3
  std::optional<std::uint64_t> quorum;  // none: all merchants with a suspect
};

inline std::vector<Setting> sensitivity_settings() {
  std::vector<Setting> settings(1);
  const auto vary = [&](std::string what, auto change) {
    Setting setting;
    setting.what = std::move(what);
    change(setting);
    settings.push_back(std::move(setting));
  };
  const auto all_at = [](unsigned percent) { return Noise{percent, percent, percent, percent, percent, percent}; };
  vary("no noise", [&](Setting& s) { s.shape.noise = all_at(0); });
  vary("each way to go wrong at 2 %", [&](Setting& s) { s.shape.noise = all_at(2); });
  vary("each way to go wrong at 10 %", [&](Setting& s) { s.shape.noise = all_at(10); });
  vary("only skipped tasks (5 %)", [&](Setting& s) { s.shape.noise = {5, 0, 0, 0, 0, 0}; });
  vary("only purchases outside the campaign (5 %)", [&](Setting& s) { s.shape.noise = {0, 5, 0, 0, 0, 0}; });
  vary("only payments go wrong (each way 5 %)", [&](Setting& s) { s.shape.noise = {0, 0, 5, 5, 5, 5}; });
  vary("1 merchant", [](Setting& s) { s.shape.merchants = 1; });
  vary("2 merchants", [](Setting& s) { s.shape.merchants = 2; });
  vary("1 honest merchant in the list", [](Setting& s) { s.shape.honest_merchants = 1; });
  vary("1 honest merchant in the list, quorum 3", [](Setting& s) {
    s.shape.honest_merchants = 1;
    s.quorum = 3;
  });
  vary("quorum 2 of 3", [](Setting& s) { s.quorum = 2; });
  vary("model enhanced", [](Setting& s) { s.model = Model::enhanced; });
  vary("model advanced", [](Setting& s) { s.model = Model::advanced; });
  vary("P = 0.1", [](Setting& s) { s.min_share = "0.1"; });
  vary("P = 0.5", [](Setting& s) { s.min_share = "0.5"; });
  vary("2000 transactions instead of 220", [](Setting& s) { s.shape.transactions = 2'000; });
  vary("2000 transactions, model advanced", [](Setting& s) {
    s.shape.transactions = 2'000;
    s.model = Model::advanced;
  });
  return settings;
}

}  // namespace ringscan
