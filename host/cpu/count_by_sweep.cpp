#include "cpu/count_by_sweep.hpp"

#include <tbb/parallel_for.h>

#include "cpu/hit_words.hpp"
#include "cpu/known_rewards.hpp"
#include "cpu/sweep.hpp"
#include "cpu/window_maxima.hpp"

namespace ringscan::cpu {
namespace {

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
    for (std::uint64_t open = ~words_[word] & bits_inside(first, rows_); open != 0; open &= open - 1)
      visit(first + Row(std::countr_zero(open)));
  }

 private:
  Slab rows_;  // not none
  Row first_word_;
  std::vector<std::uint64_t> words_;
};

template <bool has_excluded>
class Count {
  using State = LaterMaximum<has_excluded>;

 public:
  Count(const BackendOptions& options, const Question& question, Slab judged)
      : options_(options),
        ledger_(question.ledger),
        rule_(question.rule),
        judged_(judged),
        words_(options, ledger_, judged.end - judged.begin, judged.end - judged.begin == ledger_.size()) {}

  HitCount run() {
    slabs_ = cut_into_slabs(ledger_, {judged_.begin, ledger_.size()}, slab_count(options_, ledger_, sizeof(AmountKey)));
    states_.resize(slabs_.size()), settled_.resize(slabs_.size());
    options_.enter("sweep");
    tbb::parallel_for(
        std::size_t{0}, slabs_.size(), [&](std::size_t i) { sweep_slab(i); }, tbb::simple_partitioner());
    // Slab after slab from the last but one, each asked of all that is later.
    for (std::size_t i = slabs_.size(); i-- > 1;) {
      settle_open(i - 1, *states_[i]);
      states_[i - 1]->add_later(*states_[i]);
      states_[i].reset();
    }
    states_.clear();
    return words_.count();
  }

 private:
  void sweep_slab(std::size_t i) {
    const Slab slab = slabs_[i];
    states_[i] = std::make_unique<State>(ledger_, rule_);
    HitWords::Task task(words_, i);
    const Row judged_end = std::min(slab.end, judged_.end);
    const bool leaves_open = i + 1 < slabs_.size() && judged_end > slab.begin;
    if (leaves_open) settled_[i] = std::make_unique<Settled>(Slab{slab.begin, judged_end});
    std::uint64_t hits = 0;  // of a word
    const auto take_word = [&](Row first) {
      if (leaves_open) settled_[i]->word_of(first) = hits;
      task.take(first, std::exchange(hits, 0));
    };
    sweep(
        options_, ledger_, slab, judged_end,
        states_[i]->handle(), [&](Row row, bool is_hit) __attribute__((always_inline)) {
          hits |= std::uint64_t{is_hit} << row % rows_a_word;
          if (row % rows_a_word == 0) take_word(row);
        });
    if (slab.begin % rows_a_word != 0) take_word(slab.begin / rows_a_word * rows_a_word);
    task.finish();
  }

  void settle_open(std::size_t slab, const State& later) {
    if (settled_[slab] == nullptr) return;
    const Settled& settled = *settled_[slab];
    const std::size_t parts = options_.threads;
    tbb::parallel_for(
        std::size_t{0}, parts,
        [&](std::size_t part) {
          const std::size_t begin = settled.word_count() * part / parts,
                            end = settled.word_count() * (part + 1) / parts;
          HitWords::Task task(words_, part);
          const auto state = later.handle();
          std::uint64_t open = 0;
          for (std::size_t word = begin; word < end; ++word) {
            if (word % 1024 == 0) options_.stop_if_asked();
            if (word + 1 < end) settled.each_open(word + 1, [&](Row row) { state.prefetch(row); });
            std::uint64_t hits = 0;
            settled.each_open(word, [&](Row row) {
              hits |= std::uint64_t{state.is_hit(row)} << row % rows_a_word;
              ++open;
            });
            task.take(settled.first_of(word), hits);
          }
          task.finish();
          options_.did(open);
        },
        tbb::simple_partitioner());
  }

  const BackendOptions& options_;
  const LedgerView& ledger_;
  const Rule& rule_;
  Slab judged_;
  HitWords words_;
  std::vector<Slab> slabs_;
  std::vector<std::unique_ptr<State>> states_;
  std::vector<std::unique_ptr<Settled>> settled_;
};

// The hits that a packed ledger knows.
HitCount count_known_hits(const BackendOptions& options, const Question& question, Slab judged) {
  const LedgerView& ledger = question.ledger;
  const KnownRewards known(question);
  known.need_rows(judged.begin, judged.end);
  HitWords words(options, ledger, judged.end - judged.begin,
                 !question.rule.within && judged.end - judged.begin == ledger.size());
  options.enter("sweep");
  const Row first_word = judged.begin / rows_a_word, end_word = (judged.end - 1) / rows_a_word + 1;
  tbb::parallel_for(
      std::size_t{0}, std::size_t{options.threads},
      [&](std::size_t part) {
        const auto begin_of = [&](std::size_t i) { return first_word + (end_word - first_word) * i / options.threads; };
        HitWords::Task task(words, part);
        for (Row word = begin_of(part); word < begin_of(part + 1); ++word) {
          if (word % 1024 == 0) options.stop_if_asked();
          const Row first = word * rows_a_word;
          task.take(first, known.word(first) & bits_inside(first, judged));
        }
        task.finish();
      },
      tbb::simple_partitioner());
  options.did(end_word - first_word);
  return words.count();
}

}  // namespace

HitCount count_by_sweep(const BackendOptions& options, const Question& question, const Interval& interval) {
  const Slab judged = rows_inside(question.ledger, interval);
  if (judged.begin == judged.end) return {};
  if (KnownRewards::decide(question)) return count_known_hits(options, question, judged);
  if (question.rule.within && *question.rule.within < question.ledger.time.back())
    return count_by_window_maxima(options, question, judged);
  return question.rule.excluded.empty() ? Count<false>(options, question, judged).run()
                                        : Count<true>(options, question, judged).run();
}

}  // namespace ringscan::cpu
