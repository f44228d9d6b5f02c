// Ledgers that pass through a space in steps: the plan of the steps, the order of copies and kernels, distinct pairs in
// bounded memory, and answers that no step, pace, thread or lack of memory changes. ThreadSanitizer runs this file too.
#include <gtest/gtest.h>

#include <set>

#include "kernels/host_backend.hpp"
#include "reference/reference.hpp"
#include "tests/support.hpp"

namespace ringscan::kernels {
namespace {

using testing::make_ledger;
using testing::RandomQuestion;
using testing::TestRow;

#ifdef __SANITIZE_THREAD__
constexpr int rounds = 60;
#elif defined(__SANITIZE_ADDRESS__)
constexpr int rounds = 300;
#else
constexpr int rounds = 3000;
#endif

constexpr Pace paces[] = {Pace::at_once, Pace::copies_first, Pace::copies_last};

HostSpace space_of(Pace pace, unsigned threads = 1) {
  HostSpace space;
  space.threads = threads;
  space.queues.pace = pace;
  return space;
}

TEST(PlanSweep, holds_whole_groups_and_takes_larger_ones_in_two_rounds) {
  const std::vector<std::uint32_t> time = {1, 2, 2, 3, 5, 5, 5, 5, 5, 6};
  const std::vector<Step> expected = {{9, 10, true, true, true}, {4, 7, true, false, true}, {7, 9, true, false, true},
                                      {4, 7, false, true, true}, {7, 9, false, true, true}, {1, 4, true, true, false},
                                      {0, 1, true, true, true}};
  EXPECT_EQ(plan_sweep(time, 3), expected);
  EXPECT_EQ(plan_sweep(time, 100), (std::vector<Step>{{0, 10, true, true, false}}));
  EXPECT_EQ(plan_sweep({}, 3), std::vector<Step>());
  EXPECT_EQ(plan_forward(7, 3), (std::vector<Step>{{0, 3}, {3, 6}, {6, 7}}));
}

TEST(PlanSweep, tests_and_applies_every_row_once_and_no_time_early) {
  std::mt19937_64 random(1);
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::uint32_t> time(random() % 40);
    for (std::uint32_t& each : time) each = std::uint32_t(random() % (1 + random() % 30));
    std::ranges::sort(time);
    const std::uint64_t most_rows = 1 + random() % 12;
    std::vector<int> tested(time.size()), applied(time.size());
    for (const Step& step : plan_sweep(time, most_rows)) {
      ASSERT_LE(step.end - step.first, most_rows);
      ASSERT_LT(step.first, step.end);
      ASSERT_EQ(step.one_time, time[step.first] == time[step.end - 1]);
      for (Row row = step.first; row < step.end; ++row) {
        tested[row] += step.tests, applied[row] += step.applies;
        for (Row other = 0; other < time.size(); ++other) {
          if (!step.tests || time[other] < time[row] || (other >= step.first && other < step.end)) continue;
          ASSERT_EQ(applied[other], time[other] > time[row] ? 1 : 0);
        }
      }
    }
    ASSERT_TRUE(std::ranges::all_of(tested, [](int times) { return times == 1; }));
    ASSERT_TRUE(std::ranges::all_of(applied, [](int times) { return times == 1; }));
  }
}

struct AddTo {
  Columns rows;
  Row first;
  std::uint64_t* sums;  // by row of the ledger
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    sums[first + i] += rows.amount[i] + rows.time[i] + std::uint32_t(rows.from[i]) + std::uint32_t(rows.to[i]);
  }
};

// No visit reads anything back, so nothing but the events keeps copies and kernels from each other's slots.
TEST(StreamedChunks, shows_each_visit_its_own_rows_at_any_pace) {
  std::mt19937_64 random(2);
  const Ledger ledger = make_ledger(testing::random_rows(random, 300));
  const LedgerView view = ledger.view();
  for (const Pace pace : paces)
    for (const std::uint64_t most_rows : {1, 7, 1000})
      for (const std::uint64_t bytes_worth_threads : {0, 1 << 20}) {
        HostSpace space = space_of(pace);
        HostSpace::Buffer<std::uint64_t> sums(space, view.size());
        fill(space, sums.data(), view.size(), std::uint64_t{0});
        {
          PinnedRing<HostSpace> pinned(space, most_rows);
          StreamedChunks<HostSpace> chunks(space, view, nullptr, pinned, {most_rows, 2, bytes_worth_threads});
          for (int pass = 0; pass < 2; ++pass)
            chunks.for_each(plan_forward(view.size(), most_rows), [&](const Step& step, const Columns& rows) {
              for_each_index(space, rows.size, AddTo{rows, step.first, sums.data()});
            });
        }
        const std::vector<std::uint64_t> found = copy_out(space, sums.data(), view.size());
        for (Row row = 0; row < view.size(); ++row)
          ASSERT_EQ(found[row],
                    2 * (view.amount[row] + view.time[row] + to_index(view.from[row]) + to_index(view.to[row])))
              << "row " << row << ", pace " << int(pace) << ", steps of " << most_rows;
      }
}

TEST(StreamedChunks, may_be_left_in_the_middle) {
  std::mt19937_64 random(3);
  const Ledger ledger = make_ledger(testing::random_rows(random, 100));
  for (const Pace pace : paces) {
    HostSpace space = space_of(pace);
    PinnedRing<HostSpace> pinned(space, 7);
    const auto walk = [&] {
      StreamedChunks<HostSpace> chunks(space, ledger.view(), nullptr, pinned, {7, 2, 0});
      chunks.for_each(plan_forward(ledger.view().size(), 7), [](const Step& step, const Columns&) {
        if (step.first > 20) throw Interrupted();
      });
    };
    EXPECT_THROW(walk(), Interrupted);
    synchronize(space);
    EXPECT_EQ(space.bytes, 0u);
  }
}

TEST(PairSet, is_a_set_at_any_capacity) {
  std::mt19937_64 random(4);
  std::uint64_t put_down = 0;
  for (int round = 0; round < rounds / 3; ++round) {
    HostSpace space = space_of(paces[round % 3]);
    const std::uint64_t capacity = 1 + random() % 20, end = 1 + random() % 100;
    PairSet<HostSpace> pairs(space, capacity, bits_for(end));
    std::set<std::uint64_t> expected;
    for (std::uint64_t steps = random() % 30; steps > 0; --steps) {
      std::vector<std::uint64_t> some(random() % (capacity + 1));
      for (std::uint64_t& value : some) value = random() % end;
      expected.insert(some.begin(), some.end());
      copy_in<std::uint64_t>(space, pairs.append(some.size()), some);
    }
    put_down += pairs.put_down_count();
    if (random() % 2 == 0)
      ASSERT_EQ(pairs.count(), expected.size()) << "capacity " << capacity;
    else
      ASSERT_EQ(pairs.codes(), std::vector<std::uint64_t>(expected.begin(), expected.end())) << "capacity " << capacity;
    ASSERT_LE(space.peak_bytes, 16 * capacity);
  }
  EXPECT_GT(put_down, std::uint64_t{rounds}) << "small sets must overflow";
}

// Groups of equal times on both sides of every bound, one wallet in a third of all rows, keys of all widths.
TEST(Sweep, counts_like_the_reference_in_steps_of_any_size) {
  std::mt19937_64 random(5);
  const auto below = [&](std::size_t end) { return std::size_t(random() % end); };
  const auto reference = make_reference({});
  std::uint64_t hits = 0;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE(round);
    const std::size_t size = below(80), times = 1 + below(round % 2 == 0 ? 4 : 60);
    std::vector<TestRow> rows = testing::random_rows(random, size);
    for (TestRow& row : rows) {
      row.time = std::int64_t(below(times));
      if (below(3) == 0) row.to = "a0";
      if (below(4) == 0) row.from = "a0";
    }
    const Ledger ledger = make_ledger(rows);
    Rule rule = testing::random_question(random, ledger).rule;
    rule = {below(6) == 0 ? Model::purchase_only : Model::any, {}, {}, std::move(rule.excluded)};
    const Interval interval = below(3) == 0 ? Interval{std::int64_t(below(times)), std::int64_t(times)} : Interval{};
    const HitCount expected = reference->count_hits(ledger.view(), rule, interval);
    for (const std::uint64_t most_rows :
         {std::uint64_t{1}, std::uint64_t{7}, std::uint64_t{1 + below(30)}, std::uint64_t{1000}}) {
      const Form form = below(3) == 0 ? Form::resident : Form::streamed;
      const auto swept = make_host_join(form, {2}, space_of(paces[below(3)], below(20) == 0 ? 3 : 1),
                                        {most_rows, 1 + below(100), below(20) == 0 ? 0 : std::uint64_t{1} << 20});
      ASSERT_EQ(swept->count_hits(ledger.view(), rule, interval), expected) << "steps of " << most_rows;
      ASSERT_EQ(make_host_join(Form::partition_on_device)->count_hits(ledger.view(), rule, interval), expected);
    }
    hits += expected.hits;
  }
  EXPECT_GT(hits, std::uint64_t{rounds});
}

TEST(Sweep, settles_few_rows_in_small_steps) {
  std::mt19937_64 random(6);
  std::vector<TestRow> rows;
  for (int i = 0; i < 450; ++i)
    rows.push_back(testing::pay(i / 3, "a" + std::to_string(random() % 40), "a" + std::to_string(random() % 40),
                                1 + random() % 50));
  const Ledger ledger = make_ledger(rows);
  const LedgerView view = ledger.view();
  const Rule rule;
  const auto settled = [&](std::uint64_t most_rows) {
    HostSpace space;
    const ResidentQuestion<HostSpace> question(space, make_question(view, rule, Interval{}));
    Sweep<HostSpace> sweep(space, question.view(), rule, view.wallet_count(), most_rows);
    const ResidentChunks chunks{columns_of(view)};
    chunks.for_each(plan_sweep(view.time, most_rows),
                    [&](const Step& step, const Columns& part) { sweep.take(step, part); });
    return sweep.settled();
  };
  EXPECT_EQ(settled(3), 0u) << "a time a step";
  EXPECT_LT(settled(9), view.size() / 10);
  EXPECT_GT(settled(1000), view.size() / 3);
}

// Every question of a list of merchants, from a ledger that passes through.
TEST(Selection, answers_like_the_reference_in_steps_of_any_size) {
  std::mt19937_64 random(7);
  const auto reference = make_reference({});
  for (int round = 0; round < rounds / 10; ++round) {
    SCOPED_TRACE(round);
    const Ledger ledger = make_ledger(testing::random_rows(random, random() % 90));
    const RandomQuestion question = testing::random_question(random, ledger);
    const auto streamed =
        make_host_join(Form::streamed, {2}, space_of(paces[round % 3], 1 + round % 2 * 2),
                       {1 + random() % 40, 1 + random() % 40, round % 5 == 0 ? 0 : std::uint64_t{1} << 20});
    const auto suspects = reference->find_suspects(ledger.view(), question.rule, question.merchants);
    ASSERT_EQ(streamed->find_suspects(ledger.view(), question.rule, question.merchants), suspects);
    ASSERT_EQ(streamed->find_evidence(ledger.view(), question.rule, question.merchants, suspects),
              reference->find_evidence(ledger.view(), question.rule, question.merchants, suspects));
    ASSERT_EQ(streamed->count_customers(ledger.view(), question.merchants),
              reference->count_customers(ledger.view(), question.merchants));
    EXPECT_EQ(streamed->space().bytes, 0u) << "everything is given back";
  }
}

TEST(Memory, a_sweep_takes_no_more_than_planned) {
  std::mt19937_64 random(8);
  for (int round = 0; round < rounds / 20; ++round) {
    const Ledger ledger = make_ledger(testing::random_rows(random, 450));
    const LedgerView view = ledger.view();
    const Rule rule;
    const StepTuning tuning = {1 + random() % 500, 1 + random() % 500};
    for (const bool resident : {false, true}) {
      const auto backend = make_host_join(resident ? Form::resident : Form::streamed, {}, {}, tuning);
      backend->count_hits(view, rule, {});
      const StepPlan plan =
          plan_sweep_memory(view, make_question(view, rule, Interval{}), resident, ~std::uint64_t{0}, tuning);
      EXPECT_LE(backend->space().peak_bytes + library_scratch, plan.needed_bytes)
          << (resident ? "resident" : "streamed");
    }
  }
}

TEST(Memory, a_selection_takes_no_more_than_planned) {
  std::mt19937_64 random(9);
  for (int round = 0; round < rounds / 20; ++round) {
    const Ledger ledger = make_ledger(testing::random_rows(random, 450));
    const LedgerView view = ledger.view();
    const RandomQuestion question = testing::random_question(random, ledger);
    if (is_swept(question.rule)) continue;
    const StepTuning tuning = {1 + random() % 500};
    const auto backend = make_host_join(Form::streamed, {}, {}, tuning);
    const auto suspects = backend->find_suspects(view, question.rule, question.merchants);
    backend->find_evidence(view, question.rule, question.merchants, suspects);
    EXPECT_LE(backend->space().peak_bytes + library_scratch,
              backend->device_memory(view, question.rule, question.merchants).needed_bytes);
  }
}

// Room for what the question looks at, but not for the ledger.
TEST(Memory, a_ledger_that_does_not_fit_passes_through) {
  std::vector<TestRow> rows;
  for (int i = 0; i < 400; ++i)
    rows.push_back(testing::pay(i, "x" + std::to_string(i % 9), "y" + std::to_string(i % 7), 1 + i % 50));
  rows.push_back(testing::pay(100, "w", "m", 5));
  rows.push_back(testing::pay(200, "z", "w", 6));
  const Ledger ledger = make_ledger(rows);
  const LedgerView view = ledger.view();
  const std::vector<Merchant> merchants = {{testing::account(ledger, "m")}};
  const std::vector<Suspicion> suspects = {{0, testing::account(ledger, "w")}};
  const StepTuning tuning = {7, 20};
  for (const Rule& rule : {Rule{}, Rule{Model::any, 200, {}, {}}}) {
    HostSpace small;
    small.limit_bytes = library_scratch + 8000;
    EXPECT_THROW(make_host_join(Form::partition_on_device, {}, small)->count_hits(view, rule, {}), Unavailable);
    const auto backend = make_host_join(Form::resident, {}, small, tuning);
    EXPECT_EQ(backend->find_suspects(view, rule, merchants), suspects);
    EXPECT_EQ(backend->find_evidence(view, rule, merchants, suspects),
              make_reference({})->find_evidence(view, rule, merchants, suspects));
    EXPECT_LE(backend->space().peak_bytes + library_scratch, small.limit_bytes);
    if (is_swept(rule))
      EXPECT_EQ(backend->count_hits(view, rule, {}), make_reference({})->count_hits(view, rule, {}));
    else
      EXPECT_THROW(backend->count_hits(view, rule, {}), Unavailable) << "everything is selected";
    EXPECT_EQ(backend->space().bytes, 0u);
  }
}

}  // namespace
}  // namespace ringscan::kernels
