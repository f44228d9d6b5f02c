// What discovery shows beside its tests: each figure is high on a ledger made for it and low on its innocent twin, and
// all agree with plain loops on random ledgers.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "cpu/cpu.hpp"
#include "detect/burst.hpp"
#include "discover/circumstances.hpp"
#include "discover/tails.hpp"
#include "tests/support.hpp"

namespace ringscan {
namespace {

using namespace discover;
using testing::pay;
using testing::TestRow;

constexpr std::int64_t minute = 60, hour = 3600, day = 24 * hour;

std::vector<Node> nodes(const Ledger& ledger, const std::vector<std::string>& names) {
  std::vector<Node> found;
  for (const std::string& name : names) found.push_back(Node(to_index(testing::account(ledger, name))));
  std::ranges::sort(found);
  return found;
}

Circumstances observe(const Ledger& ledger, const Candidate& candidate, const std::vector<Node>& workers,
                      const DiscoverOptions& options = {}) {
  const TradeGraph graph(ledger.view(), options, {}, *make_cpu({}), {});
  Work work;
  return Observer(graph, ledger, options).observe(candidate, workers, work);
}

// Of one asset, so that nodes are accounts: merchant m, payer d, workers w0, w1, ...
Circumstances observe(const std::vector<TestRow>& rows, std::size_t workers) {
  const Ledger ledger = testing::make_ledger(rows);
  std::vector<std::string> names;
  for (std::size_t w = 0; w < workers; ++w) names.push_back("w" + std::to_string(w));
  return observe(ledger, {nodes(ledger, {"m"}), nodes(ledger, {"d"})}, nodes(ledger, names));
}

constexpr int workers = 12, others = 30;
std::string worker(int w) { return "w" + std::to_string(w); }
std::string other(int c) { return "c" + std::to_string(c); }

// The ledger's own rhythm: 200 days of payments between people. They begin at 0.
std::vector<TestRow> people() {
  std::vector<TestRow> rows;
  for (int i = 0; i < 2000; ++i)
    rows.push_back(pay(i * day / 10, "p" + std::to_string(i % 50), "q" + std::to_string(i % 47), 1000));
  return rows;
}

// Workers buy at m from day 100 on, one each `pace`, and d pays each 5 days later; others buy once in four days.
std::vector<TestRow> trade(std::int64_t pace, bool same_amounts) {
  std::vector<TestRow> rows = people();
  for (int w = 0; w < workers; ++w) {
    const std::uint64_t price = same_amounts ? 100 : 100 + std::uint64_t(w);
    rows.push_back(pay(100 * day + w * pace, worker(w), "m", price));
    rows.push_back(pay(105 * day + w * pace, "d", worker(w), price + 4));
  }
  for (int c = 0; c < others; ++c) rows.push_back(pay(50 * day + c * 4 * day + minute, other(c), "m", 90));
  return rows;
}

TEST(Circumstances, tell_a_burst_from_a_ledger_that_is_busy_itself) {
  const Circumstances rush = observe(trade(minute, true), workers);
  EXPECT_EQ(rush.burst, (Interval{100 * day - 1, 100 * day + hour + 1}));
  EXPECT_EQ(rush.purchases_in_burst, (discover::Share{12, 42}));
  EXPECT_EQ(rush.payments_in_burst.count, 13u) << "one of people's is at its beginning";
  EXPECT_GT(rush.burst_tail, 12);
  // P(X >= 11) for 41 purchases, in 7 * 42 windows
  const double chance = 13.0 / double(2000 + 2 * workers + others);
  EXPECT_NEAR(rush.burst_tail, binomial_tail(11, 41, chance) - std::log10(7 * 42), 1e-9);

  std::vector<TestRow> busy = trade(minute, true);
  for (int i = 0; i < 3000; ++i) busy.push_back(pay(100 * day + i, "p" + std::to_string(i % 50), "q1", 5));
  const Circumstances sale = observe(busy, workers);
  EXPECT_EQ(sale.burst, rush.burst);
  EXPECT_EQ(sale.burst_tail, 0) << "everybody paid in that hour";

  const Circumstances calm = observe(trade(8 * day, true), workers);
  EXPECT_EQ(calm.burst, std::nullopt);
  EXPECT_EQ(calm.purchases_in_burst, discover::Share{});
}

TEST(Circumstances, tell_accounts_in_step_from_those_that_come_when_they_like) {
  const Circumstances rush = observe(trade(50 * minute, true), workers);
  EXPECT_EQ(rush.workers_in_step, (discover::Share{12, 12}));
  EXPECT_EQ(rush.others_in_step, (discover::Share{0, 30})) << "the one who comes two hours before day 102 too early";
  const Circumstances calm = observe(trade(61 * minute, true), workers);
  EXPECT_EQ(calm.workers_in_step, (discover::Share{0, 12}));
  std::vector<TestRow> crowd = trade(50 * minute, true);
  for (int c = 0; c < others; ++c) crowd.push_back(pay(100 * day + 10 * minute, "e" + std::to_string(c), "m", 90));
  EXPECT_EQ(observe(crowd, workers).others_in_step, (discover::Share{30, 60})) << "a sale that all came to";
}

TEST(Circumstances, tell_equal_amounts_of_different_workers) {
  const Circumstances copied = observe(trade(day, true), workers);
  EXPECT_EQ(copied.equal_purchases, (discover::Share{12, 12}));
  EXPECT_EQ(copied.equal_rewards, (discover::Share{12, 12}));
  const Circumstances varied = observe(trade(day, false), workers);
  EXPECT_EQ(varied.equal_purchases, (discover::Share{0, 12}));
  std::vector<TestRow> rows = trade(day, false);
  rows.push_back(pay(120 * day, "d", "w3", 107));  // what w3 got already
  EXPECT_EQ(observe(rows, workers).equal_rewards, (discover::Share{0, 13})) << "one worker's own";
  rows.push_back(pay(121 * day, "d", "w4", 107));
  EXPECT_EQ(observe(rows, workers).equal_rewards, (discover::Share{3, 14}));
}

TEST(Circumstances, tell_fresh_accounts_from_old_ones) {
  std::vector<TestRow> rows = trade(day, true);
  EXPECT_EQ(observe(rows, workers).fresh_workers, (discover::Share{12, 12})) << "their purchase is the first of them";
  for (int w = 0; w < workers; ++w)
    rows.push_back(
        pay(100 * day + w * day - 7 * day - (w < 5 ? 1 : 0), worker(w), "p1", 3, w % 2 == 0 ? "x" : "native"));
  for (int c = 0; c < others; ++c) rows.push_back(pay(2 * day, "p1", other(c), 3));
  const Ledger ledger = testing::make_ledger(rows);
  std::vector<Node> found;
  for (std::size_t w = 0; w < ledger.wallet_account.size(); ++w)
    if (testing::name(ledger, ledger.wallet_account[w]).starts_with("w") &&
        ledger.assets.at(to_index(ledger.wallet_asset[w])) == "native")
      found.push_back(Node(w));
  const auto native = [&](const std::string& name) {
    for (std::size_t w = 0; w < ledger.wallet_account.size(); ++w)
      if (testing::name(ledger, ledger.wallet_account[w]) == name) return Node(w);
    return Node(0);
  };
  const Circumstances old = observe(ledger, {{native("m")}, {native("d")}}, found);
  EXPECT_EQ(old.fresh_workers, (discover::Share{7, 12})) << "five are older by a second, whatever the asset";
  EXPECT_EQ(old.fresh_others, (discover::Share{0, 30}));
  std::vector<TestRow> early;  // the ledger is a week old when they buy
  for (int w = 0; w < workers; ++w) early.push_back(pay(w < 6 ? 7 * day : 7 * day + 1, worker(w), "m", 5));
  early.push_back(pay(0, "d", "w0", 1));
  EXPECT_EQ(observe(early, workers).fresh_workers, (discover::Share{6, 6}));
}

TEST(Circumstances, tell_accounts_that_do_little_else) {
  std::vector<TestRow> rows = trade(day, true);
  EXPECT_EQ(observe(rows, workers).payments_inside, (discover::Share{24, 24}));
  EXPECT_EQ(observe(rows, workers).workers_inside, (discover::Share{12, 12}));
  for (int w = 0; w < 4; ++w)
    for (int i = 0; i < (w < 3 ? 3 : 2); ++i) rows.push_back(pay((10 + i) * day, "p1", worker(w), 7));
  EXPECT_EQ(observe(rows, workers).payments_inside, (discover::Share{24, 35}));
  EXPECT_EQ(observe(rows, workers).workers_inside, (discover::Share{9, 12})) << "half is enough";
}

TEST(Circumstances, tell_a_common_source_of_money) {
  std::vector<TestRow> rows = trade(day, true);
  const Circumstances nobody = observe(rows, workers);
  EXPECT_EQ(nobody.funder, std::nullopt) << "rewards come after the purchase, and from the payer";
  EXPECT_EQ(nobody.workers_funded, discover::Share{});
  for (int w = 0; w < workers; ++w) rows.push_back(pay(40 * day, w < 9 ? "boss" : worker(w) + "'s", worker(w), 200));
  const Ledger ledger = testing::make_ledger(rows);
  const Circumstances one = observe(rows, workers);
  EXPECT_EQ(one.funder, testing::account(ledger, "boss"));
  EXPECT_EQ(one.workers_funded, (discover::Share{9, 12}));
  // 9 accounts of 12 + 47 (q) + d's none and m's one are boss's: P(X >= 8 of 11), and any of 12 may be noticed
  EXPECT_NEAR(one.funder_tail, binomial_tail(8, 11, 9.0 / (12 + 47 + 1)) - std::log10(12), 1e-9);
  EXPECT_GT(one.funder_tail, 2);

  std::vector<TestRow> exchange = rows;
  for (int i = 0; i < 600; ++i) exchange.push_back(pay(day, "boss", "z" + std::to_string(i), 7));
  EXPECT_EQ(observe(exchange, workers).funder_tail, 0) << "whoever pays everybody first is nothing special";
  std::vector<TestRow> paid_before = trade(day, true);
  for (int w = 0; w < workers; ++w) paid_before.push_back(pay(40 * day, w % 2 == 0 ? "d" : "m", worker(w), 100));
  EXPECT_EQ(observe(paid_before, workers).funder, std::nullopt) << "merchants and payers are the farm itself";
}

TEST(Circumstances, have_no_burst_where_time_has_no_hours) {
  Ledger ledger = testing::make_ledger(trade(minute, true));
  ledger.time_axis = TimeAxis::block;
  EXPECT_EQ(observe(ledger, {nodes(ledger, {"m"}), nodes(ledger, {"d"})}, nodes(ledger, {"w0", "w1"})).burst,
            std::nullopt);
}

// Everything once more, by loops over all pairs of rows.
Circumstances by_loops(const Ledger& ledger, const Candidate& candidate, const std::vector<Node>& farm_workers,
                       const DiscoverOptions& options) {
  const LedgerView view = ledger.view();
  const auto is_in = [](const std::vector<Node>& all, Wallet one) {
    return std::ranges::find(all, Node(to_index(one))) != all.end();
  };
  const auto counts = [&](Row row) { return view.amount[row] != 0 && view.from[row] != view.to[row]; };
  std::map<Node, std::uint32_t> first;
  std::vector<std::uint32_t> times;
  std::map<std::pair<bool, AmountKey>, std::set<Wallet>> owners;  // of a reward's or a purchase's amount
  Circumstances found;
  for (Row row = 0; row < view.size(); ++row) {
    if (!counts(row)) continue;
    const Wallet from = view.from[row], to = view.to[row];
    if (is_in(candidate.merchants, to) && !is_in(candidate.merchants, from) && !is_in(candidate.payers, from)) {
      first.emplace(Node(to_index(from)), view.time[row]);
      times.push_back(view.time[row]);
    }
    if (is_in(candidate.merchants, to) && is_in(farm_workers, from)) owners[{false, view.amount[row]}].insert(from);
    if (is_in(candidate.payers, from) && is_in(farm_workers, to)) owners[{true, view.amount[row]}].insert(to);
  }
  found.burst = find_burst(times, view.first_time);
  if (found.burst) {
    const auto inside = [&](std::int64_t t) { return found.burst->after < t && t < found.burst->before; };
    for (const std::uint32_t time : times) found.purchases_in_burst.count += inside(view.first_time + time);
    for (Row row = 0; row < view.size(); ++row) found.payments_in_burst.count += inside(view.time_at(row));
    found.purchases_in_burst.of = times.size();
    found.payments_in_burst.of = view.size();
  }
  found.step = options.step;
  found.youth = options.youth;
  for (const auto& [node, time] : first) {
    const bool is_worker = is_in(farm_workers, Wallet(node));
    bool is_near = false;
    for (const auto& [other_node, other_time] : first)
      is_near |= other_node != node && is_in(farm_workers, Wallet(other_node)) &&
                 std::max(time, other_time) - std::min(time, other_time) <= options.step;
    discover::Share& steps = is_worker ? found.workers_in_step : found.others_in_step;
    steps.count += is_near, ++steps.of;
    std::optional<std::uint32_t> seen;
    std::optional<Row> receipt;
    for (Row row = 0; row < view.size(); ++row) {
      if (!counts(row)) continue;
      const Account account = view.wallet_account[node];
      if (!seen && (view.sender(row) == account || view.receiver(row) == account)) seen = view.time[row];
      if (!receipt && view.receiver(row) == account) receipt = row;
    }
    discover::Share& fresh = is_worker ? found.fresh_workers : found.fresh_others;
    if (time > options.youth) fresh.count += time - *seen <= options.youth, ++fresh.of;
    if (!is_worker || !receipt || view.time[*receipt] > time) continue;
    const auto is_payer = [&](Node one) { return view.wallet_account[one] == view.sender(*receipt); };
    found.workers_funded.of +=
        std::ranges::none_of(candidate.merchants, is_payer) && std::ranges::none_of(candidate.payers, is_payer);
  }
  for (const Node one : farm_workers) {
    discover::Share own;
    for (Row row = 0; row < view.size(); ++row) {
      if (!counts(row)) continue;
      const Account account = view.wallet_account[one];
      own.of += (view.sender(row) == account) + (view.receiver(row) == account);
      const bool buys = Node(to_index(view.from[row])) == one && is_in(candidate.merchants, view.to[row]);
      const bool is_paid = Node(to_index(view.to[row])) == one && is_in(candidate.payers, view.from[row]);
      own.count += buys + is_paid;
      for (const bool is_reward : {false, true}) {
        if (!(is_reward ? is_paid : buys)) continue;
        discover::Share& equal = is_reward ? found.equal_rewards : found.equal_purchases;
        equal.count += owners[{is_reward, view.amount[row]}].size() > 1, ++equal.of;
      }
    }
    found.payments_inside.count += own.count;
    found.payments_inside.of += own.of;
    found.workers_inside.count += 2 * own.count >= own.of;
    ++found.workers_inside.of;
  }
  return found;
}

TEST(Circumstances, agree_with_plain_loops) {
  std::mt19937_64 random(1);
  std::size_t bursts = 0, funders = 0, steps = 0;
  for (int round = 0; round < 400; ++round) {
    SCOPED_TRACE(round);
    std::vector<TestRow> rows = testing::random_rows(random, 40 + random() % 120);
    const std::int64_t tick = std::vector<std::int64_t>{600, hour, 12 * hour, 2 * day}[random() % 4];
    for (TestRow& row : rows) row.time = random() % 3 == 0 ? 3 * tick + std::int64_t(random() % 2000) : row.time * tick;
    const Ledger ledger = testing::make_ledger(rows);
    DiscoverOptions options;
    options.hub_degree = 100;  // everybody may be a worker
    Candidate candidate;
    std::vector<Node> farm_workers;
    const bool is_direct = random() % 3 == 0;
    const Asset asset = ledger.wallet_asset[random() % ledger.wallet_asset.size()];
    for (Node node = 0; node < ledger.wallet_asset.size(); ++node) {
      if (ledger.wallet_asset[node] != asset) continue;
      const std::uint64_t role = random() % 5;
      if (role == 0) candidate.merchants.push_back(node);
      if (role == (is_direct ? 0u : 1u)) candidate.payers.push_back(node);
      if (role == 2 || role == 3) farm_workers.push_back(node);
    }
    Circumstances found = observe(ledger, candidate, farm_workers, options);
    bursts += found.burst.has_value(), funders += found.funder.has_value(), steps += found.others_in_step.count;
    Circumstances expected = by_loops(ledger, candidate, farm_workers, options);
    // the tails, and the funder, are worked out above
    expected.burst_tail = found.burst_tail;
    expected.funder = found.funder, expected.funder_tail = found.funder_tail;
    expected.workers_funded.count = found.workers_funded.count;
    ASSERT_EQ(found, expected);
  }
  EXPECT_GT(bursts, 10u);
  EXPECT_GT(funders, 20u);
  EXPECT_GT(steps, 100u);
}

}  // namespace
}  // namespace ringscan
