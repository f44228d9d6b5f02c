// Results of `discover` as bytes, of a ledger worked out by hand.
#include <gtest/gtest.h>

#include <set>

#include "cpu/cpu.hpp"
#include "tests/support.hpp"
#include "write/circumstances.hpp"
#include "write/discover_result.hpp"

namespace ringscan {
namespace {

using testing::TestRow;
using testing::TextSink;

// Three accounts buy at m, m pays d, d pays them 4, 5 and 6 % more; one of them is paid once for two purchases. a and b
// trade in circles. 1488769200 is 2017-03-06 03:00:00Z.
Ledger small_ledger() {
  constexpr std::int64_t t = 1488769200;
  Ledger ledger = testing::make_ledger({{t, "u", "m", Amount{100}, "native", "p1"},
                                        {t + 60, "v", "m", Amount{200}, "native", "p2"},
                                        {t + 120, "w", "m", Amount{300}, "native", "p3"},
                                        {t + 180, "w", "m", Amount{500}, "native", "p4"},
                                        {t + 240, "m", "d", Amount{1200}, "native", "f1"},
                                        {t + 3600, "d", "u", Amount{104}, "native", "r1"},
                                        {t + 3660, "d", "v", Amount{210}, "native", "r2"},
                                        {t + 3720, "d", "w", Amount{848}, "native", ""},
                                        {t + 9000, "a", "b", Amount{7}, "token", "c1"},
                                        {t + 9010, "b", "a", Amount{7}, "token", "c2"},
                                        {t + 9020, "b", "a", Amount{8}, "token", "c3"},
                                        {t + 9030, "a", "b", Amount{9}, "token", "c4"}});
  ledger.dropped = {1, 2, 3, 4, 5, 6, 7, 8};
  return ledger;
}

DiscoverOptions asking() {
  DiscoverOptions options;
  options.pattern = Pattern::all;
  options.linked_chance = options.strong_chance = options.most_chance = 1.5;  // too few for chance
  options.min_score = 5;
  options.decisions = {{"d", Verdict::confirmed, "seen \"twice\""}, {"x", Verdict::cleared, ""}};
  return options;
}

template <class Write>
std::string text(Write write) {
  const Ledger ledger = small_ledger();
  TextSink sink;
  discover::Result result = find_farms(*make_cpu({2}), ledger, asking(), {2});
  result.calibration = Calibration{{{}, {9}, {}, {}}};
  write(sink, ledger, result);
  return sink.text;
}

// An id may be one row of a file that is decoded by the hundred thousand.
TEST(DiscoverJson, shows_no_id_that_was_not_asked_for_beforehand) {
  struct Ids final : TransactionIds {
    mutable std::set<Row> shown;
    std::string at(Row row) const override {
      shown.insert(row);
      return "x";
    }
  };
  Ledger ledger = small_ledger();
  const auto ids = std::make_shared<Ids>();
  ledger.transaction_ids = ids;
  const discover::Result result = find_farms(*make_cpu({2}), ledger, asking(), {2});
  TextSink sink;
  write_json(sink, ledger, asking(), result);
  const std::vector<Row> rows = evidence_rows(result);
  EXPECT_EQ(ids->shown, std::set<Row>(rows.begin(), rows.end()));
  EXPECT_EQ(ids->shown.size(), 12u) << "all rows are evidence";
}

TEST(DiscoverJson, is_the_schema_of_the_readme) {
  EXPECT_EQ(text([](Sink& sink, const Ledger& ledger, const discover::Result& result) {
              write_json(sink, ledger, asking(), result);
            }),
            R"({"schema": "ringscan.discover/1",
 "ledger": {"transactions": 12, "accounts": 7, "assets": 2, "first_time": 1488769200, "last_time": 1488778230,
            "dropped": {"no_sender": 1, "no_receiver": 2, "failed": 3, "zero_amount": 4, "self_transfer": 5, "duplicate": 6, "outside_filter": 7, "rejected": 8}},
 "rule": {"name": "discover", "pattern": "all", "within": 1814400, "max_gain": "0.2", "hub_degree": 300, "max_recipients": 1000, "min_workers": 3, "min_score": "5", "excluded": 0, "confirmed": 1, "cleared": 1, "top": null},
 "calibration": {"null": "receivers", "replicates": 4, "reports": 1, "cut": 9.001, "best": [null, 9.000, null, null],
   "generated": {"min_score": 10, "ledgers": 500, "reports": 23}},
 "farms": [
   {"rank": 1, "score": 8.341, "model": "advanced", "group": 1, "exceedance": 0.250, "asset": "native",
    "signals":
     {"paid_back": {"workers": 3, "common_accounts": 3, "recipients": 3, "chance": 0.14286, "chance_of_totals": 0.14286},
      "time": {"in_order": 3, "out_of_order": 0}, "amount": {"more": 3, "less": 0},
      "delay": 3600, "repeating": 1, "balanced": 3, "trading_on": 0, "plain_refunds": 0,
      "interest": {"matched": 2, "correlation": 0.000},
      "funding": {"share": 1.000, "between": 2, "matched": 2},
      "burst": null,
      "synchrony": {"within": 3600, "workers": 3, "of_workers": 3, "others": 0, "of_others": 0},
      "equal_amounts": {"rewards": 0, "of_rewards": 3, "purchases": 0, "of_purchases": 4},
      "fresh": {"within": 604800, "workers": 0, "of_workers": 0, "others": 0, "of_others": 0},
      "inside": {"payments": 7, "of_payments": 7, "workers": 3, "of_workers": 3},
      "funder": {"account": null, "workers": 0, "of_workers": 0, "minus_log10_p": 0.000}},
    "review": ["launch"], "review_reasons": ["a launch or sale that gives money back: 0 of 3 accounts bought again once it had begun to"],
    "decisions": [{"account": "d", "verdict": "confirmed", "comment": "seen \"twice\""}],
    "merchants": [{"account": "m"}],
    "delegations": [{"account": "d"}],
    "workers": [
      {"account": "u", "purchases": 1, "spent": "100", "rewards": 1, "received": "104", "evidence": [
        {"purchase": {"tx": "p1", "time": 1488769200, "from": "u", "to": "m", "asset": "native", "amount": "100"},
         "reward": {"tx": "r1", "time": 1488772800, "from": "d", "to": "u", "asset": "native", "amount": "104"},
         "funding": {"tx": "f1", "time": 1488769440, "from": "m", "to": "d", "asset": "native", "amount": "1200"}}]},
      {"account": "v", "purchases": 1, "spent": "200", "rewards": 1, "received": "210", "evidence": [
        {"purchase": {"tx": "p2", "time": 1488769260, "from": "v", "to": "m", "asset": "native", "amount": "200"},
         "reward": {"tx": "r2", "time": 1488772860, "from": "d", "to": "v", "asset": "native", "amount": "210"},
         "funding": {"tx": "f1", "time": 1488769440, "from": "m", "to": "d", "asset": "native", "amount": "1200"}}]},
      {"account": "w", "purchases": 2, "spent": "800", "rewards": 1, "received": "848", "evidence": [
        {"purchase": {"tx": "p3", "time": 1488769320, "from": "w", "to": "m", "asset": "native", "amount": "300"},
         "reward": null,
         "funding": null},
        {"purchase": {"tx": "p4", "time": 1488769380, "from": "w", "to": "m", "asset": "native", "amount": "500"},
         "reward": null,
         "funding": null},
        {"purchase": null,
         "reward": {"tx": null, "time": 1488772920, "from": "d", "to": "w", "asset": "native", "amount": "848"},
         "funding": null}]}],
    "funding": [
      {"tx": "f1", "time": 1488769440, "from": "m", "to": "d", "asset": "native", "amount": "1200"}]}],
 "cleared": [],
 "refunds": [],
 "loops": [
   {"rank": 1, "asset": "token", "accounts": [{"account": "a"}, {"account": "b"}],
    "trips": [
      {"there": {"tx": "c1", "time": 1488778200, "from": "a", "to": "b", "asset": "token", "amount": "7"},
       "back": {"tx": "c2", "time": 1488778210, "from": "b", "to": "a", "asset": "token", "amount": "7"}},
      {"there": {"tx": "c3", "time": 1488778220, "from": "b", "to": "a", "asset": "token", "amount": "8"},
       "back": {"tx": "c4", "time": 1488778230, "from": "a", "to": "b", "asset": "token", "amount": "9"}}]}],
 "candidates": {"few_workers": 0, "sweep": 0, "prefunded_sweep": 0, "wide_payer": 0, "time_votes": 0, "amount_votes": 0, "unexplained": 0, "unbalanced": 0, "immediate": 0, "interest": 0, "pass_through": 0, "unfunded": 0, "by_chance": 0, "accepted": 1}}
)");
}

TEST(DiscoverText, says_it_in_words) {
  EXPECT_EQ(text([](Sink& sink, const Ledger& ledger, const discover::Result& result) {
              write_text(sink, ledger, asking(), result, true);
            }),
            R"(discover all, within 21 d 0 h, gain at most 0.2, hubs above 300 payers or payees, score from 5 on
ledger: 12 transactions, 7 accounts, 2 assets, 2017-03-06 03:00:00Z to 2017-03-06 05:30:30Z
dropped: 1 no_sender, 2 no_receiver, 3 failed, 4 zero_amount, 5 self_transfer, 6 duplicate, 7 outside_filter, 8 rejected

rank   score  model     workers  merchants  delegations  in order  more paid  funded  asset
   1     8.3  advanced        3          1            1       3:0        3:0   100 %  native

1 suspected farm; the score ranks them and is no probability
calibration: 1 report from 5 on in 4 permuted ledgers (payments of a payer, of one time and size, have changed receivers;
  payments among the accounts of what is told below are left out): what chance does, not what refunds, loans or
  compensation look like. From 9.001 on it is at most one report in 20 of them. On 500 generated ledgers without
  farms but with such stories there are 23 reports from 10 on

farm 1
  3 of 3 accounts that bought from the merchants and were paid by the delegations were paid more than they had spent, 60 min after the purchase in the median
  votes: 3 accounts in this order and 0 in the other; 3 paid more and 0 paid less
  the payers paid 3 accounts in all; strangers' payments would fit in 14.29 % of pairs, their totals in 14.29 %
  the merchants paid the delegations 100 % of the rewards; 2 of 2 rewards follow such a payment
  besides, and no part of the score:
    in step      3 of 3 workers first bought within 60 min of another one; 0 of 0 other customers within as much of a worker
    amounts      0 of 3 rewards and 0 of 4 purchases have exactly the amount of another worker's
    inside       7 of 7 payments of the workers are with these accounts; 3 of 3 workers have half or more there
  the best report of 1 of 4 permuted ledgers scores as much
  confirmed: d, seen "twice"
  may also be launch: a launch or sale that gives money back: 0 of 3 accounts bought again once it had begun to
  merchant    m
  delegation  d
  suspect     u  1 purchases for 100, 1 payments of 104
    purchase  2017-03-06 03:00:00Z  100 native  from u to m  tx p1
    funding   2017-03-06 03:04:00Z  1200 native  from m to d  tx f1
    reward    2017-03-06 04:00:00Z  104 native  from d to u  tx r1
  suspect     v  1 purchases for 200, 1 payments of 210
    purchase  2017-03-06 03:01:00Z  200 native  from v to m  tx p2
    funding   2017-03-06 03:04:00Z  1200 native  from m to d  tx f1
    reward    2017-03-06 04:01:00Z  210 native  from d to v  tx r2
  suspect     w  2 purchases for 800, 1 payments of 848
    purchase  2017-03-06 03:02:00Z  300 native  from w to m  tx p3
    purchase  2017-03-06 03:03:00Z  500 native  from w to m  tx p4
    reward    2017-03-06 04:02:00Z  848 native  from d to w  tx (none)

1 loop of own accounts

loop 1: 2 accounts, 2 trips there and back, token
  suspect     a
  suspect     b
    there     2017-03-06 05:30:00Z  7 token  from a to b  tx c1
    back      2017-03-06 05:30:10Z  7 token  from b to a  tx c2
    there     2017-03-06 05:30:20Z  8 token  from b to a  tx c3
    back      2017-03-06 05:30:30Z  9 token  from a to b  tx c4
)");
}

TEST(DiscoverCircumstances, are_told_as_figures_and_in_words) {
  discover::Circumstances found;
  found.burst = {1488769199, 1488772801};
  found.purchases_in_burst = {12, 42}, found.payments_in_burst = {13, 2054}, found.burst_tail = 12.2934;
  found.step = 3600, found.workers_in_step = {11, 12}, found.others_in_step = {1, 30};
  found.equal_rewards = {2, 13}, found.equal_purchases = {4, 14};
  found.youth = 604800, found.fresh_workers = {7, 10}, found.fresh_others = {3, 20};
  found.payments_inside = {24, 35}, found.workers_inside = {9, 12};
  found.funder = Account{5}, found.workers_funded = {8, 11}, found.funder_tail = 0.5;
  EXPECT_EQ(
      circumstances_json(found, "bo\"ss"),
      R"("burst": {"between": [1488769199, 1488772801], "purchases": 12, "of_purchases": 42, "payments": 13, "of_payments": 2054,
        "ratio": 45.143, "minus_log10_p": 12.293},
      "synchrony": {"within": 3600, "workers": 11, "of_workers": 12, "others": 1, "of_others": 30},
      "equal_amounts": {"rewards": 2, "of_rewards": 13, "purchases": 4, "of_purchases": 14},
      "fresh": {"within": 604800, "workers": 7, "of_workers": 10, "others": 3, "of_others": 20},
      "inside": {"payments": 24, "of_payments": 35, "workers": 9, "of_workers": 12},
      "funder": {"account": "bo\"ss", "workers": 8, "of_workers": 11, "minus_log10_p": 0.500})");
  const std::string said = circumstances_text(found, "bo\x1bss", TimeAxis::seconds);
  EXPECT_NE(
      said.find("burst        12 of 42 purchases came between 2017-03-06 02:59:59Z and 2017-03-06 04:00:01Z, 45.1 "
                "times their share of all payments; chance at most 10^-12.3 if they came as all payments do\n"),
      std::string::npos)
      << said;
  EXPECT_NE(
      said.find("fresh        7 of 10 workers were first seen at most 7 d 0 h before they first bought; 3 of 20 other "
                "customers\n"),
      std::string::npos)
      << said;
  EXPECT_NE(said.find("funder       8 of 11 workers got their first money from "), std::string::npos) << said;
  EXPECT_EQ(said.find("10^-0.5"), std::string::npos) << "no surprise";
  EXPECT_EQ(said.find('\x1b'), std::string::npos);
}

TEST(DiscoverTable, has_a_row_a_farm_and_worker) {
  EXPECT_EQ(
      text([](Sink& sink, const Ledger& ledger, const discover::Result& result) { write_csv(sink, ledger, result); }),
      R"(farm,group,score,exceedance,model,asset,merchants,delegations,workers,worker,purchases,spent,rewards,received,purchase_tx,purchase_time,purchase_from,purchase_to,purchase_asset,purchase_amount,reward_tx,reward_time,reward_from,reward_to,reward_asset,reward_amount,funding_tx,funding_time,funding_from,funding_to,funding_asset,funding_amount
1,1,8.341,0.25,advanced,native,m,d,3,u,1,100,1,104,p1,1488769200,u,m,native,100,r1,1488772800,d,u,native,104,f1,1488769440,m,d,native,1200
1,1,8.341,0.25,advanced,native,m,d,3,v,1,200,1,210,p2,1488769260,v,m,native,200,r2,1488772860,d,v,native,210,f1,1488769440,m,d,native,1200
1,1,8.341,0.25,advanced,native,m,d,3,w,2,800,1,848,p3,1488769320,w,m,native,300,,,,,,,,,,,,
)");
}

TEST(DiscoverText, says_what_somebody_cleared) {
  const Ledger ledger = small_ledger();
  DiscoverOptions options = asking();
  options.decisions = {{"m", Verdict::cleared, "our \x1b shop"}};
  TextSink sink;
  write_text(sink, ledger, options, find_farms(*make_cpu({2}), ledger, options, {2}), false);
  EXPECT_NE(sink.text.find("0 suspected farms"), std::string::npos) << sink.text;
  EXPECT_NE(sink.text.find("cleared 1: a farm, had nobody cleared it"), std::string::npos);
  EXPECT_NE(sink.text.find("  cleared: m, our "), std::string::npos);
  EXPECT_EQ(sink.text.find('\x1b'), std::string::npos);
}

// Each innocent story in its own words, with the figures that it fits with.
TEST(Stories, say_who_else_it_may_be_and_why) {
  discover::Farm farm;
  farm.signals.workers = 12, farm.signals.trading_on = 3, farm.signals.plain_refunds = 5, farm.signals.recipients = 40;
  farm.signals.customers = 60, farm.signals.votes_in_order = 11, farm.signals.votes_out_of_order = 4;
  farm.signals.votes_more = 10, farm.signals.votes_less = 2, farm.signals.interest = 0.42, farm.signals.matched = 17;
  farm.signals.delay = 300, farm.signals.funded = 0.6;
  farm.delegations = {Account{1}};
  const auto told = [&](discover::Story story) { return story_text(story, farm, TimeAxis::seconds); };
  using enum discover::Story;
  EXPECT_EQ(told(launch), "a launch or sale that gives money back: 3 of 12 accounts bought again once it had begun to");
  EXPECT_EQ(told(refund),
            "a shop that refunds: besides 12 accounts that were paid more, 5 got back what they had paid or less; it "
            "paid 40 accounts and has 60 customers");
  EXPECT_EQ(
      told(exchange),
      "an exchange or market: 40 accounts were paid; 4 of 15 before rather than after, 2 of 12 less rather than more");
  EXPECT_EQ(told(lending),
            "a lender or a staking pool: who waited longer was paid more (correlation 0.42 of 17 payments)");
  EXPECT_EQ(told(forwarder),
            "addresses that pass money on: 5 min from purchase to payment in the median, and the merchants paid the "
            "payers 60 % of the rewards");
}

TEST(DiscoverMerchants, are_lines_for_scan) {
  EXPECT_EQ(text([](Sink& sink, const Ledger& ledger, const discover::Result& result) {
              write_merchants(sink, ledger, result);
            }),
            "m\n");
}

TEST(DiscoverText, prints_no_control_characters_of_the_ledger) {
  std::vector<TestRow> rows;
  for (int i = 0; i < 2; ++i) {
    rows.push_back({10 + 20 * i, "a\x1b[2J", "b", Amount{5}, "to\nken", "i\x07"});
    rows.push_back({20 + 20 * i, "b", "a\x1b[2J", Amount{5}, "to\nken", ""});
  }
  const Ledger ledger = testing::make_ledger(rows);
  TextSink sink;
  write_text(sink, ledger, asking(), find_farms(*make_cpu({2}), ledger, asking(), {1}), false);
  EXPECT_NE(sink.text.find("loop 1: 2 accounts, 2 trips"), std::string::npos) << sink.text;
  EXPECT_EQ(std::ranges::count_if(sink.text, [](char c) { return c == '\x1b' || c == '\x07'; }), 0);
}

}  // namespace
}  // namespace ringscan
