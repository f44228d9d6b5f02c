#include "cpu/window_maxima.hpp"

#include <tbb/parallel_for.h>

#include "cpu/hit_words.hpp"

namespace ringscan::cpu {
namespace {

// The most that each wallet received since begin(). Wallets of excluded accounts neither buy, sell nor pay rewards.
template <bool has_excluded>
class BlockMaximum {
 public:
  static constexpr std::size_t bytes_a_wallet = 16;

  BlockMaximum(const LedgerView& ledger, const Rule& rule) : columns_(ledger) {
    most_.resize(ledger.wallet_count());
    if constexpr (has_excluded)
      for (std::size_t w = 0; w < ledger.wallet_count(); ++w)
        if (rule.excludes(ledger.wallet_account[w])) most_[w].block = excluded;
  }

 private:
  struct Most {
    AmountKey key;
    std::uint64_t block;
  };
  static_assert(sizeof(Most) == bytes_a_wallet);
  static constexpr std::uint64_t excluded = ~std::uint64_t{0};

 public:
  // As sweep() takes it; good until the next begin().
  class Handle {
   public:
    // Inlined by force: g++ takes a call that only prefetches for one without effect, and drops it.
    [[gnu::always_inline]] void prefetch(Row row) const { prefetch_from(row), prefetch_to(row); }
    [[gnu::always_inline]] void prefetch_from(Row row) const { __builtin_prefetch(&of(columns_.from[row])); }
    [[gnu::always_inline]] void prefetch_to(Row row) const { __builtin_prefetch(&of(columns_.to[row]), 1); }
    bool is_hit(Row row) const {
      const Most& most = of(columns_.from[row]);
      const bool hit = (most.block == block_) & (most.key > columns_.amount[row]);
      if constexpr (has_excluded) return hit & (of(columns_.to[row]).block != excluded);
      return hit;
    }
    void add(Row row) const {
      Most& most = of(columns_.to[row]);
      if constexpr (has_excluded)
        if (most.block == excluded || of(columns_.from[row]).block == excluded) return;
      // No branch: whose block it is cannot be foreseen.
      const AmountKey before = most.key & -AmountKey{most.block == block_}, received = columns_.amount[row];
      most.key = before > received ? before : received;
      most.block = block_;
    }

   private:
    friend BlockMaximum;
    Handle(const SweptColumns& columns, Most* most, std::uint64_t block)
        : columns_(columns), most_(most), block_(block) {}
    Most& of(Wallet wallet) const { return most_[to_index(wallet)]; }

    SweptColumns columns_;
    Most* most_;
    std::uint64_t block_;
  };
  Handle begin() { return {columns_, most_.data(), ++block_}; }

 private:
  SweptColumns columns_;
  PagedArray<Most> most_;
  std::uint64_t block_ = 0;
};

template <bool has_excluded>
class Count {
 public:
  Count(const BackendOptions& options, const Question& question, Slab judged)
      : options_(options),
        ledger_(question.ledger),
        rule_(question.rule),
        within_(*question.rule.within),
        judged_(judged),
        words_(options, ledger_, judged.end - judged.begin, false) {}

  HitCount run() {
    using State = BlockMaximum<has_excluded>;
    const std::vector<Slab> slabs =
        cut_into_slabs(ledger_, judged_, slab_count(options_, ledger_, State::bytes_a_wallet));
    options_.enter("sweep");
    tbb::parallel_for(
        std::size_t{0}, slabs.size(),
        [&](std::size_t i) {
          State state(ledger_, rule_);
          HitWords::Task task(words_, i);
          std::vector<std::uint64_t> words;
          for (Row end = slabs[i].end; end > slabs[i].begin;) {  // from the last block on
            const Row begin = std::max(slabs[i].begin, row_of(block_of(end - 1)));
            judge(state, {begin, end}, words, task);
            end = begin;
          }
          task.finish();
        },
        tbb::simple_partitioner());
    return words_.count();
  }

 private:
  std::uint64_t length() const { return std::max<std::uint64_t>(1, within_); }  // of a block
  std::uint64_t block_of(Row row) const { return ledger_.time[row] / length(); }
  Row row_of(std::uint64_t block) const {
    return Row(std::ranges::lower_bound(ledger_.time, block * length()) - ledger_.time.begin());
  }

  // Purchases of one block.
  template <class State>
  void judge(State& state, Slab rows, std::vector<std::uint64_t>& words, HitWords::Task& task) {
    const std::uint64_t block = block_of(rows.begin);
    const Row end_of_block = row_of(block + 1), first_word = rows.begin / rows_a_word;
    words.assign((rows.end - 1) / rows_a_word + 1 - first_word, 0);
    std::uint64_t hits = 0;
    sweep(
        options_, ledger_, {rows.begin, end_of_block}, rows.end,
        state.begin(), [&](Row row, bool is_hit) __attribute__((always_inline)) {
          hits |= std::uint64_t{is_hit} << row % rows_a_word;
          if (row % rows_a_word == 0) words[row / rows_a_word - first_word] = std::exchange(hits, 0);
        });
    if (rows.begin % rows_a_word != 0) words.front() = hits;
    walk(state.begin(), rows, {end_of_block, row_of(block + 2)}, words, task);
  }

  // What the begin of the next block adds to `words`.
  template <class Handle>
  void walk(const Handle state, Slab rows, Slab next, std::span<const std::uint64_t> words,
            HitWords::Task& task) const {
    options_.did(rows.end - rows.begin + next.end - next.begin);
    const std::uint32_t* const times = ledger_.time.data();
    const Row first_word = rows.begin / rows_a_word,
              last_prefetched = std::max(ledger_.size(), prefetch_distance) - prefetch_distance;
    std::uint64_t hits = 0;
    Row later = next.begin;
    for (Row row = rows.begin; row < rows.end; ++row) {
      const std::uint64_t last = times[row] + within_;
      for (; later < next.end && times[later] <= last; ++later) {
        if (later < last_prefetched) state.prefetch_to(later + prefetch_distance);
        state.add(later);
      }
      if (row < last_prefetched) state.prefetch_from(row + prefetch_distance);
      hits |= std::uint64_t{state.is_hit(row)} << row % rows_a_word;
      if (row % rows_a_word != rows_a_word - 1 && row + 1 != rows.end) continue;
      const Row word = row / rows_a_word;
      task.take(word * rows_a_word, words[word - first_word] | std::exchange(hits, 0));
    }
  }

  const BackendOptions& options_;
  const LedgerView& ledger_;
  const Rule& rule_;
  const std::uint64_t within_;
  const Slab judged_;
  HitWords words_;
};

}  // namespace

HitCount count_by_window_maxima(const BackendOptions& options, const Question& question, Slab judged) {
  return question.rule.excluded.empty() ? Count<false>(options, question, judged).run()
                                        : Count<true>(options, question, judged).run();
}

}  // namespace ringscan::cpu
