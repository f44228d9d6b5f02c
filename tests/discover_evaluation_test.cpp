// The evaluation of candidates, and the tails that it scores by, against slow readings of their descriptions.
#include <gtest/gtest.h>

#include "cpu/cpu.hpp"
#include "discover/candidates.hpp"
#include "discover/tails.hpp"
#include "tests/discover_reference.hpp"
#include "tests/support.hpp"

namespace ringscan {
namespace {

using namespace discover;
using testing::pay;
using testing::SlowEvaluation;

// Amounts about 1000, so that returns above, below, beside and outside the band abound; few times, so that ties do.
Ledger random_ledger(std::mt19937_64& random, std::size_t size) {
  const auto below = [&](std::size_t end) { return std::size_t(random() % end); };
  const std::size_t accounts = 4 + below(10), times = 5 + below(60);
  const std::size_t amounts[] = {900, 950, 990, 996, 1000, 1003, 1006, 1050, 1100, 1199, 1201, 1300, 2000};
  std::vector<testing::TestRow> rows;
  for (std::size_t i = 0; i < size; ++i)
    rows.push_back(pay(std::int64_t(below(times)), "a" + std::to_string(below(accounts)),
                       "a" + std::to_string(below(accounts)), below(20) == 0 ? 0 : amounts[below(std::size(amounts))],
                       below(4) == 0 ? "token" : "native"));
  return testing::make_ledger(rows);
}

DiscoverOptions random_options(std::mt19937_64& random) {
  DiscoverOptions options;
  options.within = 1 + random() % 40;
  options.rewards_a_purchase = std::uint32_t(1 + random() % 4);
  options.hub_degree = std::uint32_t(3 + random() % 10);
  options.min_workers = std::uint32_t(2 + random() % 2);
  options.max_recipients = std::uint32_t(3 + random() % 6);
  options.min_delay = random() % 3;
  return options;
}

Candidate random_candidate(std::mt19937_64& random, std::size_t nodes) {
  Candidate candidate;
  const bool is_direct = random() % 2 == 0;
  for (Node node = 0; node < nodes; ++node) {
    const auto role = random() % 5;
    if (role == 0) candidate.merchants.push_back(node);
    if (role == (is_direct ? 0u : 1u)) candidate.payers.push_back(node);
  }
  return candidate;
}

TEST(Evaluation, agrees_with_plain_loops) {
  std::mt19937_64 random(1);
  std::size_t with_workers = 0, told = 0;
  for (int round = 0; round < 6000; ++round) {
    const Ledger ledger = random_ledger(random, 20 + random() % 150);
    const DiscoverOptions options = random_options(random);
    const Candidate candidate = random_candidate(random, ledger.wallet_account.size());
    if (candidate.merchants.empty() || candidate.payers.empty()) continue;
    const TradeGraph graph(ledger.view(), options, {}, *make_cpu({}), {});
    const Evaluation evaluation = Evaluator(graph, options).evaluate(candidate);
    const Signals& found = evaluation.signals;
    std::vector<Node> workers;
    const auto slow = SlowEvaluation(ledger.view(), options).signals(candidate, found.side, workers);
    if (!slow) {
      EXPECT_EQ(found, Signals{}) << round;
      continue;
    }
    ++told;
    const auto counts = [](const Signals& s) {
      return std::tuple(s.workers, s.recipients, s.common, s.customers, s.votes_in_order, s.votes_out_of_order,
                        s.votes_more, s.votes_less, s.repeating, s.balanced, s.trading_on, s.delay, s.matched,
                        s.plain_refunds);
    };
    ASSERT_EQ(counts(found), counts(*slow)) << round;
    ASSERT_EQ(evaluation.workers, workers) << round;
    ASSERT_NEAR(found.interest, slow->interest, 1e-6) << round;
    ASSERT_DOUBLE_EQ(found.funded, slow->funded) << round;
    ASSERT_DOUBLE_EQ(found.spent, slow->spent) << round;
    ASSERT_DOUBLE_EQ(found.rewarded, slow->rewarded) << round;
    with_workers += found.workers >= options.min_workers;
  }
  EXPECT_GT(told, 500u);
  EXPECT_GT(with_workers, 200u);
}

TEST(DirectCandidates, pay_back_enough_of_their_customers) {
  std::mt19937_64 random(4);
  std::size_t candidates = 0, just_too_few = 0;
  for (int round = 0; round < 200; ++round) {
    const Ledger ledger = random_ledger(random, 60 + random() % 60);
    const DiscoverOptions options = random_options(random);
    const TradeGraph graph(ledger.view(), options, {}, *make_cpu({}), {});
    std::vector<Candidate> expected;
    for (Node merchant = 0; merchant < graph.node_count(); ++merchant) {
      std::uint32_t paid_back = 0;
      for (Node node = 0; node < graph.node_count(); ++node)
        paid_back +=
            graph.is_worker(node) && graph.find(node, merchant) != no_edge && graph.find(merchant, node) != no_edge;
      if (paid_back >= options.min_workers) expected.push_back({{merchant}, {merchant}});
      just_too_few += paid_back + 1 == options.min_workers;
    }
    EXPECT_EQ(direct_candidates(graph, options), expected) << round;
    candidates += expected.size();
  }
  EXPECT_GT(candidates, 100u);
  EXPECT_GT(just_too_few, 100u);
}

TEST(Links, connect_accounts_that_pay_one_and_are_paid_by_the_other) {
  std::mt19937_64 random(3);
  std::size_t links = 0, not_funded = 0;
  for (int round = 0; round < 200; ++round) {
    const Ledger ledger = random_ledger(random, 60 + random() % 60);
    DiscoverOptions options = random_options(random);
    options.linked_chance = options.strong_chance = options.overlap_chance = 1.1;
    options.overlap_share = 0.1 * double(1 + random() % 8);
    const TradeGraph graph(ledger.view(), options, {}, *make_cpu({}), {});
    std::vector<Link> expected;
    for (Node payer = 0; payer < graph.node_count(); ++payer) {
      std::vector<Link> of_payer;
      bool has_funded = false;
      for (Node merchant = 0; merchant < graph.node_count(); ++merchant) {
        std::uint32_t common = 0;
        for (Node node = 0; node < graph.node_count(); ++node)
          common +=
              graph.is_worker(node) && graph.find(node, merchant) != no_edge && graph.find(payer, node) != no_edge;
        const std::size_t recipients = graph.recipients(payer).size();
        if (payer == merchant || common < 2 || recipients > options.max_recipients) continue;
        const bool is_funded = graph.find(merchant, payer) != no_edge;
        const bool is_strong = common >= 3 && (is_funded || (recipients <= options.overlap_recipients &&
                                                             common >= options.overlap_share * double(recipients)));
        if (is_funded || is_strong) of_payer.push_back({merchant, payer, common, is_strong});
        has_funded |= is_funded;
      }
      if (has_funded) expected.insert(expected.end(), of_payer.begin(), of_payer.end());
      not_funded += !has_funded && !of_payer.empty();
    }
    Work work;
    EXPECT_EQ(find_links(graph, options, std::vector<bool>(graph.node_count()), *make_cpu({}), work), expected)
        << round;
    links += expected.size();
  }
  EXPECT_GT(links, 1000u);
  EXPECT_GT(not_funded, 30u);
}

TEST(Tails, are_the_sums_of_their_terms) {
  for (const double chance : {0.001, 0.1, 0.5, 0.93})
    for (const unsigned trials : {1u, 2u, 7u, 40u, 300u})
      for (unsigned count = 0; count <= trials; count += 1 + trials / 9) {
        long double term = std::pow(1 - (long double)chance, trials), tail = 0;
        for (unsigned i = 0; i <= trials; ++i) {
          if (i >= count) tail += term;
          term *= (long double)(trials - i) / (i + 1) * chance / (1 - (long double)chance);
        }
        EXPECT_NEAR(binomial_tail(count, trials, chance), double(-std::log10(tail)),
                    1e-8 * (1 - double(std::log10(tail))))
            << count << " of " << trials << " at " << chance;
      }
  for (const double mean : {1e-9, 0.02, 1.0, 17.5, 400.0})
    for (const unsigned count : {1u, 2u, 3u, 10u, 100u, 500u}) {
      long double term = std::exp(-(long double)mean), tail = 0;
      for (unsigned i = 0; i < 3000; ++i) {
        if (i >= count) tail += term;
        term *= (long double)mean / (i + 1);
      }
      if (!(tail > 0)) continue;
      EXPECT_NEAR(poisson_tail(count, mean), double(-std::log10(tail)), 1e-8 * (1 - double(std::log10(tail))))
          << count << " at " << mean;
    }
  EXPECT_EQ(poisson_tail(0, 3), 0);
  EXPECT_EQ(poisson_tail(1, 0), std::numeric_limits<double>::infinity());
  EXPECT_NEAR(binomial_tail(10'000, 10'000, 0.5), 10'000 * std::log10(2), 1e-6);  // far below the smallest double
}

TEST(NearestDouble, rounds_codes_as_the_amounts_that_they_stand_for) {
  for (const unsigned exponent : {1u, 52u, 53u, 56u, 57u, 63u, 64u, 100u, 128u, 255u})
    for (const std::uint64_t low : {0u, 1u, 2u, 3u, 5u, 1023u, 1024u, 1025u, 3072u})
      for (const unsigned half : {0u, 54u}) {  // and a bit where doubles end
        Amount amount = *add(testing::power_of_two(exponent), Amount{low});
        if (exponent >= half && half > 0) amount = *add(amount, testing::power_of_two(exponent - half + 1));
        const AmountKeys keys(stands_for_one_amount(order_code(amount)) ? std::vector<Amount>{} : std::vector{amount});
        const double direct = nearest_double(amount);
        EXPECT_EQ(nearest_double(keys.view(), true, keys.key(amount)), direct) << to_string(amount);
        EXPECT_EQ(nearest_double(keys.view(), false, keys.key(amount)), direct) << to_string(amount);
        EXPECT_EQ(direct, std::strtod(to_string(amount).c_str(), nullptr)) << to_string(amount);
      }
}

}  // namespace
}  // namespace ringscan
