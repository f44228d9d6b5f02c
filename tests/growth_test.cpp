// The work of the backend cpu, counted and not timed: how it grows from n to 4n rows on ledgers that tempt an algorithm
// to walk, and how much it is on a small fixed ledger, so that a slower algorithm fails here and a busy machine does
// not.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "cpu/cpu.hpp"
#include "generate/random.hpp"
#include "kernels/host_backend.hpp"
#include "tests/support.hpp"

namespace ringscan {
namespace {

enum class Shape { uniform, power_law, hot_account, hot_near_miss, hot_triangle, one_time, one_account };
constexpr const char* shape_names[] = {"uniform",      "power_law", "hot_account", "hot_near_miss",
                                       "hot_triangle", "one_time",  "one_account"};

// hot_account: account 0 has a twentieth of all receipts, all smaller than what it pays, and is a customer everywhere.
// hot_near_miss: the same with receipts that are larger than any gain that is asked for. hot_triangle: accounts 0, 1
// and 2 are worker, merchant and delegation in 6 % of all rows, and no reward is as large as a purchase. one_account:
// account 0 is on one side of every row.
Ledger make(Shape shape, std::uint64_t rows) {
  constexpr std::uint64_t hot_price = std::uint64_t{1} << 20;
  const auto accounts = std::uint32_t(rows / 8);
  Random random(7);
  const auto anybody = [&] {
    return 1 + std::uint32_t(shape == Shape::power_law ? random.zipf_below(accounts - 1) : random.below(accounts - 1));
  };
  Ledger ledger;
  ledger.first_time = 1'600'000'000;
  std::uint32_t next_merchant = 0;
  for (std::uint64_t row = 0; row < rows; ++row) {
    std::uint32_t from = anybody(), to = anybody();
    if (to == from) to = 1 + from % (accounts - 1);
    const std::uint64_t octave = std::uint64_t{1} << random.below(40);
    std::uint64_t amount = octave + random.below(octave);
    const std::uint64_t kind = random.below(100);
    if ((shape == Shape::hot_account || shape == Shape::hot_near_miss) && kind < 7) {
      if (kind < 2) {
        from = 0, to = 1 + next_merchant++ % (accounts - 1), amount = hot_price;
      } else {
        to = 0, amount = shape == Shape::hot_account ? 1 + random.below(hot_price - 1)
                                                     : 3 * hot_price + random.below(hot_price);
      }
    } else if (shape == Shape::hot_triangle && kind < 6) {
      from = std::uint32_t(kind % 3), to = (from + 1) % 3;
      amount = from == 0 ? hot_price : 1 + random.below(hot_price - 1);
    } else if (shape == Shape::one_account) {
      (kind < 50 ? from : to) = 0;
    }
    ledger.from.push_back(Wallet(from));
    ledger.to.push_back(Wallet(to));
    ledger.time.push_back(shape == Shape::one_time ? 0 : std::uint32_t(row / 4) * 12);
    ledger.amount.push_back(2 * amount);
  }
  for (std::uint32_t account = 0; account < accounts; ++account) {
    ledger.wallet_account.push_back(Account(account));
    ledger.wallet_asset.push_back(Asset(0));
    ledger.accounts.push_back_packed("");
  }
  ledger.assets.push_back_packed("native");
  return ledger;
}

struct Question {
  std::string name;
  Rule rule;
};

std::vector<Question> questions() {
  const std::optional<Decimal> gain = parse_decimal("0.2");
  constexpr std::uint64_t within = 6000;
  return {{"time", {Model::purchase_only, {}, {}, {}}},
          {"plain", {}},
          {"within", {Model::any, within, {}, {}}},
          {"gain", {Model::any, {}, gain, {}}},
          {"band", {Model::any, within, gain, {}}},
          {"enhanced", {Model::enhanced, within, gain, {}}},
          {"basic", {Model::basic, within, {}, {}}},
          {"advanced", {Model::advanced, {}, {}, {}}},
          {"advanced-within", {Model::advanced, within, {}, {}}},
          {"advanced-band", {Model::advanced, within, gain, {}}},
          {"advanced-gain", {Model::advanced, {}, gain, {}}}};
}

struct Counted {
  std::uint64_t rows, comparisons, bytes;
  double total() const { return double(rows) + double(comparisons) + double(bytes) / 8; }
};

// `merchants`: every so many-th account is one, and suspects and all their evidence are asked for; 0: all receivers
// are, and are counted.
Counted work_of(const Ledger& ledger, const Rule& rule, std::uint32_t merchants, unsigned threads) {
  BackendWork work;
  BackendOptions options{threads};
  options.work = &work;
  const auto cpu = make_cpu(options);
  if (merchants == 0) {
    cpu->count_hits(ledger.view(), rule, {});
  } else {
    std::vector<Merchant> asked;
    for (std::uint32_t account = 1; account < ledger.accounts.size(); account += merchants)
      asked.push_back({Account(account)});
    const std::vector<Suspicion> suspects = cpu->find_suspects(ledger.view(), rule, asked);
    cpu->find_evidence(ledger.view(), rule, asked, suspects);
  }
  return {work.rows, work.comparisons, work.bytes};
}

class Growth : public ::testing::TestWithParam<Shape> {
 protected:
  static void expect_linear(std::uint32_t merchants) {
    constexpr std::uint64_t least = 80'000;
    const Ledger once = make(GetParam(), least), four_times = make(GetParam(), 4 * least);
    const bool tempts_advanced = GetParam() == Shape::power_law || GetParam() == Shape::one_account;
    for (const Question& question : questions()) {
      SCOPED_TRACE(question.name);
      const double before = work_of(once, question.rule, merchants, 2).total();
      const double after = work_of(four_times, question.rule, merchants, 2).total();
      const bool walks = question.name == "gain" || question.name == "advanced-gain";
      if (question.rule.model == Model::advanced && tempts_advanced && (merchants > 0 || walks)) {
        EXPECT_LT(after, least * std::sqrt(4 * least)) << "more than N sqrt(N) / 4";
      } else {
        // Without a window, walks of bounded length are not yet of that length at the smaller size.
        EXPECT_LT(std::log(after / before) / std::log(4), walks ? 1.2 : 1.05) << before << " -> " << after;
      }
    }
  }
};

// Four times the merchants, on the same ledger.
TEST_P(Growth, InMerchants) {
  const Ledger ledger = make(GetParam(), 80'000);
  for (const Question& question : questions()) {
    SCOPED_TRACE(question.name);
    const double few = work_of(ledger, question.rule, 40, 2).total(),
                 many = work_of(ledger, question.rule, 10, 2).total();
    EXPECT_LE(many, 4 * few) << few << " -> " << many;
  }
}

TEST_P(Growth, OfCountsOverAllReceivers) { expect_linear(0); }
TEST_P(Growth, OfSuspectsAndEvidenceAtManyMerchants) { expect_linear(10); }

INSTANTIATE_TEST_SUITE_P(All, Growth,
                         ::testing::Values(Shape::uniform, Shape::power_law, Shape::hot_account, Shape::hot_near_miss,
                                           Shape::hot_triangle, Shape::one_time, Shape::one_account),
                         [](const auto& test) { return std::string(shape_names[int(test.param)]); });

// The guard: what these questions took when the values were written down, on a ledger of 50,000 rows with one thread.
// More is a slower algorithm; less is a faster one, and new values here.
struct Stored {
  Shape shape;
  const char* question;
  std::uint32_t merchants;
  Counted work;
};
constexpr Stored stored[] = {
    {Shape::power_law, "plain", 0, {50'000, 40'314, 322'496}},
    {Shape::power_law, "within", 0, {148'000, 28'528, 228'224}},
    {Shape::power_law, "band", 0, {50'000, 835'871, 44'544}},
    {Shape::power_law, "enhanced", 0, {100'000, 21'603, 768}},
    {Shape::power_law, "basic", 0, {100'000, 14'965, 27'264}},
    {Shape::uniform, "advanced", 0, {200'000, 449'495, 1'600'000}},
    {Shape::power_law, "plain", 10, {295'647, 146'183, 887'808}},
    {Shape::power_law, "band", 10, {273'728, 216'686, 1'202'112}},
    {Shape::uniform, "advanced", 10, {332'037, 98'785, 672'048}},
    {Shape::hot_near_miss, "gain", 0, {100'000, 1'105'926, 4'808'704}},
};

TEST(Guard, CountedWorkIsWhatItWas) {
  for (const Stored& one : stored) {
    const Ledger ledger = make(one.shape, 50'000);
    for (const Question& question : questions()) {
      if (question.name != one.question) continue;
      const Counted found = work_of(ledger, question.rule, one.merchants, 1);
      const auto expect_near = [&](std::uint64_t count, std::uint64_t before, const char* what) {
        EXPECT_LE(double(count), 1.02 * double(before)) << what;
        EXPECT_GE(double(count), 0.98 * double(before)) << what;
      };
      SCOPED_TRACE(std::string(shape_names[int(one.shape)]) + ' ' + one.question + ' ' + std::to_string(one.merchants));
      expect_near(found.rows, one.work.rows, "rows");
      expect_near(found.comparisons, one.work.comparisons, "comparisons");
      expect_near(found.bytes, one.work.bytes, "bytes");
      if (HasFailure()) ADD_FAILURE() << '{' << found.rows << ", " << found.comparisons << ", " << found.bytes << '}';
    }
  }
}

// The device pipelines' own kernels are launched by question, not by row: a launch a purchase, a merchant or a worker
// would cost more than the work itself. An index of amounts takes two launches a level, that is a bit of its size.
TEST(Guard, LaunchesDoNotFollowTheRows) {
  struct Launched {
    const char* question;
    std::uint64_t count, listed;  // at 50,000 rows
  };
  constexpr Launched before[] = {{"plain", 9, 63}, {"band", 52, 87}, {"enhanced", 51, 69}, {"advanced", 53, 89}};
  const auto launches = [](const Ledger& ledger, const Rule& rule, bool all) {
    const auto backend = kernels::make_host_join(kernels::Form::partition_on_device);
    std::vector<Merchant> asked;
    for (std::uint32_t account = 1; account < ledger.accounts.size(); account += 10)
      asked.push_back({Account(account)});
    if (all)
      backend->count_hits(ledger.view(), rule, {});
    else
      backend->find_evidence(ledger.view(), rule, asked, backend->find_suspects(ledger.view(), rule, asked));
    return backend->space().launches;
  };
  const Ledger once = make(Shape::uniform, 50'000), twice = make(Shape::uniform, 100'000);
  for (const Launched& one : before) {
    for (const Question& question : questions()) {
      if (question.name != one.question) continue;
      SCOPED_TRACE(question.name);
      for (const bool all : {true, false}) {
        const std::uint64_t found = launches(once, question.rule, all);
        EXPECT_EQ(found, all ? one.count : one.listed);
        EXPECT_LE(launches(twice, question.rule, all), found + 4) << "one more level, for suspects and for evidence";
      }
    }
  }
}

// Nor by pair or payer, where pairs are collected and their common accounts counted: by chunk of paths.
TEST(Guard, LaunchesFollowTheChunksOfPaths) {
  const auto launches = [](const Ledger& ledger, std::uint64_t most_paths) {
    const auto backend = kernels::make_host_join(kernels::Form::resident, {}, {}, {0, 0, most_paths});
    const Exchanges exchanges = backend->collect_exchanges(ledger.view(), {{}, 300});
    const std::uint64_t collected = backend->space().launches;
    const CommonQuestion question{std::vector<bool>(ledger.accounts.size()), 1000, {}};
    const CommonCounts counts = backend->count_common_accounts(exchanges, question);
    EXPECT_GT(counts.paths, ledger.from.size());
    return std::pair(collected, backend->space().launches - collected);
  };
  const Ledger once = make(Shape::uniform, 50'000), twice = make(Shape::uniform, 100'000);
  EXPECT_EQ(launches(once, 0), std::pair(std::uint64_t{23}, std::uint64_t{7}));
  EXPECT_EQ(launches(twice, 0), std::pair(std::uint64_t{23}, std::uint64_t{7}));
  EXPECT_GT(launches(once, 10'000).second, 7 * 5u);
}

}  // namespace
}  // namespace ringscan
