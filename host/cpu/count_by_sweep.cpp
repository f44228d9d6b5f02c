#include "cpu/count_by_sweep.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <bit>
#include <limits>
#include <memory>

#include "cpu/pair_counter.hpp"
#include "cpu/sweep.hpp"
#include "cpu/window_maximum.hpp"

namespace ringscan::cpu {
namespace {

constexpr std::uint64_t column_bytes = 20;  // a row

// Which rows of a slab are settled; one thread's at a time.
class Marks {
 public:
  explicit Marks(Slab rows) : rows_(rows), words_((rows.end - rows.begin + 63) / 64) {}
  void add(Row row, bool is_settled) {
    words_[(row - rows_.begin) / 64] |= std::uint64_t{is_settled} << (row - rows_.begin) % 64;
  }
  std::size_t word_count() const { return words_.size(); }
  // Calls visit(row) for the rows of this word that are not settled.
  template <class Visit>
  void each_open(std::size_t word, Visit visit) const {
    const Row first = rows_.begin + word * 64;
    const std::uint64_t inside =
        rows_.end - first < 64 ? (std::uint64_t{1} << (rows_.end - first)) - 1 : ~std::uint64_t{0};
    for (std::uint64_t open = ~words_[word] & inside; open != 0; open &= open - 1)
      visit(first + Row(std::countr_zero(open)));
  }

 private:
  Slab rows_;
  std::vector<std::uint64_t> words_;
};

template <class State, bool one_asset>
class Count {
 public:
  Count(const BackendOptions& options, const Question& question, Slab judged)
      : options_(options),
        ledger_(question.ledger),
        rule_(question.rule),
        judged_(judged),
        expected_(judged.end - judged.begin) {}

  HitCount run() {
    const Row last = State::forgets ? end_of_window(judged_.end) : ledger_.size();
    const std::uint64_t states =
        column_bytes * ledger_.size() / (sizeof_state * std::max<std::size_t>(1, ledger_.wallet_count()));
    const auto count = std::clamp<std::size_t>(states, 1, options_.threads);
    slabs_ = cut_into_slabs(ledger_, {judged_.begin, State::forgets ? judged_.end : last}, count);
    states_.resize(slabs_.size()), marks_.resize(slabs_.size());
    for (std::size_t i = 0; i < options_.threads; ++i)
      collectors_.push_back(std::make_unique<PairCollector>(expected_, roomy_pairs / options_.threads));
    options_.enter("sweep");
    tbb::parallel_for(
        std::size_t{0}, slabs_.size(), [&](std::size_t i) { sweep_slab(i); }, tbb::simple_partitioner());
    if constexpr (!State::forgets) settle_open();
    states_.clear();
    HitCount hits;
    std::vector<PairCollector*> all;
    for (const auto& collector : collectors_) {
      hits.hits += collector->taken();
      all.push_back(collector.get());
    }
    options_.enter("pairs");
    hits.pairs = count_distinct(options_, all);
    return hits;
  }

 private:
  static constexpr std::size_t sizeof_state = State::bytes_a_wallet;

  Row end_of_window(Row end) const {
    if (end == 0) return 0;
    const std::uint64_t last =
        ledger_.time[end - 1] + std::min<std::uint64_t>(*rule_.within, std::numeric_limits<std::uint32_t>::max());
    return Row(std::ranges::upper_bound(ledger_.time, last) - ledger_.time.begin());
  }

  void collect(PairCollector& collector, PairCollector::Room& room, Row row, bool is_hit) const {
    const Wallet to = ledger_.to[row], from = ledger_.from[row];
    if constexpr (one_asset)
      *room.next = PairCollector::pair(std::uint32_t(to), std::uint32_t(from));
    else
      *room.next = PairCollector::pair(std::uint32_t(ledger_.wallet_account[to_index(to)]),
                                       std::uint32_t(ledger_.wallet_account[to_index(from)]));
    room.next += is_hit;  // no branch: half of them are
    if (room.next == room.end) room = collector.take(room);
  }

  void sweep_slab(std::size_t i) {
    const Slab slab = slabs_[i];
    states_[i] = std::make_unique<State>(ledger_, rule_);
    State& state = *states_[i];
    PairCollector& collector = *collectors_[i];
    PairCollector::Room room = collector.room();
    const Slab seen = {slab.begin, State::forgets ? end_of_window(slab.end) : slab.end};
    const Row judged_end = std::min(slab.end, judged_.end);
    if (State::forgets || i + 1 == slabs_.size()) {
      sweep(options_, ledger_, seen, judged_end, state,
            [&](Row row, bool is_hit) { collect(collector, room, row, is_hit); });
    } else {
      marks_[i] = std::make_unique<Marks>(Slab{slab.begin, std::max(slab.begin, judged_end)});
      Marks& marks = *marks_[i];
      sweep(options_, ledger_, seen, judged_end, state, [&](Row row, bool is_hit) {
        marks.add(row, is_hit);
        collect(collector, room, row, is_hit);
      });
    }
    collector.take(room);
    options_.did(0, state.work());
  }

  // Slab after slab from the last but one, each asked of all that is later.
  void settle_open() requires(!State::forgets) {
    for (std::size_t i = slabs_.size(); i-- > 1;) {
      const State& later = *states_[i];
      const Marks& marks = *marks_[i - 1];
      const std::size_t parts = collectors_.size();
      tbb::parallel_for(
          std::size_t{0}, parts,
          [&](std::size_t part) {
            const std::size_t begin = marks.word_count() * part / parts, end = marks.word_count() * (part + 1) / parts;
            PairCollector& collector = *collectors_[part];
            PairCollector::Room room = collector.room();
            std::uint64_t open = 0;
            for (std::size_t word = begin; word < end; ++word) {
              if (word % 1024 == 0) options_.stop_if_asked();
              if (word + 1 < end) marks.each_open(word + 1, [&](Row row) { later.prefetch(row); });
              marks.each_open(word, [&](Row row) { collect(collector, room, row, later.is_hit(row)), ++open; });
            }
            collector.take(room);
            options_.did(open);
          },
          tbb::simple_partitioner());
      states_[i - 1]->add_later(later);
      states_[i].reset();
    }
  }

  const BackendOptions& options_;
  const LedgerView& ledger_;
  const Rule& rule_;
  Slab judged_;
  std::uint64_t expected_;
  std::vector<Slab> slabs_;
  std::vector<std::unique_ptr<State>> states_;
  std::vector<std::unique_ptr<Marks>> marks_;
  std::vector<std::unique_ptr<PairCollector>> collectors_;  // one a thread
};

template <class State>
HitCount count_with(const BackendOptions& options, const Question& question, Slab judged) {
  if (has_one_asset(question.ledger)) return Count<State, true>(options, question, judged).run();
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
