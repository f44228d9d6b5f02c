// Counting over all receivers within a limit of memory: the same numbers as the reference's, however finely pieces,
// passes, parts and groups are cut, in memory and from a file; plans that keep to their limit or say what is missing;
// row numbers beyond 32 bits; and ends that leave nothing behind.
#include "cpu/count_beyond_memory.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <tbb/global_control.h>

#include "cpu/cpu.hpp"
#include "reference/reference.hpp"
#include "tests/packed_ledgers.hpp"

namespace ringscan {
namespace {

using cpu::BookCensus;
using cpu::BookCuts;
using cpu::BookRows;
using cpu::PairSpill;
using cpu::Piece;
using cpu::Question;
using cpu::ReversePieces;
using cpu::Slab;
using cpu::StreamCuts;
using testing::make_ledger;
using testing::TestRow;

class CountBeyondMemory : public ::testing::Test {
 protected:
  BackendOptions options(unsigned threads = 1, std::uint64_t memory_bytes = 0) const {
    BackendOptions made{threads, nullptr};
    made.memory_bytes = memory_bytes;
    made.spill_path = folder_ / "spilled";
    return made;
  }

  testing::TemporaryDirectory folder_;
  tbb::global_control threads_{tbb::global_control::max_allowed_parallelism, 3};
  std::mt19937_64 random_{1};
  std::unique_ptr<Backend> reference_ = make_reference({1, nullptr});

  std::size_t below(std::size_t end) { return std::size_t(random_() % end); }
  PairSpill tiny_pairs() { return {std::size_t{1} << below(4), 8 * (1 + below(4)), below(3)}; }

  // As the reference counts, by whichever way the rule allows.
  void expect_count(const LedgerView& view, const Rule& rule, const Interval& interval) {
    const HitCount expected = reference_->count_hits(view, rule, interval);
    hits_ += expected.hits;
    const Question question(view, rule);
    const Slab judged = cpu::PassingRows(view).inside(interval);
    if (judged.begin == judged.end) {
      ASSERT_EQ(expected, HitCount{});
      return;
    }
    const BackendOptions asked = options(1 + unsigned(below(3)));
    if (cpu::stream_can_count(question)) {
      const StreamCuts cuts = {1 + below(9), 1 + below(view.wallet_count()), tiny_pairs()};
      ASSERT_EQ(cpu::count_streamed(asked, question, judged, cuts), expected)
          << cuts.piece_rows << " rows, " << cuts.wallets_of_pass << " wallets";
    }
    if (rule.model == Model::purchase_only) return;
    BookCuts cuts;
    cuts.piece_rows = 1 + below(20);
    cuts.lines_of_part = 1 + below(60);
    cuts.payments_of_group = 1 + below(60);
    cuts.lines_at_once = 1 + below(40);
    cuts.chunk_bytes = 20 + below(100);
    cuts.pairs = tiny_pairs();
    const BookRows rows(question, judged, unsigned(below(5)));
    const BookCensus census(asked, rows, cuts.piece_rows);
    ASSERT_EQ(cpu::count_spilled_books(asked, question, rows, census, cuts), expected)
        << rows.buckets() << " buckets, " << cuts.lines_of_part << " lines, " << cuts.payments_of_group << " payments";
  }

  std::uint64_t hits_ = 0;
};

TEST_F(CountBeyondMemory, CountsWhatTheReferenceCounts) {
  for (int round = 0; round < 3000; ++round) {
    SCOPED_TRACE(round);
    const Ledger ledger = make_ledger(testing::random_rows(random_, below(90)));
    const Rule rule = testing::random_question(random_, ledger).rule;
    ASSERT_NO_FATAL_FAILURE(expect_count(ledger.view(), rule, {}));
    ASSERT_NO_FATAL_FAILURE(expect_count(ledger.view(), rule, {std::int64_t(below(20)), std::int64_t(below(30))}));
  }
  EXPECT_GT(hits_, 3000u);
}

TEST_F(CountBeyondMemory, CountsAFileWithoutLookingAtItBefore) {
  for (int round = 0; round < 150; ++round) {
    SCOPED_TRACE(round);
    const Ledger ledger = make_ledger(testing::rows_with_shared_codes(random_, below(90)));
    PackedOptions packed;
    packed.index = PackedIndex(round % 3);
    const Ledger file = testing::packed(folder_, ledger, packed);
    const Rule rule = testing::random_question(random_, ledger).rule;
    ASSERT_NO_FATAL_FAILURE(expect_count(file.view(), rule, {}));
    ASSERT_NO_FATAL_FAILURE(expect_count(file.view(), {Model::any, below(20), {}, {}}, {}));  // by waits
  }
  EXPECT_GT(hits_, 1000u);
}

// One wallet with most purchases and receipts, one delegation.
TEST_F(CountBeyondMemory, CountsHotAccounts) {
  for (const Model model : {Model::any, Model::enhanced, Model::advanced, Model::basic})
    for (int round = 0; round < 12; ++round) {
      std::vector<TestRow> rows;
      for (int i = 0; i < 300; ++i) {
        const std::string other = "m" + std::to_string(below(5)), asset = below(4) == 0 ? "b" : "a";
        const std::size_t kind = below(5);
        const std::string payer = kind < 2 ? "hot" : kind < 4 ? (round % 2 == 0 ? "d" : other) : other;
        rows.push_back({std::int64_t(below(300)),
                        payer,
                        kind < 2   ? other
                        : kind < 4 ? "hot"
                                   : "d",
                        Amount{1 + below(60)},
                        asset,
                        {}});
      }
      const Ledger ledger = make_ledger(rows);
      Rule rule{model, {}, {}, {}};
      if (round % 3 > 0) rule.within = 40;
      if (round % 3 > 1 && model != Model::basic) rule.max_gain = parse_decimal("0.3");
      ASSERT_NO_FATAL_FAILURE(expect_count(ledger.view(), rule, {}));
    }
  EXPECT_GT(hits_, 500u);
}

TEST_F(CountBeyondMemory, PiecesJudgeEachRowOnceBeforeItIsTakenIn) {
  for (int round = 0; round < 500; ++round) {
    std::vector<std::uint32_t> times(1 + below(40));
    for (std::uint32_t& time : times) time = std::uint32_t(below(1 + below(12)));
    std::ranges::sort(times);
    LedgerView view;
    const std::vector<Wallet> wallets(times.size());
    view.from = view.to = wallets;
    view.time = times;
    const auto group = [&](std::size_t row) {
      return Row(std::ranges::lower_bound(times, times[row]) - times.begin());
    };
    const Row begin = group(below(times.size())), judged_end = std::max(begin, group(below(times.size()))),
              most = 1 + below(12);
    ReversePieces pieces(view, begin, judged_end, times.size(), most);
    std::vector<int> judged(times.size()), added(times.size());
    while (const std::optional<Piece> piece = pieces.next()) {
      ASSERT_LT(piece->begin, piece->end);
      ASSERT_LE(piece->end - piece->begin, most);
      for (Row row = piece->begin; row < piece->end; ++row) {
        for (Row later = row; piece->is_judged && later < times.size(); ++later)
          ASSERT_EQ(added[later], times[later] > times[row] && later >= piece->end)
              << "known when " << row << " is judged";
        judged[row] += piece->is_judged;
      }
      for (Row row = piece->begin; row < piece->end; ++row) added[row] += piece->is_added;
      if (piece->is_judged && piece->is_added) {
        EXPECT_EQ(group(piece->begin), piece->begin);
        EXPECT_TRUE(piece->end == times.size() || group(piece->end) == piece->end);
      }
    }
    for (Row row = 0; row < times.size(); ++row) {
      EXPECT_EQ(judged[row], row >= begin && row < judged_end);
      EXPECT_EQ(added[row], row >= begin);
    }
  }
}

// Rows of a ledger that is longer than 2^32, of which the first are the same zeros of the system again and again.
class LongLedger {
 public:
  static constexpr Row zeros = (Row{1} << 32) + 12345;

  explicit LongLedger(const std::vector<TestRow>& rows) : end_(make_ledger(rows)) {
    const LedgerView end = end_.view();
    view_ = end;
    view_.from = column(end.from), view_.to = column(end.to), view_.amount = column(end.amount);
    const auto time = column(end.time);
    for (std::uint32_t& value : time.subspan(zeros)) ++value;  // the zeros are before
    view_.time = time;
    --view_.first_time;
  }
  ~LongLedger() {
    for (const auto& [begin, bytes] : mapped_) ::munmap(begin, bytes);
  }
  const LedgerView& view() const { return view_; }

 private:
  template <class T>
  std::span<T> column(std::span<const T> end) {
    const std::size_t bytes = (zeros + end.size()) * sizeof(T);
    void* const begin =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (begin == MAP_FAILED) throw std::bad_alloc();
    mapped_.emplace_back(begin, bytes);
    const std::span<T> values(static_cast<T*>(begin), zeros + end.size());
    std::ranges::copy(end, values.begin() + std::ptrdiff_t(zeros));
    return values;
  }

  Ledger end_;
  LedgerView view_;
  std::vector<std::pair<void*, std::size_t>> mapped_;
};

TEST_F(CountBeyondMemory, RowNumbersGoBeyond32Bits) {
  for (const char* text : {"any", "within", "advanced", "basic"}) {
    const std::string name = text;
    const std::vector<TestRow> rows = testing::random_rows(random_, 80);
    const Ledger alone = make_ledger(rows);
    const LongLedger behind(rows);
    Rule rule{name == "advanced" ? Model::advanced : name == "basic" ? Model::basic : Model::any, {}, {}, {}};
    if (name == "within" || name == "basic") rule.within = 9;
    // Only the rows at the end: what is before is 80 GB of zeros.
    const Interval later = {name == "basic" ? 9 : -1, 100};
    const HitCount expected = reference_->count_hits(alone.view(), rule, later);
    ASSERT_GT(expected.hits, 0u) << name;
    const LedgerView& view = behind.view();
    const Slab judged = cpu::PassingRows(view).inside(later);
    ASSERT_GE(judged.begin, LongLedger::zeros);
    const Question question(view, rule);
    StreamCuts cuts;
    cuts.piece_rows = 7;
    cuts.wallets_of_pass = 5;
    if (name == "any") {
      EXPECT_EQ(cpu::count_streamed(options(2), question, judged, cuts), expected);
    }
    BookCuts books;
    books.piece_rows = 7;
    const BookRows book_rows(question, judged, 2);
    const BookCensus census(options(2), book_rows, 7);
    EXPECT_EQ(cpu::count_spilled_books(options(2), question, book_rows, census, books), expected) << name;
  }
}

// All of them, of which each is a hit of the same pair: minutes, so only when asked for (ctest -L long).
TEST_F(CountBeyondMemory, DISABLED_SweepsMoreThan32BitsCount) {
  const LongLedger ledger({testing::pay(0, "a", "b", 5), testing::pay(1, "b", "a", 6)});  // the zeros are a's to a
  const Rule plain;
  const Question question(ledger.view(), plain);
  StreamCuts cuts;
  cuts.wallets_of_pass = 2;
  cuts.pairs.chunk_bytes = 4096;
  const Slab all = {0, ledger.view().size()};
  EXPECT_EQ(cpu::count_streamed(options(2), question, all, cuts), (HitCount{LongLedger::zeros + 1, 2}));
}

TEST_F(CountBeyondMemory, PlansKeepToTheirLimitOrSayWhatIsMissing) {
  const Ledger ledger = make_ledger(testing::random_rows(random_, 1000));
  const LedgerView view = ledger.view();
  LedgerView wide = view;
  const std::vector<Account> accounts(std::size_t{1} << 27);
  wide.wallet_account = accounts;
  wide.account_count = accounts.size();
  constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;
  std::uint64_t last_passes = 1;
  for (const std::uint64_t limit : {4096, 1800, 1200, 900}) {
    const CountPlan plan = cpu::plan_beyond_memory(options(2, limit * mebibyte), wide, {}, {});
    EXPECT_LE(plan.memory_bytes, limit * mebibyte);
    EXPECT_GE(plan.ledger_passes, last_passes) << limit;
    last_passes = plan.ledger_passes;
    EXPECT_EQ(plan.disk_bytes, 8000u);
  }
  EXPECT_GT(last_passes, 1u);
  const std::vector<std::uint64_t> hits(PlainHits::words(view.size()));
  LedgerView known = wide;
  known.plain_hits.hits = hits;
  EXPECT_EQ(cpu::plan_beyond_memory(options(2, 900 * mebibyte), known, {}, {}).ledger_passes, 1u);
  const std::string refused =
      testing::message_of<Unavailable>([&] { cpu::plan_beyond_memory(options(2, 60 * mebibyte), wide, {}, {}); });
  EXPECT_TRUE(testing::contains(refused, "MiB, and --memory-limit allows 60 MiB")) << refused;

  Rule rule;
  rule.within = 10;
  const CountPlan plan = cpu::plan_beyond_memory(options(2, 128 * mebibyte), view, rule, {});
  EXPECT_LE(plan.memory_bytes, 128 * mebibyte);
  EXPECT_EQ(plan.ledger_passes, 2u);
  EXPECT_EQ(plan.disk_bytes, 1000u * (20 + 20 + 8));
  EXPECT_NE(
      testing::message_of<Unavailable>([&] { cpu::plan_beyond_memory(options(2, 50 * mebibyte), view, rule, {}); }),
      "");
}

TEST_F(CountBeyondMemory, TheCpuBackendKeepsToItsLimit) {
  const Ledger ledger = make_ledger(testing::random_rows(random_, 1000));
  const BackendOptions limited = options(2, std::uint64_t{96} << 20);
  const std::unique_ptr<Backend> in_memory = make_cpu(limited);
  EXPECT_TRUE(in_memory->plan_count(ledger.view(), {}, {}).is_in_memory) << "160000 bytes";
  LedgerView many = ledger.view();
  const std::vector<Account> accounts(2'000'000);
  many.wallet_account = accounts;
  many.account_count = accounts.size();
  EXPECT_FALSE(in_memory->plan_count(many, {}, {}).is_in_memory);
}

TEST_F(CountBeyondMemory, ADamagedBlockIsFoundOnTheWay) {
  std::vector<TestRow> rows;
  for (int i = 0; i < 5000; ++i) rows.push_back(testing::pay(i, "a" + std::to_string(i % 50), "b", 5));
  const std::string path = folder_ / "damaged.ledger";
  write_packed_ledger(path, false, make_ledger(rows), {});
  std::string bytes = testing::content_of(path);
  bytes[4096 + 9000] ^= 1;  // of the column `from`
  folder_.write("damaged.ledger", bytes);
  const Ledger file = open_packed_ledger(path);
  const LedgerView view = file.view();
  Rule with_window;
  with_window.within = 5;
  for (const Rule& rule : {Rule{}, with_window}) {
    const std::string said = testing::message_of<BadInput>(
        [&] { cpu::count_beyond_memory(options(2, std::uint64_t{128} << 20), view, rule, {}); });
    EXPECT_TRUE(testing::contains(said, "damaged in section 'from'")) << said;
    const Interval end = {4000, 6000};  // beyond the damage, of which nobody wants to know
    EXPECT_EQ(cpu::count_beyond_memory(options(2, std::uint64_t{128} << 20), view, rule, end), HitCount{});
  }
}

TEST_F(CountBeyondMemory, AFullDiskAndAnInterruptionEndIt) {
  std::vector<TestRow> rows;
  for (int i = 0; i < 5000; ++i)
    rows.push_back(testing::pay(i, "a" + std::to_string(i % 50), "a" + std::to_string(i % 47), std::uint64_t(i)));
  const Ledger ledger = make_ledger(rows);
  Rule with_window;
  with_window.within = 500;
  for (const Rule& rule : {Rule{}, with_window}) {
    const auto count = [&](BackendOptions asked) { return cpu::count_beyond_memory(asked, ledger.view(), rule, {}); };
    const std::uint64_t memory = std::uint64_t{128} << 20;
    EXPECT_EQ(count(options(2, memory)), reference_->count_hits(ledger.view(), rule, {}));

    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{1000, before.rlim_max};
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &small);
    const std::string said = testing::message_of<OutputError>([&] { count(options(2, memory)); });
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, handler);
    EXPECT_TRUE(testing::contains(said, "cannot write " + folder_.path())) << said;

    const std::atomic<bool> interrupted = true;
    BackendOptions stopped = options(2, memory);
    stopped.interrupted = &interrupted;
    EXPECT_THROW(count(stopped), Interrupted);
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
  }
}

}  // namespace
}  // namespace ringscan
