#include "cpu/count_in_window.hpp"

#include <tbb/parallel_for.h>

#include <limits>

#include "cpu/count_by_books.hpp"
#include "cpu/count_delegated.hpp"
#include "cpu/pair_filter.hpp"

namespace ringscan::cpu {
namespace {

// sweep() over the few rows between pairs that have purchases and payments that may complete them, in the direction of
// the model.
template <class State, class Judge>
void sweep_pairs(const LedgerView& ledger, const PairFilter& filter, State& state, Judge judge) {
  struct Kept {
    Row row;
    bool may_be_hit, may_complete;
  };
  std::array<Kept, 1024> kept;
  std::size_t count = 0;
  std::vector<Row> group;  // payments of the time at hand, which no purchase of this time may know
  const auto look = [&] {
    for (std::size_t i = 0; i < count; ++i) {
      if (i + prefetch_distance < count) state.prefetch(kept[i + prefetch_distance].row);
      const Row row = kept[i].row;
      if (!group.empty() && ledger.time[group.back()] != ledger.time[row]) {
        for (const Row payment : group) state.add(payment);
        group.clear();
      }
      if (kept[i].may_be_hit) judge(row, state.is_hit(row));
      if (kept[i].may_complete) group.push_back(row);
    }
    count = 0;
  };
  filter.each([&](Row row, bool may_be_hit, bool may_complete) __attribute__((always_inline)) {
    kept[count] = {row, may_be_hit, may_complete};
    count += may_be_hit | may_complete;
    if (count == kept.size()) look();
  });
  look();
}

// The slab, and the rows behind it whose payments are in the window of one of its purchases.
Slab with_window(const LedgerView& ledger, Slab slab, std::uint64_t within, bool is_forward) {
  const auto first_at = [&](std::uint64_t time) {
    return Row(std::ranges::lower_bound(ledger.time, time) - ledger.time.begin());
  };
  if (is_forward) {
    const std::uint64_t first = ledger.time[slab.begin];
    return {first_at(first - std::min(first, within)), slab.end};
  }
  const std::uint64_t last = ledger.time[slab.end - 1];
  return {slab.begin, first_at(last + std::min<std::uint64_t>(within, std::numeric_limits<std::uint32_t>::max()) + 1)};
}

// Few pairs of a window share a place; all threads' places together are no more than a quarter of the rows.
std::size_t places_for(const LedgerView& ledger, std::uint64_t within, unsigned threads, std::size_t most) {
  const std::uint64_t span = std::uint64_t{ledger.time.back()} + 1, in_window = std::min(span - 1, within) + 1;
  const std::uint64_t rows = (ledger.size() / 1024 + 1) * in_window / span * 1024;  // about
  return std::bit_floor(
      std::min<std::uint64_t>(std::clamp<std::uint64_t>(8 * rows, 1024, 1024 + ledger.size() / 4 / threads), most));
}

template <Model model, bool one_asset>
HitCount count(const BackendOptions& options, const Question& question, Slab bought, const WindowLimits& limits) {
  using State = WindowReceipts<model>;
  const LedgerView& ledger = question.ledger;
  std::vector<bool> is_excluded(question.rule.excluded.empty() ? 0 : ledger.wallet_count());
  for (std::size_t w = 0; w < is_excluded.size(); ++w)
    is_excluded[w] = question.rule.excludes(ledger.wallet_account[w]);
  const auto account = [&](Wallet wallet) {
    return std::uint32_t(one_asset ? Account(to_index(wallet)) : ledger.wallet_account[to_index(wallet)]);
  };
  const std::size_t places = places_for(ledger, question.within, options.threads, limits.most_places);
  const std::size_t count =
      State::by_pair ? options.threads : slab_count(options, ledger, State::is_delegated ? 32 : 16);
  const std::vector<Slab> slabs = cut_into_slabs(ledger, bought, count);
  PairCollectors collectors;
  for (std::size_t i = 0; i < slabs.size(); ++i) collectors.push_back(make_collector(options, bought));
  OpenPurchases open(ledger);
  options.enter("sweep");
  tbb::parallel_for(
      std::size_t{0}, slabs.size(),
      [&](std::size_t i) {
        PairCollector& collector = *collectors[i];
        PairCollector::Room room = collector.room();
        const auto judge = [&](Row row, Answer answer) {
          const Wallet customer = ledger.from[row], merchant = ledger.to[row];
          if (answer == Answer::open) open.add(row, customer, merchant);
          *room.next = PairCollector::pair(account(merchant), account(customer));
          room.next += answer == Answer::yes;
          if (room.next == room.end) room = collector.take(room);
        };
        const Slab seen = with_window(ledger, slabs[i], question.within, State::is_forward);
        State state(question, is_excluded, State::by_pair ? std::max<std::size_t>(2, places / 4) : places, limits);
        if constexpr (State::by_pair)
          sweep_pairs(ledger, PairFilter(options, ledger, seen, slabs[i], State::is_forward, question.within, places),
                      state, judge);
        else
          sweep(options, ledger, seen, slabs[i].end, state, judge);
        collector.take(room);
        options.did(0, state.work());
      },
      tbb::simple_partitioner());
  if (open.is_empty()) return count_collected(options, collectors);
  if constexpr (!State::is_delegated) {
    collect_by_books(options, question, bought, &open, collectors);
    return count_collected(options, collectors);
  }
  PairCollectors others;
  const std::uint64_t hits = collect_delegated(options, question, bought, open, others);
  std::uint64_t all_hits = hits;
  for (const auto& collector : collectors) all_hits += collector->taken();
  collectors.insert(collectors.end(), std::move_iterator(others.begin()), std::move_iterator(others.end()));
  return {all_hits, count_collected(options, collectors).pairs};
}

template <Model model>
HitCount count(const BackendOptions& options, const Question& question, Slab bought, const WindowLimits& limits) {
  return has_one_asset(question.ledger) ? count<model, true>(options, question, bought, limits)
                                        : count<model, false>(options, question, bought, limits);
}

}  // namespace

HitCount count_in_window(const BackendOptions& options, const Question& question, const Interval& interval,
                         const WindowLimits& limits) {
  const Slab bought = rows_inside(question.ledger, interval);
  if (bought.begin == bought.end) return {};
  switch (question.rule.model) {
    case Model::enhanced:
      return count<Model::enhanced>(options, question, bought, limits);
    case Model::basic:
      return count<Model::basic>(options, question, bought, limits);
    case Model::advanced:
      return count<Model::advanced>(options, question, bought, limits);
    default:
      return count<Model::any>(options, question, bought, limits);
  }
}

}  // namespace ringscan::cpu
