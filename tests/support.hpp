// Ledgers for tests: small ones written as rows, random ones with ties everywhere.
#pragma once
#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "backend.hpp"
#include "cli/backends.hpp"
#include "io/sink.hpp"
#include "kernels/host_backend.hpp"
#include "read/ledger_builder.hpp"

namespace ringscan::testing {

// One row as the drawings in the tests show it: time, from -> to, amount. Accounts and assets are short names.
struct TestRow {
  std::int64_t time;
  std::string from, to;
  Amount amount;
  std::string asset = "native";
  std::string id = {};
};

inline TestRow pay(std::int64_t time, std::string from, std::string to, std::uint64_t amount,
                   std::string asset = "native") {
  return {time, std::move(from), std::move(to), Amount{amount}, std::move(asset), {}};
}

inline LedgerBuilder builder_of(const std::vector<TestRow>& rows) {
  LedgerBuilder builder;
  for (const TestRow& row : rows) {
    Payment payment;
    payment.id = row.id;
    payment.time = row.time;
    payment.from = row.from;
    payment.to = row.to;
    payment.asset = row.asset;
    payment.amount = row.amount;
    builder.add(payment);
  }
  return builder;
}

inline Ledger make_ledger(const std::vector<TestRow>& rows) { return builder_of(rows).finish(); }

inline Account account(const Ledger& ledger, const std::string& name) {
  return find_accounts(ledger, std::vector<std::string>{name}).front().value();
}

inline std::string name(const Ledger& ledger, Account account) { return ledger.accounts.at(to_index(account)); }

inline Amount power_of_two(unsigned exponent) {
  Amount amount;
  amount.limbs[exponent / 64] = std::uint64_t{1} << exponent % 64;
  return amount;
}

struct TextSink final : Sink {
  std::string text;
  void write(std::string_view bytes) override { text += bytes; }
};

// A backend as tests make it.
struct BackendCase {
  std::string label;
  std::string name;  // what Backend::name() must say
  std::function<std::unique_ptr<Backend>()> make;
};

// The backends that run on this machine under one and several threads, and the device pipelines on the host.
inline std::vector<BackendCase> backend_cases() {
  std::vector<BackendCase> cases;
  for (const BackendEntry& entry : backends()) {
    if (!entry.why_unavailable().empty()) continue;
    const std::string name(entry.name);
    for (const unsigned threads : name == "cpu" ? std::vector<unsigned>{1, 3} : std::vector<unsigned>{1})
      cases.push_back({name + "_" + std::to_string(threads), name, [=] {
                         return choose_backend(name, {threads, nullptr}).backend;
                       }});
  }
  using kernels::Form;
  const auto on_host = [&](std::string label, Form form, bool backwards, kernels::Pace pace = kernels::Pace::at_once,
                           kernels::StepTuning tuning = {}) {
    cases.push_back({std::move(label), "host-join", [=] {
                       kernels::HostSpace space;
                       space.backwards = backwards;
                       space.queues.pace = pace;
                       return kernels::make_host_join(form, {}, space, tuning);
                     }});
  };
  on_host("join_resident", Form::resident, false, kernels::Pace::at_once, {7, 20, 5});
  on_host("join_streamed", Form::streamed, false, kernels::Pace::copies_first, {7, 1, 1});
  on_host("join_streamed_late", Form::streamed, true, kernels::Pace::copies_last, {1, 3, 40});
  on_host("join_streamed_whole", Form::streamed, true);
  on_host("join_partition_on_device", Form::partition_on_device, false);
  on_host("join_partition_on_host", Form::partition_on_host, true);
  on_host("join_every_pair", Form::every_pair, false);
  return cases;
}

// For the names of tests.
inline std::string case_name(const ::testing::TestParamInfo<BackendCase>& test) {
  std::string name = test.param.label;
  std::ranges::replace(name, '-', '_');
  return name;
}

// Amounts on both sides of every edge of the order code, and neighbours that only the lowest bits tell apart.
inline std::vector<Amount> edge_amounts() {
  std::vector<Amount> amounts;
  for (const std::uint64_t small : {0, 1, 2, 3, 100}) amounts.push_back(Amount{small});
  for (const unsigned exponent : {56u, 57u, 64u, 200u, 255u}) {
    const Amount power = power_of_two(exponent);
    for (const std::uint64_t more : {0, 1, 2}) amounts.push_back(*add(power, Amount{more}));
  }
  amounts.push_back(Amount{(std::uint64_t{1} << 56) - 1});
  amounts.push_back(max_amount);
  return amounts;
}

// `size` rows among few accounts, times, amounts and assets, so that ties of each abound.
inline std::vector<TestRow> random_rows(std::mt19937_64& random, std::size_t size) {
  const auto below = [&](std::size_t end) { return std::size_t(random() % end); };
  const std::size_t accounts = 1 + below(12), times = 1 + below(30), assets = 1 + below(3);
  const std::vector<Amount> edges = edge_amounts();
  const bool only_small = below(2) == 0;
  std::vector<TestRow> rows;
  for (std::size_t i = 0; i < size; ++i) {
    const Amount amount = only_small ? Amount{below(6)} : edges[below(edges.size())];
    rows.push_back({std::int64_t(below(times)), "a" + std::to_string(below(accounts)),
                    "a" + std::to_string(below(accounts)), amount, "asset" + std::to_string(below(assets)),
                    below(3) == 0 ? "" : "id" + std::to_string(below(size))});
  }
  return rows;
}

// A rule with every refinement now and then, and merchants of the ledger with intervals now and then.
struct RandomQuestion {
  Rule rule;
  std::vector<Merchant> merchants;
};

inline RandomQuestion random_question(std::mt19937_64& random, const Ledger& ledger) {
  const auto below = [&](std::size_t end) { return std::size_t(random() % end); };
  RandomQuestion question;
  Rule& rule = question.rule;
  constexpr Model models[] = {Model::any,      Model::any,   Model::enhanced,
                              Model::advanced, Model::basic, Model::purchase_only};
  rule.model = models[below(std::size(models))];
  if (rule.model != Model::purchase_only && below(2) == 0) rule.within = below(12);
  if (has_reward(rule.model) && below(2) == 0)
    rule.max_gain =
        parse_decimal(std::vector<std::string>{"0", "0.5", "1", "0.0000000000000001", "2.5", "1000000"}[below(6)]);
  if (below(3) == 0) {
    rule.excluded.resize(ledger.accounts.size());
    for (std::size_t i = 0; i < rule.excluded.size(); ++i) rule.excluded[i] = below(5) == 0;
  }
  for (std::uint32_t account = 0; account < ledger.accounts.size(); ++account) {
    if (rule.excludes(Account(account)) || below(2) == 0) continue;
    Interval interval;
    if (below(4) == 0) interval = {std::int64_t(below(10)) - 1, std::int64_t(below(30))};
    question.merchants.push_back({Account(account), interval});
  }
  return question;
}

}  // namespace ringscan::testing
