// A small ledger in the making: one story, with honest trade around it.
#pragma once
#include <random>
#include <string>
#include <vector>

#include "cpu/cpu.hpp"
#include "discover/discover.hpp"
#include "tests/support.hpp"

namespace ringscan::testing {

inline constexpr std::int64_t hour = 3600, day = 24 * hour;

// Chance has the honest trade to compare with.
class Story {
 public:
  Story() {
    for (int shop = 0; shop < 12; ++shop)
      for (int customer = 0; customer < 40; ++customer)
        rows_.push_back(pay(std::int64_t(below(40)) * day + std::int64_t(below(24)) * hour,
                            "person" + std::to_string((7 * customer + 13 * shop) % 200), "shop" + std::to_string(shop),
                            price()));
    for (int i = 0; i < 400; ++i)
      rows_.push_back(pay(std::int64_t(below(60)) * day, "person" + std::to_string(below(200)),
                          "person" + std::to_string(below(200)), price()));
  }

  std::uint64_t below(std::uint64_t end) { return random_() % end; }
  std::uint64_t price() { return 1000 + below(90'000); }
  void transfer(std::int64_t time, const std::string& from, const std::string& to, std::uint64_t amount) {
    rows_.push_back(pay(time, from, to, amount));
  }
  static std::string person(std::size_t i) { return "person" + std::to_string(i); }

  discover::Result discover(const DiscoverOptions& options = {}) const {
    return find_farms(*make_cpu({2}), make_ledger(rows_), options, {2});
  }
  Ledger ledger() const { return make_ledger(rows_); }

 private:
  std::mt19937_64 random_{11};
  std::vector<TestRow> rows_;
};

inline std::uint64_t with_gain(std::uint64_t price, std::uint64_t permille) { return price + price * permille / 1000; }

// `workers` persons buy twice at m and are paid 3 to 9 % more than the price by `payer`, a day or so later.
inline void plant_farm(Story& story, std::size_t workers, const std::string& merchant, const std::string& payer,
                       bool funded) {
  for (std::size_t w = 0; w < workers; ++w)
    for (int task = 0; task < 2; ++task) {
      const std::int64_t time = std::int64_t(story.below(20 * 24)) * hour;
      const std::uint64_t price = story.price();
      story.transfer(time, Story::person(w), merchant, price);
      if (funded) story.transfer(time + 5 * hour, merchant, payer, with_gain(price, 100));
      story.transfer(time + 10 * hour + std::int64_t(story.below(20)) * hour, payer, Story::person(w),
                     with_gain(price, 30 + story.below(60)));
    }
}

}  // namespace ringscan::testing
