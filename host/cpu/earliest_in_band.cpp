#include "cpu/earliest_in_band.hpp"

#include <algorithm>
#include <numeric>

namespace ringscan::cpu {
namespace {

// Up to so many candidates, or questions, walks are cheaper than a tree.
constexpr std::size_t short_list = 12;
constexpr std::size_t few_questions = 4;

Row walk(std::span<const Candidate> candidates, const BandQuestion& question, std::uint64_t& walked) {
  Row first = no_row;
  for (std::size_t i = candidates.size(); i-- > 0 && candidates[i].activation > question.threshold; ++walked)
    if (question.band.holds(candidates[i].key)) first = std::min(first, candidates[i].row);
  return first;
}

}  // namespace

std::span<const Row> EarliestInBand::answer(std::span<const Candidate> candidates,
                                            std::span<const BandQuestion> questions) {
  answers_.assign(questions.size(), no_row);
  const std::size_t count = candidates.size();
  if (count <= short_list || questions.size() <= few_questions) {
    for (std::size_t q = 0; q < questions.size(); ++q) answers_[q] = walk(candidates, questions[q], work_);
    return answers_;
  }
  work_ += count + questions.size();
  const bool are_open =
      std::ranges::all_of(questions, [](const auto& one) { return one.band.high == rules::no_limit; });
  if (are_open && std::ranges::is_sorted(candidates, {}, &Candidate::row)) {
    answer_by_stairs(candidates, questions);
    return answers_;
  }
  by_key_.resize(count);
  std::iota(by_key_.begin(), by_key_.end(), std::size_t{0});
  std::ranges::sort(by_key_, {}, [&](std::size_t i) { return candidates[i].key; });
  keys_.resize(count);
  key_place_.resize(count);
  for (std::size_t place = 0; place < count; ++place) {
    keys_[place] = candidates[by_key_[place]].key;
    key_place_[by_key_[place]] = place;
  }
  // Questions from the highest threshold down: each lets more candidates in, and none ever leaves.
  first_row_.assign(2 * count, no_row);
  std::size_t inactive = count;
  for (std::size_t q = questions.size(); q-- > 0;) {
    for (; inactive > 0 && candidates[inactive - 1].activation > questions[q].threshold; --inactive) {
      const Candidate& candidate = candidates[inactive - 1];
      for (std::size_t node = count + key_place_[inactive - 1]; node > 0 && candidate.row < first_row_[node]; node /= 2)
        first_row_[node] = candidate.row;
    }
    std::size_t low = std::size_t(std::ranges::lower_bound(keys_, questions[q].band.low) - keys_.begin()) + count;
    std::size_t high = std::size_t(std::ranges::upper_bound(keys_, questions[q].band.high) - keys_.begin()) + count;
    for (; low < high; low /= 2, high /= 2) {
      if (low % 2 == 1) answers_[q] = std::min(answers_[q], first_row_[low++]);
      if (high % 2 == 1) answers_[q] = std::min(answers_[q], first_row_[--high]);
    }
  }
  return answers_;
}

// Questions from the highest threshold down. An active candidate that comes before a smaller one answers in its place.
void EarliestInBand::answer_by_stairs(std::span<const Candidate> candidates, std::span<const BandQuestion> questions) {
  stairs_.clear();
  std::size_t inactive = candidates.size();
  const auto key = [&](std::size_t candidate) { return candidates[candidate].key; };
  for (std::size_t q = questions.size(); q-- > 0;) {
    for (; inactive > 0 && candidates[inactive - 1].activation > questions[q].threshold; --inactive) {
      while (!stairs_.empty() && key(stairs_.back()) <= key(inactive - 1)) stairs_.pop_back();
      stairs_.push_back(inactive - 1);
    }
    const auto end = std::ranges::lower_bound(stairs_, questions[q].band.low, std::ranges::greater_equal{}, key);
    if (end != stairs_.begin()) answers_[q] = candidates[*std::prev(end)].row;
  }
}

}  // namespace ringscan::cpu
