// The batch range search against a walk over all candidates, around the size where it changes method.
#include "cpu/earliest_in_band.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace ringscan::cpu {
namespace {

TEST(EarliestInBand, is_what_a_walk_finds) {
  std::mt19937_64 random(5);
  EarliestInBand search;
  std::size_t in_order = 0;
  for (const std::size_t size : {0, 1, 2, 11, 12, 13, 14, 15, 16, 17, 31, 32, 33, 100})
    for (int round = 0; round < 60; ++round) {
      std::vector<Candidate> candidates;
      for (std::size_t i = 0; i < size; ++i) candidates.push_back({random() % 20, random() % 9, random() % 1000});
      std::ranges::sort(candidates, {}, &Candidate::activation);
      const bool by_stairs = round % 2 == 0;  // rows in order, bands without an upper end
      if (by_stairs)
        for (std::size_t i = 0; i < size; ++i) candidates[i].row = 7 * i;
      std::vector<BandQuestion> questions;
      for (int i = 0; i < 15; ++i) {
        const std::uint64_t low = random() % 9;
        questions.push_back({random() % 21, {low, by_stairs || random() % 3 == 0 ? rules::no_limit : random() % 10}});
      }
      std::ranges::sort(questions, {}, &BandQuestion::threshold);
      const std::span<const Row> answers = search.answer(candidates, questions);
      for (std::size_t i = 0; i < questions.size(); ++i) {
        Row first = no_row;
        for (const Candidate& one : candidates)
          if (one.activation > questions[i].threshold && questions[i].band.low <= one.key &&
              one.key <= questions[i].band.high)
            first = std::min(first, one.row);
        ASSERT_EQ(answers[i], first) << size;
        in_order += by_stairs && size > 12 && first != no_row;
      }
    }
  EXPECT_GT(in_order, 1000u);
}

}  // namespace
}  // namespace ringscan::cpu
