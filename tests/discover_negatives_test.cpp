// The hard negatives: each innocent story in a small ledger of its own is no farm, and a farm that differs from it in
// one trait is one. A row a story; `is_farm` is that trait.
#include <gtest/gtest.h>

#include "cpu/cpu.hpp"
#include "discover/discover.hpp"
#include "tests/support.hpp"

namespace ringscan {
namespace {

using namespace discover;
using testing::pay;
using testing::TestRow;

constexpr std::int64_t hour = 3600, day = 24 * hour;

class World {
 public:
  World() {
    for (int shop = 0; shop < 12; ++shop)
      for (int customer = 0; customer < 40; ++customer)
        pays(some_time(40), "person" + std::to_string((7 * customer + 13 * shop) % 200), "shop" + std::to_string(shop),
             price());
    for (int i = 0; i < 400; ++i) pays(some_time(60), person(below(200)), person(below(200)), price());
  }

  std::uint64_t below(std::uint64_t end) { return random_() % end; }
  std::int64_t some_time(std::uint64_t days) { return std::int64_t(below(days * 24)) * hour; }
  std::int64_t hours(std::uint64_t least, std::uint64_t most) {
    return std::int64_t(least + below(most - least)) * hour;
  }
  std::uint64_t price() { return 1000 + below(90'000); }
  static std::uint64_t permille(std::uint64_t amount, std::uint64_t share) { return amount * share / 1000; }
  std::uint64_t more(std::uint64_t amount) { return permille(amount, 1030 + below(60)); }
  static std::string person(std::uint64_t i) { return "person" + std::to_string(i); }
  void pays(std::int64_t time, const std::string& from, const std::string& to, std::uint64_t amount) {
    rows_.push_back(pay(time, from, to, amount));
  }
  // Every one of the first `people`, so many times each.
  template <class Visit>
  void each(std::size_t people, int times, Visit visit) {
    for (std::size_t i = 0; i < people; ++i)
      for (int n = 0; n < times; ++n) visit(person(i));
  }
  Ledger ledger() const { return testing::make_ledger(rows_); }

 private:
  std::mt19937_64 random_{11};
  std::vector<TestRow> rows_;
};

struct Case {
  const char* name;
  void (*tell)(World& world, bool is_farm);
};

// A purchase that is answered a day later, with a gain, by somebody whom the merchant pays.
void sell(World& world, const std::string& who, const std::string& merchant, const std::string& payer,
          std::uint64_t back_permille) {
  const std::int64_t time = world.some_time(25);
  const std::uint64_t price = world.price();
  world.pays(time, who, merchant, price);
  world.pays(time + world.hours(12, 30), payer, who, World::permille(price, back_permille));
}

const Case cases[] = {
    {"pass_through",  // one source, addresses, one collector; a basic farm's own accounts spend again and again
     [](World& world, bool is_farm) {
       world.each(12, is_farm ? 3 : 1, [&](const std::string& address) {
         const std::int64_t time = world.some_time(25);
         const std::uint64_t amount = world.price();
         world.pays(time, "source", address, world.more(amount));
         world.pays(time + 5 * hour, address, is_farm ? "source" : "collector", amount);
       });
     }},
    {"sweep",  // everybody is paid back at once, or as sales go on
     [](World& world, bool is_farm) {
       world.each(16, 2, [&](const std::string& who) {
         const std::int64_t time = world.some_time(10);
         const std::uint64_t price = world.price();
         world.pays(time, who, "project", price);
         world.pays(is_farm ? time + world.hours(10, 30) : 12 * day + world.hours(0, 2), "project", who,
                    world.more(price));
       });
     }},
    {"refunds",  // of as much or a little less, or of more
     [](World& world, bool is_farm) {
       world.each(15, 2, [&](const std::string& who) {
         sell(world, who, "dealer", "dealer", is_farm ? 1030 + world.below(60) : 950 + world.below(51));
       });
     }},
    {"launch_with_compensation",  // by its treasury, once it has failed, or while people still buy
     [](World& world, bool is_farm) {
       world.each(16, 2, [&](const std::string& who) {
         const std::int64_t time = world.some_time(8);
         const std::uint64_t price = world.price();
         world.pays(time, who, "launch", price);
         world.pays(time + 2 * hour, "launch", "treasury", World::permille(price, 1100));
         world.pays(is_farm ? time + world.hours(5, 30) : 15 * day + world.hours(0, 9), "treasury", who,
                    world.more(price));
       });
     }},
    {"payroll",  // the same every week whatever was bought, or what was bought and more
     [](World& world, bool is_farm) {
       world.each(20, 4, [&](const std::string& who) {
         const std::int64_t time = world.some_time(28);
         const std::uint64_t price = world.price();
         world.pays(time, who, "company", price);
         if (is_farm) world.pays(time + world.hours(5, 30), "company", who, world.more(price));
       });
       if (is_farm) return;
       for (std::uint64_t i = 0; i < 20; ++i)
         for (int week = 0; week < 4; ++week) world.pays(week * 7 * day, "company", World::person(i), 40'000 + 997 * i);
     }},
    {"airdrop",  // the same for many who shop, of whom some get about what they spent, or to whom it is due
     [](World& world, bool is_farm) {
       for (std::uint64_t i = 0; i < 120 && !is_farm; ++i)
         world.pays(20 * day + std::int64_t(i) * 60, "airdrop", World::person(i), 30'000);
       world.each(15, 2, [&](const std::string& who) {
         const std::int64_t time = world.some_time(15);
         const std::uint64_t price = world.price();
         world.pays(time, who, "boutique", price);
         if (is_farm) world.pays(time + world.hours(3, 30), "airdrop", who, world.more(price));
       });
       for (int bill = 0; bill < 10; ++bill) world.pays(bill * day, "boutique", "airdrop", 400'000);
     }},
    {"canteen",  // an allowance a week, or each meal's price and more
     [](World& world, bool is_farm) {
       for (int week = 0; week < 5; ++week) {
         for (std::uint64_t i = 0; i < 15; ++i) {
           if (!is_farm) world.pays(week * 7 * day + 6 * day, "employer", World::person(i), 12'000);
           for (int weekday = 0; weekday < 4; ++weekday) {
             const std::uint64_t meal = is_farm ? world.price() : 3000 + 500 * world.below(3);
             const std::int64_t noon = (7 * week + weekday) * day + world.hours(11, 14);
             world.pays(noon, World::person(i), "canteen", meal);
             if (is_farm) world.pays(noon + world.hours(3, 20), "employer", World::person(i), world.more(meal));
           }
         }
         world.pays((7 * week + 6) * day, "canteen", "employer", is_farm ? 4'000'000 : 60'000);
       }
     }},
    {"reimbursement",  // by an employer that the agency does not pay, or pays
     [](World& world, bool is_farm) {
       world.each(12, 2,
                  [&](const std::string& who) { sell(world, who, "agency", "employer", 1030 + world.below(60)); });
       for (int bill = 0; bill < 10 && is_farm; ++bill) world.pays(bill * day, "agency", "employer", 300'000);
     }},
    {"interest",  // the later the more, or whenever
     [](World& world, bool is_farm) {
       world.each(20, 2, [&](const std::string& who) {
         const std::int64_t time = world.some_time(25), days = 2 + std::int64_t(world.below(18));
         const std::uint64_t lent = world.price();
         world.pays(time, who, "bank", lent);
         world.pays(time + days * day, "bank", who,
                    is_farm ? world.more(lent) : World::permille(lent, 1000 + 8 * std::uint64_t(days)));
       });
     }},
    {"staking",  // yields every week and the stake at the end, or the stake and a yield soon
     [](World& world, bool is_farm) {
       world.each(20, 1, [&](const std::string& who) {
         const std::int64_t time = world.some_time(20);
         const std::uint64_t stake = 20 * world.price();
         const int weeks = 2 + int(world.below(6));
         world.pays(time, who, "validator", stake);
         for (int week = 1; week <= weeks && !is_farm; ++week)
           world.pays(time + week * 7 * day, "validator", who, World::permille(stake, 3));
         world.pays(is_farm ? time + world.hours(20, 90) : time + weeks * 7 * day, "validator", who,
                    is_farm ? world.more(stake) : stake);
       });
     }},
    {"gas_station",  // lends small change for a premium; a farm's merchant pays the premium
     [](World& world, bool is_farm) {
       world.each(20, 2, [&](const std::string& who) {
         const std::int64_t time = world.some_time(25);
         const std::uint64_t gas = world.price(), premium = world.more(gas);
         world.pays(time, is_farm ? who : "station", is_farm ? "station" : who, gas);
         world.pays(time + world.hours(3, 60), is_farm ? "station" : who, is_farm ? who : "station", premium);
       });
     }},
    {"escrow",  // pays the sellers, and a few buyers back; a farm's house pays its buyers
     [](World& world, bool is_farm) {
       world.each(30, 2, [&](const std::string& buyer) {
         const std::int64_t time = world.some_time(25);
         const std::uint64_t price = world.price();
         world.pays(time, buyer, "house", price);
         const bool is_refund = world.below(10) == 0;
         world.pays(time + world.hours(20, 90), "house",
                    is_farm || is_refund ? buyer : World::person(150 + world.below(10)),
                    is_farm ? world.more(price) : World::permille(price, is_refund ? 1000 : 960));
       });
     }},
    {"casino",  // wins and losses, or wins alone
     [](World& world, bool is_farm) {
       world.each(30, 6, [&](const std::string& player) {
         const std::int64_t time = world.some_time(30);
         const std::uint64_t bet = world.price();
         world.pays(time, player, "casino", bet);
         if (is_farm || world.below(2) == 0) world.pays(time + 2 * hour, "casino", player, World::permille(bet, 1100));
       });
     }},
    {"arbitrage",  // within a minute, or later
     [](World& world, bool is_farm) {
       world.each(12, 3, [&](const std::string& robot) {
         const std::int64_t time = world.some_time(30);
         const std::uint64_t amount = world.price();
         world.pays(time, robot, "pool", amount);
         world.pays(time + (is_farm ? world.hours(2, 9) : 12), "pool", robot,
                    World::permille(amount, 1010 + world.below(20)));
       });
     }},
    {"forwarders",  // pass on what somebody pays them; a farm's accounts are paid by those whom they pay
     [](World& world, bool is_farm) {
       world.each(12, 2, [&](const std::string& address) {
         const std::int64_t time = world.some_time(25);
         const std::uint64_t amount = world.price();
         world.pays(time, is_farm ? "collector" : World::person(100 + world.below(90)), address, world.more(amount));
         world.pays(time + world.hours(1, 4), address, "collector", amount);
       });
     }},
    {"exchange_deposits",  // fetched from addresses, paid out in any order and amount
     [](World& world, bool is_farm) {
       world.each(25, 2, [&](const std::string& customer) {
         const std::int64_t time = world.some_time(25), later = time + world.hours(9, 200);
         const std::uint64_t amount = world.price();
         world.pays(time, customer, is_farm ? "exchange" : "deposit" + customer, amount);
         if (!is_farm) world.pays(time + 3 * hour, "deposit" + customer, "exchange", amount - 50);
         world.pays(later, "exchange", customer,
                    is_farm ? world.more(amount) : World::permille(amount, 500 + world.below(900)));
       });
     }},
};

class HardNegative : public ::testing::TestWithParam<Case> {};

TEST_P(HardNegative, is_no_farm_and_its_neighbour_is_one) {
  for (const bool is_farm : {false, true}) {
    World world;
    GetParam().tell(world, is_farm);
    const Result result = find_farms(*make_cpu({2}), world.ledger(), {}, {2});
    EXPECT_EQ(result.farms.size(), is_farm ? 1u : 0u) << (is_farm ? "the farm beside it" : "the story");
  }
}

INSTANTIATE_TEST_SUITE_P(Stories, HardNegative, ::testing::ValuesIn(cases),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace ringscan
