// The count of distinct pairs against a set of them: however they repeat, however many collectors there are, and when
// the room for them is used up.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "cpu/pair_counter.hpp"

namespace ringscan::cpu {
namespace {

// A collector as a loop uses it.
struct Loop {
  Loop(std::uint64_t expected, std::uint64_t room_for) : collector(expected, room_for) {}
  void add(std::uint32_t merchant, std::uint32_t customer, bool is_hit) {
    *room.next = PairCollector::pair(merchant, customer);
    room.next += is_hit;
    if (room.next == room.end) room = collector.take(room);
  }
  PairCollector* finish() { return room = collector.take(room), &collector; }

  PairCollector collector;
  PairCollector::Room room = collector.room();
};

TEST(PairCounter, CountsWhatASetCounts) {
  std::mt19937_64 random(1);
  for (const std::uint32_t accounts : {1u, 3u, 100u, 5'000u, ~0u})
    for (const std::size_t size : {0u, 1u, 7u, 1'024u, 20'000u, 100'000u})
      for (const std::uint64_t room : {std::uint64_t{0}, std::uint64_t{30'000}, roomy_pairs}) {
        std::set<std::pair<std::uint32_t, std::uint32_t>> expected;
        std::uint64_t added = 0;
        // As if far more were expected, so that they scatter; or nothing, so that room for few is soon used up.
        const std::uint64_t expected_pairs = room == roomy_pairs ? std::uint64_t{1} << 26 : size % 7;
        Loop first(expected_pairs, room), second(expected_pairs, room);
        for (std::size_t i = 0; i < size; ++i) {
          const auto merchant = std::uint32_t(random() % accounts), customer = std::uint32_t(random() % accounts);
          const bool is_hit = random() % 3 != 0;
          (i % 2 == 0 ? first : second).add(merchant, customer, is_hit);
          if (is_hit) expected.emplace(merchant, customer), ++added;
        }
        PairCollector* const both[] = {first.finish(), second.finish()};
        EXPECT_EQ(both[0]->taken() + both[1]->taken(), added);
        EXPECT_EQ(count_distinct({}, both), expected.size()) << accounts << ' ' << size << ' ' << room;
      }
}

TEST(PairCounter, CountsThePairThatIsZero) {
  Loop loop(1, roomy_pairs);
  loop.add(0, 0, false);
  PairCollector* all[] = {loop.finish()};
  EXPECT_EQ(count_distinct({}, all), 0u);
  loop.add(0, 0, true);
  loop.add(0, 0, true);
  loop.finish();
  EXPECT_EQ(loop.collector.taken(), 2u);
  EXPECT_EQ(count_distinct({}, all), 1u);
}

}  // namespace
}  // namespace ringscan::cpu
