#include "cpu/streamed_sweep.hpp"

#include <tbb/parallel_pipeline.h>

#include "cpu/account_numbers.hpp"
#include "cpu/known_rewards.hpp"
#include "cpu/row_pieces.hpp"

namespace ringscan::cpu {
namespace {

// A piece on its way, with the pairs of wallets of its hits.
struct Passing {
  Piece piece;
  PagedArray<std::uint64_t> room;  // for a pair a row, and one more
  std::span<std::uint64_t> pairs;  // that must be remembered
  std::uint64_t hits, lone_pairs;
};

// LaterMaximum (sweep.hpp) for wallets of a range. The others share a place that is never more than an amount, and one
// that takes what nobody asks for.
template <bool has_excluded>
class RangeMaximum {
 public:
  RangeMaximum(const LedgerView& ledger, const AccountNumbers& accounts, Slab wallets)
      : ledger_(ledger), accounts_(accounts), first_(wallets.begin), size_(wallets.end - wallets.begin) {
    most_.resize(size_ + 2);
  }

  // Inlined by force: g++ takes a call that only prefetches for one without effect, and drops it.
  [[gnu::always_inline]] void prefetch(Row row) const {
    __builtin_prefetch(&most_[place(ledger_.from[row], size_)]);
    __builtin_prefetch(&most_[place(ledger_.to[row], size_ + 1)], 1);
  }
  bool is_hit(Row row) const {
    const bool hit = most_[place(ledger_.from[row], size_)] > ledger_.amount[row];
    if constexpr (has_excluded)
      return hit && !accounts_.excludes(ledger_.from[row]) && !accounts_.excludes(ledger_.to[row]);
    return hit;
  }
  void add(Row row) {
    AmountKey& most = most_[place(ledger_.to[row], size_ + 1)];
    AmountKey received = ledger_.amount[row];
    if constexpr (has_excluded) received = accounts_.excludes(ledger_.from[row]) ? 0 : received;
    most = most > received ? most : received;
  }

 private:
  std::size_t place(Wallet wallet, std::size_t elsewhere) const {
    const std::size_t place = to_index(wallet) - first_;
    return place < size_ ? place : elsewhere;
  }

  const LedgerView& ledger_;
  const AccountNumbers& accounts_;
  std::size_t first_, size_;
  PagedArray<AmountKey> most_;
};

// Algorithm 2: a purchase needs nothing else.
class PurchasesAlone {
 public:
  PurchasesAlone(const LedgerView& ledger, const AccountNumbers& accounts) : ledger_(ledger), accounts_(accounts) {}
  void prefetch(Row) const {}
  bool is_hit(Row row) const { return !accounts_.excludes(ledger_.from[row]) && !accounts_.excludes(ledger_.to[row]); }
  void add(Row) {}

 private:
  const LedgerView& ledger_;
  const AccountNumbers& accounts_;
};

// The hits that the file knows.
class KnownHits {
 public:
  explicit KnownHits(const KnownRewards& known) : known_(known.without_guards()) {}
  void prefetch(Row) const {}
  bool is_hit(Row row) const { return known_.is_hit(row); }
  void add(Row) {}

 private:
  KnownRewards known_;  // each piece's have been checked by then
};

class Stream {
 public:
  Stream(const BackendOptions& options, const Question& question, Slab judged, const StreamCuts& cuts)
      : options_(options),
        ledger_(question.ledger),
        unguarded_(question.ledger),
        rows_(question.ledger),
        judged_(judged),
        known_(KnownRewards::decide(question) ? std::optional<KnownRewards>(question) : std::nullopt),
        end_(question.rule.model == Model::purchase_only || known_ ? judged.end : ledger_.size()),
        cuts_(cuts),
        marks_(ledger_.pair_marks),
        first_decides_(!question.rule.within && judged.end - judged.begin == ledger_.size()),
        accounts_(ledger_, question.rule),
        pairs_(options, cuts.pairs) {
    unguarded_.guard = nullptr;  // each piece has been checked by then
  }

  HitCount run(const Rule& rule) {
    if (rule.model == Model::purchase_only) {
      PurchasesAlone state(unguarded_, accounts_);
      pass(state);
    } else if (known_) {
      KnownHits state(*known_);
      pass(state);
    } else {
      const std::size_t wallets = ledger_.wallet_count();
      for (std::size_t begin = 0; begin < wallets; begin += std::min(cuts_.wallets_of_pass, wallets - begin))
        rule.excluded.empty() ? pass_of<false>(begin) : pass_of<true>(begin);
    }
    options_.enter("pairs");
    return {hits_, lone_pairs_ + pairs_.count_distinct()};
  }

 private:
  template <bool has_excluded>
  void pass_of(std::size_t begin) {
    const std::size_t end = begin + std::min(cuts_.wallets_of_pass, ledger_.wallet_count() - begin);
    RangeMaximum<has_excluded> state(unguarded_, accounts_, {begin, end});
    pass(state);
  }

  template <class State>
  void pass(State& state) {
    options_.enter("sweep");
    ReversePieces pieces(ledger_, judged_.begin, judged_.end, end_, cuts_.piece_rows);
    // Pieces leave in the order in which they came: whoever begins finds the room that he takes left.
    std::vector<Passing> room(StreamCuts::pieces_under_way(options_.threads));
    std::size_t begun = 0;
    Row asked_for = end_;
    const auto begin = [&](tbb::flow_control& flow) -> Passing* {
      options_.stop_if_asked();
      const std::optional<Piece> piece = pieces.next();
      if (!piece) return flow.stop(), nullptr;
      read_ahead(piece->begin, asked_for);
      Passing& passing = room[begun++ % room.size()];
      passing.piece = *piece;
      return &passing;
    };
    const auto check = [&](Passing* passing) {
      rows_.need(passing->piece.begin, passing->piece.end);
      need_what_is_known(passing->piece);
      return passing;
    };
    const auto judge = [&](Passing* passing) { return sweep_piece(state, *passing), passing; };
    const auto leave = [&](Passing* passing) {
      rows_.release(passing->piece.begin, passing->piece.end);
      hits_ += passing->hits;
      lone_pairs_ += passing->lone_pairs;
      accounts_.name_pairs(passing->pairs);
      pairs_.add(passing->pairs);
    };
    constexpr auto in_order = tbb::filter_mode::serial_in_order;
    tbb::parallel_pipeline(room.size(), tbb::make_filter<void, Passing*>(in_order, begin) &
                                            tbb::make_filter<Passing*, Passing*>(tbb::filter_mode::parallel, check) &
                                            tbb::make_filter<Passing*, Passing*>(in_order, judge) &
                                            tbb::make_filter<Passing*, void>(in_order, leave));
  }

  void need_what_is_known(const Piece& piece) const {
    const std::size_t first = piece.begin / PairMarks::rows_a_block, end = PairMarks::blocks(piece.end);
    if (known_) known_->need_rows(piece.begin, piece.end);
    if (marks_.is_present()) need(marks_.guard, marks_.marks.subspan(first, end - first));
  }

  // So far before the piece at hand that the disk has enough to do.
  void read_ahead(Row begin, Row& asked_for) const {
    constexpr Row pieces_ahead = 16;
    const Row before = judged_.begin + std::min(begin - judged_.begin, pieces_ahead * cuts_.piece_rows);
    if (asked_for - before < cuts_.piece_rows && before > judged_.begin) return;
    rows_.ahead(before, asked_for);
    asked_for = before;
  }

  template <class State>
  void sweep_piece(State& state, Passing& passing) const {
    const Row first = passing.piece.begin, end = passing.piece.end;
    const bool is_judged = passing.piece.is_judged, is_added = passing.piece.is_added;
    passing.room.resize(end - first + 1);
    std::uint64_t *next = passing.room.data(), hits = 0, lone_pairs = 0;
    const bool has_marks = marks_.is_present();
    const auto decides = [&](Row row, unsigned by_mark) { return by_mark >> std::uint64_t(marks_.of(row)) & 1; };
    const unsigned alone = first_decides_ ? 0b1100 : 0b1000, together = first_decides_ ? 0b0001 : 0b0111;
    const auto judge = [&](Row row, bool is_hit) __attribute__((always_inline)) {
      *next = PairCollector::pair(std::uint32_t(ledger_.to[row]), std::uint32_t(ledger_.from[row]));
      hits += is_hit;  // no branch: half of them are
      lone_pairs += has_marks && (is_hit & decides(row, alone));
      next += has_marks ? is_hit & decides(row, together) : is_hit;
    };
    const auto each = [&](auto use) __attribute__((always_inline)) {
      options_.did(end - first);
      for (Row row = end; row-- > first;) {
        if (row >= first + prefetch_distance) state.prefetch(row - prefetch_distance);
        use(row);
      }
    };
    if (is_judged && is_added)
      sweep(options_, unguarded_, {first, end}, end, state, judge);
    else if (is_judged)
      each([&](Row row) { judge(row, state.is_hit(row)); });
    else
      each([&](Row row) { state.add(row); });
    passing.pairs = {passing.room.data(), next};
    passing.hits = hits;
    passing.lone_pairs = lone_pairs;
  }

  const BackendOptions& options_;
  const LedgerView& ledger_;
  LedgerView unguarded_;
  PassingRows rows_;
  Slab judged_;
  std::optional<KnownRewards> known_;
  Row end_;  // of what is looked at
  const StreamCuts& cuts_;
  PairMarks marks_;
  bool first_decides_;
  AccountNumbers accounts_;
  SpilledPairs pairs_;
  std::uint64_t hits_ = 0, lone_pairs_ = 0;
};

}  // namespace

HitCount count_streamed(const BackendOptions& options, const Question& question, Slab judged, const StreamCuts& cuts) {
  return Stream(options, question, judged, cuts).run(question.rule);
}

}  // namespace ringscan::cpu
