// What the device pipelines promise beyond the seam: any order and number of threads, the memory they said they need,
// intersections on both sides of 64 merchants, the band index against a walk, pairs in chunks. ThreadSanitizer runs
// this file too.
#include <gtest/gtest.h>

#include "kernels/host_backend.hpp"
#include "reference/reference.hpp"
#include "tests/support.hpp"

namespace ringscan::kernels {
namespace {

using testing::make_ledger;
using testing::RandomQuestion;
using testing::TestRow;

TEST(BandIndex, is_what_a_walk_finds) {
  std::mt19937_64 random(1);
  HostSpace space;
  for (const std::uint64_t size : {0, 1, 2, 3, 63, 64, 65, 127, 128, 129, 200})
    for (int round = 0; round < 10; ++round) {
      std::vector<AmountKey> values(size);
      for (AmountKey& value : values) value = random() % 10;
      const BandIndex<HostSpace> index(space, values.data(), size);
      for (int question = 0; question < 100; ++question) {
        const std::uint64_t begin = random() % (size + 2);
        const rules::Band band = {random() % 11, random() % 4 == 0 ? rules::no_limit : random() % 11};
        std::uint64_t first = begin;
        while (first < size && !band.holds(values[first])) ++first;
        ASSERT_EQ(index.view().first_from(begin, band), std::min(first, size)) << size;
      }
    }
}

TEST(HostSpace, sorts_by_the_bits_that_it_is_told_of_and_no_others) {
  HostSpace space;
  const std::vector<std::uint64_t> keys = {0x13, 0x02, 0x23, 0x01, 0x12}, values = {0, 1, 2, 3, 4};
  std::vector<std::uint64_t> keys_out(5), values_out(5);
  sort_pairs(space, keys.data(), keys_out.data(), values.data(), values_out.data(), 5, 4);
  EXPECT_EQ(values_out, (std::vector<std::uint64_t>{3, 1, 4, 0, 2})) << "stable, by the low 4 bits";
  sort_pairs(space, keys.data(), keys_out.data(), values.data(), values_out.data(), 5, 64);
  EXPECT_EQ(values_out, (std::vector<std::uint64_t>{3, 1, 4, 0, 2}));
}

// Suspicions of `customers` accounts at up to `merchants` merchants, distinct and sorted.
std::vector<Suspicion> random_suspicions(std::mt19937_64& random, std::uint32_t merchants, std::uint32_t customers) {
  std::vector<Suspicion> suspicions;
  for (std::uint32_t m = 0; m < merchants; ++m)
    for (std::uint32_t c = 0; c < customers; ++c)
      if (random() % 3 != 0) suspicions.push_back({m, Account{c}});
  return suspicions;
}

TEST(Intersections, agree_on_both_sides_of_64_merchants) {
  std::mt19937_64 random(2);
  const Ledger ledger = make_ledger({testing::pay(1, "a", "b", 1)});
  LedgerView view = ledger.view();
  view.account_count = 20;
  for (const std::uint32_t merchants : {1u, 2u, 63u, 64u, 65u, 200u})
    for (const unsigned threads : {1u, 3u}) {
      const std::vector<Suspicion> suspicions = random_suspicions(random, merchants, 20);
      HostSpace space;
      space.threads = threads;
      const std::uint64_t of_first =
          std::uint64_t(std::ranges::count(suspicions, Account{0}, &Suspicion::customer));  // somebody just reaches it
      for (const std::uint64_t quorum : {std::uint64_t{1}, of_first, of_first + 1, std::uint64_t{merchants}})
        EXPECT_EQ(make_host_join(Form::partition_on_device, {}, space)->find_workers(view, suspicions, quorum),
                  make_reference({})->find_workers(view, suspicions, quorum))
            << merchants << " merchants, quorum " << quorum;
    }
}

class Forms : public ::testing::TestWithParam<Form> {};

// One ledger of every kind of tie, asked under several threads, backwards, and with every model.
TEST_P(Forms, do_not_depend_on_threads_or_order) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 25; ++round) {
    const Ledger ledger = make_ledger(testing::random_rows(random, 60));
    const RandomQuestion question = testing::random_question(random, ledger);
    const LedgerView view = ledger.view();
    const auto once = make_host_join(GetParam());
    HostSpace crowded;
    crowded.threads = 3;
    crowded.backwards = true;
    const auto again = make_host_join(GetParam(), {}, crowded);
    const std::vector<Suspicion> suspects = once->find_suspects(view, question.rule, question.merchants);
    ASSERT_EQ(again->find_suspects(view, question.rule, question.merchants), suspects);
    ASSERT_EQ(again->find_evidence(view, question.rule, question.merchants, suspects),
              once->find_evidence(view, question.rule, question.merchants, suspects));
    ASSERT_EQ(again->count_hits(view, question.rule, {}), once->count_hits(view, question.rule, {}));
  }
}

TEST_P(Forms, take_no_more_memory_than_they_said) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 30; ++round) {
    // Fewer than 500 rows: beyond, oneTBB sorts the ledger with threads that ThreadSanitizer cannot follow.
    const Ledger ledger = make_ledger(testing::random_rows(random, 450));
    const RandomQuestion question = testing::random_question(random, ledger);
    const LedgerView view = ledger.view();
    const QuestionSize size =
        measure_question(view, question.rule, make_question(view, question.rule, question.merchants));
    const auto backend = make_host_join(GetParam());
    backend->find_suspects(view, question.rule, question.merchants);
    EXPECT_LE(backend->space().peak_bytes + library_scratch, memory_needed(size, GetParam() == Form::every_pair))
        << "model " << int(question.rule.model);
    EXPECT_EQ(backend->space().bytes, 0u) << "everything is given back";
  }
}

TEST_P(Forms, refuse_before_allocating_what_does_not_fit) {
  const Ledger ledger = make_ledger({testing::pay(1, "w", "m", 1), testing::pay(2, "x", "w", 2)});
  const std::vector<Merchant> merchants = {{testing::account(ledger, "m")}};
  HostSpace small;
  small.limit_bytes = 1000;
  const auto backend = make_host_join(GetParam(), {}, small);
  try {
    backend->find_suspects(ledger.view(), {}, merchants);
    FAIL();
  } catch (const Unavailable& error) {
    const std::string sentence = error.what();
    for (const char* part : {"needs 48 MiB", "0 MiB are free", "--backend cpu"})
      EXPECT_NE(sentence.find(part), std::string::npos) << sentence;
  }
  EXPECT_EQ(backend->space().peak_bytes, 0u);
}

// A ledger with an exchange question and one about all of its wallets, whose payers have 2 paths or many.
struct AskedOfPairs {
  Ledger ledger;
  ExchangeQuestion question;
  CommonQuestion common;

  explicit AskedOfPairs(std::mt19937_64& random)
      : ledger(make_ledger(testing::random_rows(random, 450))), question{{}, std::uint32_t(2 + random() % 30)} {
    common = {std::vector<bool>(ledger.wallet_account.size()), 1000, {~0u, ~0u, 2, 2, 3}};
  }
};

TEST(ExchangePipelines, do_not_depend_on_threads_order_pace_or_chunks) {
  std::mt19937_64 random(5);
  std::size_t pairs = 0;
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE(round);
    const AskedOfPairs asked(random);
    const LedgerView view = asked.ledger.view();
    const auto reference = make_reference({});
    const Exchanges exchanges = reference->collect_exchanges(view, asked.question);
    const CommonCounts common = reference->count_common_accounts(exchanges, asked.common);
    pairs += common.pairs.size();
    for (const Pace pace : {Pace::at_once, Pace::copies_first, Pace::copies_last}) {
      HostSpace crowded;
      crowded.threads = 3;
      crowded.backwards = round % 2 == 0;
      crowded.queues.pace = pace;
      const auto backend = make_host_join(Form::resident, {}, crowded, {0, 0, 1 + random() % 100});
      ASSERT_EQ(backend->collect_exchanges(view, asked.question), exchanges);
      ASSERT_EQ(backend->count_common_accounts(exchanges, asked.common), common);
    }
  }
  EXPECT_GT(pairs, 200u);
}

TEST(ExchangePipelines, take_no_more_memory_than_they_said) {
  std::mt19937_64 random(6);
  std::size_t several = 0;
  for (int round = 0; round < 40; ++round) {
    const AskedOfPairs asked(random);
    const LedgerView view = asked.ledger.view();
    const StepTuning tuning = {0, 0, round % 2 == 0 ? 0 : 1 + random() % 100};
    const auto backend = make_host_join(Form::resident, {}, {}, tuning);
    const Exchanges exchanges = backend->collect_exchanges(view, asked.question);
    EXPECT_LE(backend->space().peak_bytes + library_scratch, exchanges_need(view));
    const auto counting = make_host_join(Form::resident, {}, {}, tuning);
    const PathPlan plan = plan_paths(exchanges, asked.common, ~std::uint64_t{0}, tuning);
    std::uint64_t paths = 0;
    for (const PathChunk& chunk : plan.chunks) {
      EXPECT_EQ(chunk.first_path, paths);
      EXPECT_TRUE(tuning.most_paths == 0 || chunk.first_payer == chunk.last_payer ||
                  chunk.end_path - chunk.first_path <= tuning.most_paths);
      paths = chunk.end_path;
    }
    EXPECT_EQ(counting->count_common_accounts(exchanges, asked.common).paths, paths);
    EXPECT_LE(counting->space().peak_bytes + (paths > 0 ? library_scratch : 0), plan.needed_bytes);
    for (const auto* space : {&backend->space(), &counting->space()})
      EXPECT_EQ(space->bytes, 0u) << "everything is given back";
    several += plan.chunks.size() > 3;
  }
  EXPECT_GT(several, 10u);
}

TEST(ExchangePipelines, refuse_before_allocating_what_does_not_fit) {
  std::mt19937_64 random(7);
  const AskedOfPairs asked(random);
  const LedgerView view = asked.ledger.view();
  const Exchanges exchanges = make_reference({})->collect_exchanges(view, asked.question);
  const std::uint64_t least = plan_paths(exchanges, asked.common, 0, {}).needed_bytes;
  const auto limited = [&](std::uint64_t bytes) {
    HostSpace small;
    small.limit_bytes = bytes;
    return make_host_join(Form::resident, {}, small);
  };
  const auto too_small = limited(least - 1), enough = limited(least);
  for (const bool counts : {false, true}) {
    try {
      if (counts)
        too_small->count_common_accounts(exchanges, asked.common);
      else
        too_small->collect_exchanges(view, asked.question);
      FAIL();
    } catch (const Unavailable& error) {
      const std::string sentence = error.what();
      for (const char* part : {"needs 48 MiB", "48 MiB are free", "--backend cpu"})
        EXPECT_NE(sentence.find(part), std::string::npos) << sentence;
    }
  }
  EXPECT_EQ(too_small->space().peak_bytes, 0u);
  EXPECT_EQ(enough->count_common_accounts(exchanges, asked.common),
            make_reference({})->count_common_accounts(exchanges, asked.common))
      << "in chunks of one payer";
}

INSTANTIATE_TEST_SUITE_P(All, Forms,
                         ::testing::Values(Form::partition_on_device, Form::partition_on_host, Form::every_pair));

}  // namespace
}  // namespace ringscan::kernels
