// Proves that transactions of coins become the payments of the edge model, and that accounts which spend together
// become one, named by the smallest, in whatever order they are met; both against plain restatements on random data.
#include "read/utxo.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "files.hpp"

namespace ringscan::testing {
namespace {

// An array of coins: "A B 5" has two addresses and the value 5.
std::string coins(const std::vector<std::pair<std::vector<std::string>, int>>& all) {
  std::string text;
  for (const auto& [addresses, value] : all) {
    std::string list;
    for (const std::string& address : addresses) list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", address);
    text +=
        fmt::format("{}{{\"script_asm\": \"OP_\\\"DUP\\\" [\", \"addresses\": [{}], \"type\": \"x\", \"value\": {}}}",
                    text.empty() ? "" : ", ", list, value);
  }
  return "[" + text + "]";
}

std::string expand(CoinTransaction& transaction, const std::string& inputs, const std::string& outputs,
                   bool is_coinbase = false) {
  const CoinTransaction::Problem problem = transaction.read(inputs, outputs, is_coinbase);
  if (problem.where != CoinTransaction::Problem::Where::nowhere) return problem.what;
  std::string text;
  for (CoinPayment payment; transaction.next(payment);)
    text += fmt::format("{}:{}>{} {}\n", payment.number, payment.from, payment.to, to_string(payment.amount));
  return text;
}

std::string together(const CoinTransaction& transaction) {
  std::string text;
  for (const std::string_view account : transaction.spent_together()) text += std::string(account) + ' ';
  return text;
}

class Coins : public ::testing::Test {
 protected:
  CoinTransaction pairs{UtxoModel::all_pairs, "addresses", 0, false};
  CoinTransaction entities{UtxoModel::entities, "addresses", 0, false};
};

TEST_F(Coins, OfOneSenderAreOnePaymentAnOutput) {
  const std::string inputs = coins({{{"A"}, 9}, {{"A"}, 1}}), outputs = coins({{{"B"}, 5}, {{"B"}, 2}, {{"A"}, 3}});
  for (CoinTransaction* model : {&pairs, &entities}) {
    EXPECT_EQ(expand(*model, inputs, outputs), "0:A>B 5\n1:A>B 2\n2:A>A 3\n");
    EXPECT_EQ(together(*model), "");
  }
}

TEST_F(Coins, OfSeveralSendersFollowTheModel) {
  const std::string inputs = coins({{{"C"}, 9}, {{"A"}, 1}, {{"C"}, 1}}), outputs = coins({{{"B"}, 5}, {{"C"}, 3}});
  EXPECT_EQ(expand(pairs, inputs, outputs), "0:A>B 5\n1:C>B 5\n2:C>C 3\n");
  EXPECT_EQ(together(pairs), "");
  EXPECT_EQ(expand(entities, inputs, outputs), "0:A>B 5\n1:C>C 3\n");
  EXPECT_EQ(together(entities), "A C ");
  EXPECT_EQ(expand(entities, coins({{{"A"}, 1}}), outputs), "0:A>B 5\n1:A>C 3\n") << "nothing is left of the last one";
  EXPECT_EQ(together(entities), "");
}

TEST_F(Coins, WithoutSenderOrReceiverSaySo) {
  const std::string outputs = coins({{{"B"}, 5}, {{}, 0}});
  for (CoinTransaction* model : {&pairs, &entities}) {
    for (const char* nothing : {"", "[]", "null"}) EXPECT_EQ(expand(*model, nothing, outputs), "0:>B 5\n1:> 0\n");
    EXPECT_EQ(expand(*model, coins({{{}, 1}}), outputs), "0:>B 5\n1:> 0\n") << "shielded inputs have a type";
    EXPECT_EQ(expand(*model, R"([{"coinbase": "04ff"}])", outputs, true), "0:>B 5\n1:> 0\n");
    EXPECT_EQ(expand(*model, coins({{{"A"}, 1}}), outputs), "0:A>B 5\n1:A> 0\n");
  }
}

TEST_F(Coins, OfMultisigBelongToAnAccountOfItsOwn) {
  EXPECT_EQ(expand(pairs, coins({{{"A"}, 9}}), coins({{{"C", "B", "C"}, 5}})), "0:A>B+C 5\n");
  EXPECT_EQ(expand(pairs, coins({{{"B", "C"}, 5}}), coins({{{"B"}, 3}, {{"C", "B"}, 2}})), "0:B+C>B 3\n1:B+C>B+C 2\n");
}

TEST_F(Coins, OfNonstandardScriptsJoinNobody) {
  const std::string odd = "nonstandard0123";
  EXPECT_EQ(expand(entities, coins({{{"A"}, 1}, {{odd}, 1}, {{"z"}, 1}}), coins({{{odd}, 2}, {{"B"}, 1}})),
            "0:" + odd + ">" + odd + " 2\n1:A>B 1\n");
  EXPECT_EQ(together(entities), "A z ");
  EXPECT_EQ(expand(entities, coins({{{odd}, 1}, {{"z"}, 1}}), coins({{{"B"}, 1}})), "0:z>B 1\n");
  EXPECT_EQ(together(entities), "");
  EXPECT_EQ(expand(entities, coins({{{odd}, 1}}), coins({{{"B"}, 1}})), "0:" + odd + ">B 1\n");
}

TEST_F(Coins, KeepTheirExactValues) {
  EXPECT_EQ(expand(pairs, coins({{{"A"}, 1}}), R"([{"value": 18446744073709551617 , "addresses":["\u0042"]}])"),
            "0:A>B 18446744073709551617\n");
  EXPECT_EQ(expand(pairs, "[]", R"([{"addresses":["B"],"value":"5"}])"), "0:>B 5\n") << "as BigQuery writes NUMERIC";
  CoinTransaction aws(UtxoModel::entities, "address", 8, true);
  EXPECT_EQ(expand(aws, R"([{"address": "A", "value": 0.1}])",
                   R"([{"address": "B", "value": 0.30000000000000004}, {"address": "C", "value": 1e-08}])"),
            "0:A>B 30000000\n1:A>C 1\n");
}

TEST_F(Coins, ThatNobodyEnrichedEndTheReading) {
  const std::string bare =
      R"([{"index": 0, "spent_transaction_hash": "ab", "addresses": [], "value": null, "type": null}])";
  const CoinTransaction::Problem problem = pairs.read(bare, coins({{{"B"}, 5}}), false);
  EXPECT_TRUE(problem.ends_reading);
  EXPECT_TRUE(contains(problem.what, "bitcoinetl enrich_transactions")) << problem.what;
  CoinPayment payment;
  EXPECT_FALSE(pairs.next(payment));
  EXPECT_EQ(expand(pairs, bare, coins({{{"B"}, 5}}), true), "0:>B 5\n");
  EXPECT_TRUE(contains(expand(pairs, "[]", R"([{"address": "B", "value": 5}])"), "--schema aws"));
  CoinTransaction aws(UtxoModel::entities, "address", 8, true);
  EXPECT_TRUE(contains(expand(aws, coins({{{"A"}, 1}}), "[]"), "--schema bitcoin-etl"));
}

TEST_F(Coins, AreRefusedWhereMalformed) {
  const std::string inputs = coins({{{"A"}, 1}});
  for (const char* text : {"x", "{}", "5", "[5]", "[{]", "[{\"value\": 5}", "[{\"addresses\": 5, \"value\": 1}]",
                           "[{\"addresses\": [5], \"value\": 1}]", "[{\"value\": {}}]", "[{\"addresses\": [\"A\"}]"}) {
    CoinPayment payment;
    EXPECT_NE(pairs.read(inputs, text, false).what, "") << text;
    EXPECT_FALSE(pairs.next(payment)) << text;
    EXPECT_EQ(expand(pairs, inputs, coins({{{"B"}, 5}})), "0:A>B 5\n") << "the next one is read all the same";
  }
  EXPECT_TRUE(contains(expand(pairs, "[", coins({{{"B"}, 5}})), "not a JSON array"));
  EXPECT_TRUE(contains(expand(pairs, inputs, "[] []"), "follows"));
  EXPECT_TRUE(contains(expand(pairs, inputs, "[]"), "no outputs"));
  EXPECT_TRUE(contains(expand(pairs, inputs, ""), "no outputs"));
  EXPECT_TRUE(contains(expand(pairs, inputs, R"([{"addresses": ["B"]}])"), "'' is empty"));
  EXPECT_TRUE(contains(expand(pairs, inputs, coins({{{"B"}, -5}})), "'-5' is negative"));
  EXPECT_TRUE(contains(expand(pairs, inputs, R"([{"addresses": ["B\u0001"], "value": 1}])"), "control characters"));
}

TEST_F(Coins, ThatWereTamperedWithAreReadOrRefused) {
  std::mt19937_64 random(3);
  const std::string inputs = coins({{{"A", "C"}, 1}}), outputs = coins({{{"B"}, 5}, {{"A"}, 7}});
  for (int round = 0; round < 5000; ++round) {
    std::string text = outputs;
    for (std::size_t changes = 1 + random() % 4; changes-- > 0;) {
      const std::size_t at = random() % text.size();
      if (random() % 3 == 0) text.resize(at + 1);
      text[at] = R"([]{}",:\\0n )"[random() % 12];
    }
    CoinPayment payment;
    if (entities.read(inputs, text, false).what.empty()) {
      EXPECT_TRUE(entities.next(payment)) << text;
    } else {
      EXPECT_FALSE(entities.next(payment)) << text;
    }
  }
}

TEST_F(Coins, AreEveryPairOfSenderAndOutput) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::pair<std::vector<std::string>, int>> in(1 + random() % 5), out(1 + random() % 5);
    for (auto& coin : in) coin = {{std::string(1, char('A' + random() % 6))}, 1};
    for (auto& coin : out) coin = {{std::string(1, char('A' + random() % 6))}, int(random() % 9)};
    std::set<std::string> senders;
    for (const auto& coin : in) senders.insert(coin.first[0]);
    std::string expected;
    int number = 0;
    for (const auto& [to, value] : out)
      for (const std::string& from : senders.contains(to[0]) ? std::set<std::string>{to[0]} : senders)
        expected += fmt::format("{}:{}>{} {}\n", number++, from, to[0], value);
    EXPECT_EQ(expand(pairs, coins(in), coins(out)), expected);
  }
}

TEST(EntitiesTest, AreTheConnectedAccountsNamedByTheSmallest) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 300; ++round) {
    const std::uint32_t count = 1 + std::uint32_t(random() % 30);
    std::vector<std::string> names;
    for (std::uint32_t id = 0; id < count; ++id) names.push_back("account" + std::to_string(id));
    std::ranges::shuffle(names, random);
    std::vector<std::vector<std::uint32_t>> groups(random() % 20);
    for (auto& group : groups)
      for (std::size_t i = random() % 4; i-- > 0;) group.push_back(std::uint32_t(random() % count));
    // The plain way: give the smaller name to both until nothing changes.
    std::vector<std::string> expected = names;
    for (bool changed = true; changed;) {
      changed = false;
      for (const auto& group : groups)
        for (const std::uint32_t a : group)
          for (const std::uint32_t b : group)
            if (expected[a] < expected[b]) expected[b] = expected[a], changed = true;
    }
    Entities entities;
    for (const auto& group : groups) entities.join(group);
    const auto found = entities.representatives(count, [&](auto a, auto b) { return names[a] < names[b]; });
    ASSERT_EQ(found.size(), count);
    for (std::uint32_t id = 0; id < count; ++id) EXPECT_EQ(names[found[id]], expected[id]);
    std::ranges::shuffle(groups, random);
    Entities again;
    for (const auto& group : groups) again.join(group);
    EXPECT_EQ(again.representatives(count, [&](auto a, auto b) { return names[a] < names[b]; }), found);
  }
}

}  // namespace
}  // namespace ringscan::testing
