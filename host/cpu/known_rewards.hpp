// Hits that a packed ledger knows beforehand: anybody pays more, later or within so much time.
#pragma once
#include <algorithm>

#include "cpu/hit_words.hpp"
#include "cpu/question.hpp"

namespace ringscan::cpu {

class KnownRewards {
 public:
  // Whether the ledger has what decides this question: nothing but a larger payment in time, from anyone at all.
  static bool decide(const Question& question) {
    const Rule& rule = question.rule;
    return rule.model == Model::any && !rule.max_gain && rule.excluded.empty() && bound(question);
  }
  // Whether it knows hits of which this question's are some: a larger payment in time is needed, and perhaps not
  // enough.
  static bool bound(const Question& question) {
    const Rule& rule = question.rule;
    if (rule.model == Model::purchase_only || rule.model == Model::basic) return false;
    return rule.within ? question.ledger.reward_waits.is_present() : question.ledger.plain_hits.is_present();
  }

  // Needs decide() or bound() where it is asked.
  explicit KnownRewards(const Question& question)
      : hits_(question.ledger.plain_hits),
        waits_(question.ledger.reward_waits),
        within_(question.within),
        has_window_(question.rule.within.has_value()) {}

  bool is_hit(Row row) const { return has_window_ ? waits_.is_within(row, within_) : hits_.of(row); }
  // What is known of rows [begin, end) is as it was written: before word(), and before is_hit() without guards.
  void need_rows(Row begin, Row end) const {
    if (has_window_) return need(waits_.guard, waits_.waits.subspan(begin, end - begin));
    const Row first = begin / rows_a_word;
    need(hits_.guard, hits_.hits.subspan(first, PlainHits::words(end) - first));
  }
  KnownRewards without_guards() const {
    KnownRewards unguarded = *this;
    unguarded.hits_.guard = unguarded.waits_.guard = nullptr;
    return unguarded;
  }
  // Of the 64 rows from `first` on.
  std::uint64_t word(Row first) const {
    if (!has_window_) return hits_.hits[first / rows_a_word];
    const std::span<const std::uint32_t> all = waits_.waits.subspan(first);
    const std::uint32_t end = RewardWaits::end_of(within_);
    std::uint64_t word = 0;
    if (all.size() >= rows_a_word)
      for (Row i = 0; i < rows_a_word; ++i) word |= std::uint64_t{all[i] < end} << i;
    else
      for (Row i = 0; i < all.size(); ++i) word |= std::uint64_t{all[i] < end} << i;
    return word;
  }

 private:
  PlainHits hits_;
  RewardWaits waits_;
  std::uint64_t within_;
  bool has_window_;
};

}  // namespace ringscan::cpu
