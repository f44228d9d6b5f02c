// Hits of a count over all receivers, 64 rows at a time, to hits and distinct pairs. By a packed ledger's pair marks
// most hits decide alone, and only the pairs of the others are collected (pair_counter.hpp).
#pragma once
#include <atomic>
#include <bit>
#include <memory>

#include "cpu/account_numbers.hpp"
#include "cpu/pair_counter.hpp"
#include "cpu/question.hpp"

namespace ringscan::cpu {

inline constexpr Row rows_a_word = 64;  // a bit each
static_assert(rows_a_word == PairMarks::rows_a_block);

// The bits of the word from row `first` on that stand for rows of the slab.
inline std::uint64_t bits_inside(Row first, Slab rows) {
  std::uint64_t inside = ~std::uint64_t{0};
  if (first < rows.begin) inside &= ~std::uint64_t{0} << (rows.begin - first);
  if (rows.end - first < rows_a_word) inside &= (std::uint64_t{1} << (rows.end - first)) - 1;
  return inside;
}

class HitWords {
 public:
  // `expected`: hits at most. `is_monotone`: whoever's payment is a hit, an earlier one that is no larger is one too.
  HitWords(const BackendOptions& options, const LedgerView& ledger, std::uint64_t expected, bool is_monotone)
      : options_(options),
        ledger_(ledger),
        marks_(ledger.pair_marks),
        first_decides_(is_monotone),
        accounts_(ledger, {}) {
    need(marks_.guard, marks_.marks);
    for (std::size_t i = 0; i < options.threads; ++i)
      collectors_.push_back(std::make_unique<PairCollector>(expected, roomy_pairs / options.threads));
  }

  // What one task finds; one at a time for each number below the threads'.
  class Task {
   public:
    Task(HitWords& all, std::size_t number)
        : all_(all), collector_(*all.collectors_[number]), room_(collector_.room()) {}
    // The hits among the 64 rows from `first` on. Not inlined, as the loop around it wants the registers.
    [[gnu::noinline]] void take(Row first, std::uint64_t hits) {
      hits_ += std::uint64_t(std::popcount(hits));
      if (all_.marks_.is_present()) {
        const auto& [low, high] = all_.marks_.marks[first / rows_a_word];
        lone_pairs_ += std::uint64_t(std::popcount(hits & (all_.first_decides_ ? high : high & low)));
        hits &= ~(all_.first_decides_ ? high | low : high & low);
      }
      for (; hits != 0; hits &= hits - 1) {
        const Row row = first + Row(std::countr_zero(hits));
        const auto number = [](Wallet wallet) { return std::uint32_t(wallet); };
        *room_.next++ = PairCollector::pair(number(all_.ledger_.to[row]), number(all_.ledger_.from[row]));
        if (room_.next == room_.end) take_pairs();
      }
    }
    void finish() {
      take_pairs();
      all_.hits_ += hits_;
      all_.lone_pairs_ += lone_pairs_;
    }

   private:
    void take_pairs() {
      all_.accounts_.name_pairs({collector_.room().next, room_.next});
      room_ = collector_.take(room_);
    }

    HitWords& all_;
    PairCollector& collector_;
    PairCollector::Room room_;
    std::uint64_t hits_ = 0, lone_pairs_ = 0;
  };

  // After all tasks.
  HitCount count() const {
    std::vector<PairCollector*> all;
    for (const auto& collector : collectors_) all.push_back(collector.get());
    options_.enter("pairs");
    return {hits_, lone_pairs_ + count_distinct(options_, all)};
  }

 private:
  const BackendOptions& options_;
  const LedgerView& ledger_;
  const PairMarks marks_;
  const bool first_decides_;
  const AccountNumbers accounts_;
  std::vector<std::unique_ptr<PairCollector>> collectors_;  // one a thread
  std::atomic<std::uint64_t> hits_ = 0, lone_pairs_ = 0;    // pairs: of which one hit decides alone
};

}  // namespace ringscan::cpu
