// What only a CUDA device can show; skipped, with the reason, where there is none.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include "cpu/cpu.hpp"
#include "kernels/cuda.hpp"
#include "tests/support.hpp"

namespace ringscan {
namespace {

using testing::TestRow;

class Device : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why_not = why_cuda_is_unavailable(); !why_not.empty()) GTEST_SKIP() << why_not;
  }
};

TEST_F(Device, runs_the_backend_that_was_asked_for) {
  EXPECT_EQ(choose_backend("cuda", {}).backend->name(), "cuda");
  EXPECT_EQ(choose_backend("cuda-pairs", {}).backend->name(), "cuda-pairs");
  EXPECT_EQ(choose_backend("auto", {}).backend->name(), "cuda");
}

// Rows among size / 8 accounts, one of them in a tenth of all; amounts on both sides of 2^56.
Ledger large_ledger(std::size_t size) {
  std::mt19937_64 random(1);
  std::vector<TestRow> rows;
  const auto somebody = [&] { return random() % 10 == 0 ? "hot" : "a" + std::to_string(random() % (size / 8)); };
  while (rows.size() < size) {
    TestRow row = testing::pay(std::int64_t(random() % size), somebody(), somebody(), 1 + random() % 1000);
    if (random() % 4 == 0) row.amount = testing::power_of_two(unsigned(57 + random() % 100));
    if (row.from != row.to) rows.push_back(std::move(row));
  }
  return testing::make_ledger(rows);
}

void expect_answers_of_cpu(std::size_t size) {
  const Ledger ledger = large_ledger(size);
  const LedgerView view = ledger.view();
  std::vector<Merchant> merchants;
  for (std::uint32_t m = 0; m < 100; ++m) merchants.push_back({Account(m)});
  const auto cpu = make_cpu({2, nullptr});
  std::size_t found = 0;
  for (const auto make : {make_cuda, make_cuda_streamed, make_cuda_host_partition}) {
    const auto cuda = make({});
    for (const Model model : {Model::any, Model::enhanced, Model::advanced, Model::basic, Model::purchase_only})
      for (const bool narrow : {false, true}) {
        SCOPED_TRACE(std::to_string(int(model)) + (narrow ? " narrow" : ""));
        Rule rule{model, {}, {}, {}};
        if (narrow && model != Model::purchase_only) rule.within = size / 4;
        if (narrow && has_reward(model)) rule.max_gain = parse_decimal("0.5");
        const std::vector<Suspicion> suspects = cpu->find_suspects(view, rule, merchants);
        ASSERT_EQ(cuda->find_suspects(view, rule, merchants), suspects);
        ASSERT_EQ(cuda->find_evidence(view, rule, merchants, suspects),
                  cpu->find_evidence(view, rule, merchants, suspects));
        ASSERT_EQ(cuda->find_workers(view, suspects, 2), cpu->find_workers(view, suspects, 2));
        found += suspects.size();
      }
    for (const Rule& rule : {Rule{}, Rule{Model::purchase_only, {}, {}, {}}})
      for (const Interval& interval : {Interval{}, Interval{100, std::int64_t(size / 2)}})
        ASSERT_EQ(cuda->count_hits(view, rule, interval), cpu->count_hits(view, rule, interval));
  }
  EXPECT_GT(found, size / 100) << "the questions must find something";
}

void expect_exchanges_of_cpu(std::size_t size) {
  const Ledger ledger = large_ledger(size);
  const auto cpu = make_cpu({2, nullptr}), cuda = make_cuda({});
  std::vector<bool> excluded(ledger.accounts.size());
  for (std::size_t account = 0; account < excluded.size(); account += 97) excluded[account] = true;
  const Exchanges exchanges = cpu->collect_exchanges(ledger.view(), {excluded, 300});
  ASSERT_EQ(cuda->collect_exchanges(ledger.view(), {excluded, 300}), exchanges);
  const CommonQuestion question{std::vector<bool>(exchanges.payers.size()), 1000, {~0u, ~0u, 2, 2, 2, 2}};
  const CommonCounts common = cpu->count_common_accounts(exchanges, question);
  ASSERT_EQ(cuda->count_common_accounts(exchanges, question), common);
  EXPECT_GT(common.paths, size) << "the question must be worth asking";
}

TEST_F(Device, gives_the_exchanges_of_cpu_on_20000_rows) { expect_exchanges_of_cpu(20'000); }
TEST_F(Device, gives_the_exchanges_of_cpu_on_1000000_rows) { expect_exchanges_of_cpu(1'000'000); }
TEST_F(Device, gives_the_answers_of_cpu_on_20000_rows) { expect_answers_of_cpu(20'000); }  // short enough for checkers
TEST_F(Device, gives_the_answers_of_cpu_on_1000000_rows) { expect_answers_of_cpu(1'000'000); }

// Rows that all say the same, in pages of zeros that cost no memory.
template <class T>
class Zeros {
 public:
  explicit Zeros(std::size_t size) : bytes_(size * sizeof(T)) {
    pages_ = mmap(nullptr, bytes_, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages_ == MAP_FAILED) throw std::bad_alloc();
  }
  Zeros(const Zeros&) = delete;
  ~Zeros() { munmap(pages_, bytes_); }
  std::span<const T> view() const { return {static_cast<const T*>(pages_), bytes_ / sizeof(T)}; }

 private:
  std::size_t bytes_;
  void* pages_;
};

TEST_F(Device, refuses_what_it_has_no_memory_for_and_still_answers_then) {
  const Ledger small = testing::make_ledger({testing::pay(1, "w", "m", 1), testing::pay(2, "x", "w", 2)});
  const std::vector<Merchant> everybody = {{Account{0}}};
  const Rule purchase_only{Model::purchase_only, {}, {}, {}};
  const auto cuda = make_cuda({});
  const std::uint64_t free_bytes = cuda->device_memory(small.view(), purchase_only, everybody).free_bytes;
  ASSERT_GT(free_bytes, std::uint64_t{1} << 20);
  const std::size_t size = free_bytes / 100;  // a row that is a purchase takes more than 100 bytes
  const Zeros<Wallet> wallets(size);
  const Zeros<std::uint32_t> times(size);
  const Zeros<AmountKey> amounts(size);
  LedgerView huge = small.view();
  huge.from = huge.to = wallets.view();
  huge.time = times.view();
  huge.amount = amounts.view();
  EXPECT_GT(cuda->device_memory(huge, purchase_only, everybody).needed_bytes, free_bytes);
  EXPECT_THROW(make_cuda_device_partition({})->find_suspects(huge, purchase_only, everybody), Unavailable);
  EXPECT_EQ(make_cuda({4})->find_suspects(huge, purchase_only, everybody), (std::vector<Suspicion>{{0, Account{0}}}))
      << "passes through";
  const std::vector<Merchant> merchants = {{testing::account(small, "m")}};
  const std::vector<Suspicion> suspects = {{0, testing::account(small, "w")}};
  EXPECT_EQ(cuda->find_suspects(small.view(), {}, merchants), suspects);
  EXPECT_EQ(make_cuda({})->find_suspects(small.view(), {}, merchants), suspects);
}

}  // namespace
}  // namespace ringscan
