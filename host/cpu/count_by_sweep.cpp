#include "cpu/count_by_sweep.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <atomic>
#include <bit>
#include <limits>
#include <memory>

#include "cpu/account_numbers.hpp"
#include "cpu/pair_counter.hpp"
#include "cpu/sweep.hpp"
#include "cpu/window_maximum.hpp"

namespace ringscan::cpu {
namespace {

constexpr std::uint64_t column_bytes = 20;  // a row

constexpr Row rows_a_word = 64;  // a bit each
static_assert(rows_a_word == PairMarks::rows_a_block);

// Which rows of a slab are settled; one thread's at a time.
class Settled {
 public:
  explicit Settled(Slab rows)
      : rows_(rows), first_word_(rows.begin / rows_a_word), words_((rows.end - 1) / rows_a_word + 1 - first_word_) {}
  // The word that holds the row.
  std::uint64_t& word_of(Row row) { return words_[row / rows_a_word - first_word_]; }
  std::size_t word_count() const { return words_.size(); }
  Row first_of(std::size_t word) const { return (first_word_ + word) * rows_a_word; }
  // Calls visit(row) for the rows of this word that are not settled.
  template <class Visit>
  void each_open(std::size_t word, Visit visit) const {
    const Row first = first_of(word);
    std::uint64_t open = ~words_[word];
    if (first < rows_.begin) open &= ~std::uint64_t{0} << (rows_.begin - first);
    if (rows_.end - first < rows_a_word) open &= (std::uint64_t{1} << (rows_.end - first)) - 1;
    for (; open != 0; open &= open - 1) visit(first + Row(std::countr_zero(open)));
  }

 private:
  Slab rows_;  // not none
  Row first_word_;
  std::vector<std::uint64_t> words_;
};

template <class State, bool has_marks>
class Count {
 public:
  Count(const BackendOptions& options, const Question& question, Slab judged)
      : options_(options),
        ledger_(question.ledger),
        rule_(question.rule),
        judged_(judged),
        marks_(ledger_.pair_marks),
        first_decides_(!State::forgets && judged.end - judged.begin == ledger_.size()),
        accounts_(ledger_, {}),
        expected_(judged.end - judged.begin) {
    if constexpr (has_marks) need(marks_.guard, marks_.marks);
  }

  HitCount run() {
    const Row last = State::forgets ? end_of_window(judged_.end) : ledger_.size();
    const std::uint64_t states =
        column_bytes * ledger_.size() / (sizeof_state * std::max<std::size_t>(1, ledger_.wallet_count()));
    const auto count = std::clamp<std::size_t>(states, 1, options_.threads);
    slabs_ = cut_into_slabs(ledger_, {judged_.begin, State::forgets ? judged_.end : last}, count);
    states_.resize(slabs_.size()), settled_.resize(slabs_.size());
    for (std::size_t i = 0; i < options_.threads; ++i)
      collectors_.push_back(std::make_unique<PairCollector>(expected_, roomy_pairs / options_.threads));
    options_.enter("sweep");
    tbb::parallel_for(
        std::size_t{0}, slabs_.size(), [&](std::size_t i) { sweep_slab(i); }, tbb::simple_partitioner());
    if constexpr (!State::forgets) settle_open();
    states_.clear();
    std::vector<PairCollector*> all;
    for (const auto& collector : collectors_) all.push_back(collector.get());
    options_.enter("pairs");
    return {hits_, lone_pairs_ + count_distinct(options_, all)};
  }

 private:
  static constexpr std::size_t sizeof_state = State::bytes_a_wallet;

  Row end_of_window(Row end) const {
    if (end == 0) return 0;
    const std::uint64_t last =
        ledger_.time[end - 1] + std::min<std::uint64_t>(*rule_.within, std::numeric_limits<std::uint32_t>::max());
    return Row(std::ranges::upper_bound(ledger_.time, last) - ledger_.time.begin());
  }

  // What one task finds.
  struct Found {
    PairCollector::Room room;
    std::uint64_t hits = 0, lone_pairs = 0;  // pairs: of which one hit alone decides
  };

  // The hits among the 64 rows from `first` on. Not inlined, as the loop around it wants the registers.
  [[gnu::noinline]] void collect(PairCollector& collector, Found& found, Row first, std::uint64_t hits) const {
    found.hits += std::uint64_t(std::popcount(hits));
    if constexpr (has_marks) {
      const auto& [low, high] = marks_.marks[first / rows_a_word];
      found.lone_pairs += std::uint64_t(std::popcount(hits & (first_decides_ ? high : high & low)));
      hits &= ~(first_decides_ ? high | low : high & low);
    }
    for (; hits != 0; hits &= hits - 1) {
      const Row row = first + Row(std::countr_zero(hits));
      *found.room.next++ = PairCollector::pair(std::uint32_t(ledger_.to[row]), std::uint32_t(ledger_.from[row]));
      if (found.room.next == found.room.end) found.room = take(collector, found.room);
    }
  }

  PairCollector::Room take(PairCollector& collector, PairCollector::Room filled) const {
    accounts_.name_pairs({collector.room().next, filled.next});
    return collector.take(filled);
  }
  void take(PairCollector& collector, const Found& found) {
    take(collector, found.room);
    hits_ += found.hits;
    lone_pairs_ += found.lone_pairs;
  }

  void sweep_slab(std::size_t i) {
    const Slab slab = slabs_[i];
    states_[i] = std::make_unique<State>(ledger_, rule_);
    State& state = *states_[i];
    PairCollector& collector = *collectors_[i];
    Found found{collector.room()};
    const Slab seen = {slab.begin, State::forgets ? end_of_window(slab.end) : slab.end};
    const Row judged_end = std::min(slab.end, judged_.end);
    const bool leaves_open = !State::forgets && i + 1 < slabs_.size() && judged_end > slab.begin;
    if (leaves_open) settled_[i] = std::make_unique<Settled>(Slab{slab.begin, judged_end});
    std::uint64_t hits = 0;  // of a word
    const auto take_word = [&](Row first) {
      if (leaves_open) settled_[i]->word_of(first) = hits;
      collect(collector, found, first, std::exchange(hits, 0));
    };
    sweep(
        options_, ledger_, seen, judged_end, state, [&](Row row, bool is_hit) __attribute__((always_inline)) {
          hits |= std::uint64_t{is_hit} << row % rows_a_word;
          if (row % rows_a_word == 0) take_word(row);
        });
    if (slab.begin % rows_a_word != 0) take_word(slab.begin / rows_a_word * rows_a_word);
    take(collector, found);
    options_.did(0, state.work());
  }

  // Slab after slab from the last but one, each asked of all that is later.
  void settle_open() requires(!State::forgets) {
    for (std::size_t i = slabs_.size(); i-- > 1;) {
      const State& later = *states_[i];
      settle_open(i - 1, later);
      states_[i - 1]->add_later(later);
      states_[i].reset();
    }
  }
  void settle_open(std::size_t slab, const State& later) {
    if (settled_[slab] == nullptr) return;
    const Settled& settled = *settled_[slab];
    const std::size_t parts = collectors_.size();
    tbb::parallel_for(
        std::size_t{0}, parts,
        [&](std::size_t part) {
          const std::size_t begin = settled.word_count() * part / parts,
                            end = settled.word_count() * (part + 1) / parts;
          PairCollector& collector = *collectors_[part];
          Found found{collector.room()};
          std::uint64_t open = 0;
          for (std::size_t word = begin; word < end; ++word) {
            if (word % 1024 == 0) options_.stop_if_asked();
            if (word + 1 < end) settled.each_open(word + 1, [&](Row row) { later.prefetch(row); });
            std::uint64_t hits = 0;
            settled.each_open(word, [&](Row row) {
              hits |= std::uint64_t{later.is_hit(row)} << row % rows_a_word;
              ++open;
            });
            collect(collector, found, settled.first_of(word), hits);
          }
          take(collector, found);
          options_.did(open);
        },
        tbb::simple_partitioner());
  }

  const BackendOptions& options_;
  const LedgerView& ledger_;
  const Rule& rule_;
  Slab judged_;
  PairMarks marks_;
  bool first_decides_;
  AccountNumbers accounts_;
  std::uint64_t expected_;
  std::vector<Slab> slabs_;
  std::vector<std::unique_ptr<State>> states_;
  std::vector<std::unique_ptr<Settled>> settled_;
  std::vector<std::unique_ptr<PairCollector>> collectors_;  // one a thread
  std::atomic<std::uint64_t> hits_ = 0, lone_pairs_ = 0;
};

template <class State>
HitCount count_with(const BackendOptions& options, const Question& question, Slab judged) {
  if (question.ledger.pair_marks.is_present()) return Count<State, true>(options, question, judged).run();
  return Count<State, false>(options, question, judged).run();
}

template <bool has_excluded>
HitCount count(const BackendOptions& options, const Question& question, Slab judged) {
  if (question.rule.within) return count_with<WindowMaximum<has_excluded>>(options, question, judged);
  return count_with<LaterMaximum<has_excluded>>(options, question, judged);
}

}  // namespace

HitCount count_by_sweep(const BackendOptions& options, const Question& question, const Interval& interval) {
  const Slab judged = rows_inside(question.ledger, interval);
  if (judged.begin == judged.end) return {};
  return question.rule.excluded.empty() ? count<false>(options, question, judged)
                                        : count<true>(options, question, judged);
}

}  // namespace ringscan::cpu
