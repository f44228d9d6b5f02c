#include "cpu/count_beyond_memory.hpp"

#include <bit>

#include "cpu/book_judge.hpp"
#include "cpu/known_rewards.hpp"

namespace ringscan::cpu {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;
constexpr std::uint64_t reserved_bytes = 32 * mebibyte;  // the program, its threads, and all that is small
constexpr std::uint64_t most_passes = 64, most_parts = 4096;
constexpr std::size_t least_lines_at_once = std::size_t{1} << 14, most_lines_at_once = std::size_t{1} << 22;
constexpr std::size_t least_chunk = 4096, most_chunk = std::size_t{256} << 10;

std::string in_mebibytes(std::uint64_t bytes) { return std::to_string((bytes + mebibyte - 1) / mebibyte) + " MiB"; }

[[noreturn]] void refuse(const std::string& what, std::uint64_t needed, const BackendOptions& options) {
  throw Unavailable(what + " at least " + in_mebibytes(needed) + ", and --memory-limit allows " +
                    in_mebibytes(options.memory_bytes));
}

// What a limit leaves, and what of it was given away.
class Budget {
 public:
  explicit Budget(const BackendOptions& options) : options_(options) {}
  std::uint64_t left() const { return options_.memory_bytes > taken_ ? options_.memory_bytes - taken_ : 0; }
  std::uint64_t taken() const { return taken_; }
  void take(std::uint64_t bytes) { taken_ += bytes; }
  // `more` can be had beside what was taken; what it is for begins the sentence.
  void need(std::uint64_t more, const char* what) const {
    if (more > left()) refuse(what, taken_ + more, options_);
  }

 private:
  const BackendOptions& options_;
  std::uint64_t taken_ = reserved_bytes;
};

std::uint64_t rounded_up(std::uint64_t dividend, std::uint64_t divisor) {
  return dividend / divisor + (dividend % divisor != 0);
}

// Accounts that the question knows besides the rows.
void take_accounts(Budget& budget, const LedgerView& ledger, const Rule& rule) {
  if (!rule.excluded.empty()) budget.take((ledger.account_count + ledger.wallet_count()) / 8);
  if (!wallets_are_accounts(ledger)) budget.take(ledger.wallet_count() * sizeof(Account));  // of the file, in use
}

// For up to n pairs; they are counted when all but the budget's taken bytes are free again.
PairSpill cut_pairs(const BackendOptions& options, const Budget& budget, std::uint64_t pairs) {
  const std::uint64_t fixed = SpilledPairs::bytes_to_count(0, options.threads);
  budget.need(fixed + mebibyte, "counting distinct pairs needs");
  const std::uint64_t of_part =
      (budget.left() - fixed) / (SpilledPairs::bytes_to_count(1, 0) - SpilledPairs::bytes_to_count(0, 0));
  PairSpill spill;
  // A quarter more parts than would do on the average, as hashes do not fall evenly.
  spill.parts = std::bit_ceil(rounded_up(pairs + pairs / 4, of_part));
  if (spill.parts > most_parts)
    refuse("counting " + std::to_string(pairs) + " pairs needs",
           budget.taken() + SpilledPairs::bytes_to_count((pairs + pairs / 4) / most_parts, options.threads), options);
  spill.room = of_part;
  spill.chunk_bytes = std::clamp<std::size_t>(budget.left() / 16 / spill.parts, least_chunk, most_chunk) / 4096 * 4096;
  return spill;
}
std::uint64_t bytes_to_count(const BackendOptions& options, std::uint64_t pairs, const PairSpill& spill) {
  const std::uint64_t of_part = std::min(spill.room, (pairs + pairs / 4) / spill.parts + 1);
  return SpilledPairs::bytes_to_count(of_part, options.threads);
}

struct Stream {
  StreamCuts cuts;
  CountPlan plan;

  Stream(const BackendOptions& options, const Question& question, Slab judged) {
    const LedgerView& ledger = question.ledger;
    const Rule& rule = question.rule;
    Budget budget(options);
    take_accounts(budget, ledger, rule);
    const std::uint64_t pairs = judged.end - judged.begin;
    cuts.pairs = cut_pairs(options, budget, pairs);
    const std::uint64_t to_count = budget.taken() + bytes_to_count(options, pairs, cuts.pairs);
    budget.take(SpilledPairs::bytes_to_collect(cuts.pairs) +
                StreamCuts::pieces_under_way(options.threads) * (cuts.piece_rows + 1) * sizeof(std::uint64_t));
    plan.ledger_passes = 1;
    if (rule.model == Model::any && !KnownRewards::decide(question)) {
      const std::uint64_t states = (ledger.wallet_count() + 2) * StreamCuts::bytes_a_wallet;
      budget.need(rounded_up(states, most_passes), "counting over all receivers needs");
      plan.ledger_passes = rounded_up(states, budget.left());
      cuts.wallets_of_pass = rounded_up(ledger.wallet_count(), plan.ledger_passes);
      budget.take(cuts.wallets_of_pass * StreamCuts::bytes_a_wallet);
    }
    plan.is_in_memory = false;
    plan.memory_bytes = std::max(budget.taken(), to_count);
    plan.disk_bytes = pairs * sizeof(std::uint64_t);
  }
};

struct Books {
  BookRows rows;
  BookCuts cuts;
  std::optional<BookCensus> census;
  CountPlan plan;

  Books(const BackendOptions& options, const Question& question, Slab judged)
      : rows(question, judged, unsigned(std::clamp(int(std::bit_width(question.ledger.size() >> 10)), 4, 16))) {
    Budget budget(options);
    take_accounts(budget, question.ledger, question.rule);
    budget.take(options.threads * question.ledger.wallet_count() / 8);  // NamedWallets of each judge
    const std::uint64_t to_take_census =
        BookCuts::bytes_of_census(unsigned(std::countr_zero(rows.buckets())), options.threads);
    budget.need(to_take_census, "counting by accounts needs");
    census.emplace(options, rows, cuts.piece_rows);
    budget.take(to_take_census / (options.threads + 1) + rows.buckets() * 2 * sizeof(std::uint32_t));

    const std::uint64_t pairs = census->all(LineKind::purchase);
    cuts.pairs = cut_pairs(options, budget, pairs);
    const std::uint64_t to_count = budget.taken() + bytes_to_count(options, pairs, cuts.pairs);
    budget.take(SpilledPairs::bytes_to_collect(cuts.pairs));
    const std::uint64_t to_spill = cut_books(options, budget);
    plan.is_in_memory = false;
    plan.ledger_passes = 2;
    plan.memory_bytes = std::max({budget.taken(), to_spill, to_count});
    plan.disk_bytes = pairs * sizeof(std::uint64_t);
    for (const LineKind kind : {LineKind::purchase, LineKind::receipt, LineKind::payment})
      plan.disk_bytes += census->all(kind) * sizeof(SpilledLine);
  }

 private:
  // Takes what judging takes; returns what spilling takes in all, before that.
  std::uint64_t cut_books(const BackendOptions& options, Budget& budget) {
    const std::uint64_t before = budget.taken();
    const std::uint64_t hottest = census->most_lines() * BookCuts::bytes_of_line,
                        busiest =
                            census->most(LineKind::payment) * (BookCuts::bytes_of_payment + BookCuts::more_for_busiest);
    const std::uint64_t least_room = options.threads * least_lines_at_once * BookJudge::bytes_of_line;
    budget.need(hottest + busiest + least_room,
                ("the busiest account's " + std::to_string(census->most_lines()) + " payments need").c_str());
    // A hot wallet's purchases and receipts meet list by list: the longer the lists, the fewer meetings.
    const std::uint64_t spare = budget.left() - hottest - busiest;
    cuts.lines_at_once = std::clamp<std::uint64_t>(
        std::min(spare / 4 / options.threads / BookJudge::bytes_of_line, 2 * census->most_lines()), least_lines_at_once,
        most_lines_at_once);
    budget.take(options.threads * cuts.lines_at_once * BookJudge::bytes_of_line);
    // One group of payments at a time is held beside every part, so few groups are few readings of all parts.
    if (const std::uint64_t payments = census->all(LineKind::payment); payments > 0) {
      budget.take(census->most(LineKind::payment) * BookCuts::more_for_busiest);
      const std::uint64_t room =
          std::max(census->most(LineKind::payment) * BookCuts::bytes_of_payment, (budget.left() - hottest) / 4 * 3);
      cuts.payments_of_group = std::clamp<std::uint64_t>(room / BookCuts::bytes_of_payment, 1, payments);
      budget.take(cuts.payments_of_group * BookCuts::bytes_of_payment);
    }
    const std::uint64_t all_lines = census->all(LineKind::purchase) + census->all(LineKind::receipt);
    cuts.lines_of_part = std::clamp<std::uint64_t>(budget.left() / BookCuts::bytes_of_line, 1, all_lines + 1);
    const BookBundles bundles(*census, cuts);
    plan.parts = bundles.parts.count * bundles.groups.count;
    budget.take(cuts.lines_of_part * BookCuts::bytes_of_line);

    const std::uint64_t streams = bundles.streams() * options.threads;
    const std::uint64_t room = options.memory_bytes - before;
    if (streams * least_chunk > room)
      refuse("writing to " + std::to_string(streams) + " parts needs", before + streams * least_chunk, options);
    cuts.chunk_bytes = std::clamp<std::size_t>(room / 2 / streams, least_chunk, most_chunk);
    return before + streams * cuts.chunk_bytes;
  }
};

}  // namespace

bool fits_memory(const BackendOptions& options, const LedgerView& ledger) {
  constexpr std::uint64_t row_bytes = 160, wallet_bytes = 24;
  return options.memory_bytes == 0 ||
         reserved_bytes + row_bytes * ledger.size() + wallet_bytes * ledger.wallet_count() * (options.threads + 1) <=
             options.memory_bytes;
}

CountPlan plan_beyond_memory(const BackendOptions& options, const LedgerView& ledger, const Rule& rule,
                             const Interval& interval) {
  const Slab judged = PassingRows(ledger).inside(interval);
  if (judged.begin == judged.end) return {};
  const Question question(ledger, rule);
  if (stream_can_count(question)) return Stream(options, question, judged).plan;
  return Books(options, question, judged).plan;
}

HitCount count_beyond_memory(const BackendOptions& options, const LedgerView& ledger, const Rule& rule,
                             const Interval& interval) {
  const Slab judged = PassingRows(ledger).inside(interval);
  if (judged.begin == judged.end) return {};
  const Question question(ledger, rule);
  if (stream_can_count(question))
    return count_streamed(options, question, judged, Stream(options, question, judged).cuts);
  const Books books(options, question, judged);
  return count_spilled_books(options, question, books.rows, *books.census, books.cuts);
}

}  // namespace ringscan::cpu
