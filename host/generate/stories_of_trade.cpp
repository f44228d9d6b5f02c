// Shops, marketplaces, launches and whatever sends the same to many.
#include <algorithm>

#include "generate/stories.hpp"

namespace ringscan {

// A customer of one shop, loyal or passing by.
void play_shops(World& world) {
  Random& random = world.random();
  const AccountNumber customer = world.person();
  const AccountNumber shop = world.shop();
  for (std::uint64_t visits = 1 + random.skewed_below(6, 3); visits > 0; --visits)
    world.sale(customer, shop, world.all());
}

// The house holds the price until the buyer has the goods, then pays the seller all but its fee, or the buyer back.
void play_escrow(World& world) {
  Random& random = world.random();
  const AccountNumber house = world.actor("escrow");
  const std::uint64_t sellers_share = random.between(940, 990);
  const std::vector<AccountNumber> sellers = world.crowd(world.size(4, world.left() / 8));
  for (std::uint64_t trades = world.size(20, world.left() / 2); trades > 0; --trades) {
    const AccountNumber seller = sellers[random.skewed_below(sellers.size(), 2)];
    const AccountNumber buyer = world.person();
    const Gwei price = world.price_at(seller);
    const std::uint64_t block = world.any_time();
    world.pay({buyer, house, price, block});
    const std::uint64_t settled = world.later(block, 10 * blocks_a_day);
    const std::uint64_t outcome = random.below(100);
    if (outcome < 90) world.pay({house, seller, permille_of(price, sellers_share), settled});
    if (outcome >= 90)
      world.pay({house, buyer, outcome < 97 ? price : permille_of(price, random.between(300, 990)), settled});
  }
}

// Small change for fees: sold at a premium, or lent and paid back with one.
void play_gas_stations(World& world) {
  Random& random = world.random();
  const AccountNumber station = world.actor("station");
  const std::uint64_t premium = random.between(10, 150);
  const bool lends = random.chance_percent(40);
  for (std::uint64_t tanks = world.size(20, world.left() / 2); tanks > 0; --tanks) {
    const AccountNumber user = world.person();
    const Gwei gas = random.between(1, 10) * (gwei_a_milliether / 2);
    const Gwei price = permille_of(gas, 1'000 + premium);
    const std::uint64_t block = world.any_time();
    if (lends) {
      world.pay({station, user, gas, block});
      world.pay({user, station, price, world.later(block, 3 * blocks_a_day)});
    } else {
      world.pay({user, station, price, block});
      world.pay({station, user, gas, world.later(block, blocks_an_hour)});
    }
  }
}

namespace {

struct Contribution {
  AccountNumber from;
  Gwei amount;
  std::uint64_t block;
};

// Many pay one account within days, most of them at once.
std::vector<Contribution> contribute(World& world, AccountNumber project, std::uint64_t people, Span sale) {
  Random& random = world.random();
  const Gwei ticket = rounded(world.any_amount() * 4, 1);
  const bool fixed = random.chance_percent(35);
  std::vector<Contribution> contributions;
  for (const AccountNumber person : world.crowd(people))
    for (std::uint64_t times = random.chance_percent(80) ? 1 : random.between(2, 4); times > 0; --times) {
      const Gwei amount = fixed ? ticket : world.any_amount() * 2;
      const std::uint64_t block = sale.first + random.skewed_below(sale.last - sale.first + 1, 2);
      if (world.pay({person, project, amount, block})) contributions.push_back({person, amount, block});
    }
  return contributions;
}

}  // namespace

// What was collected is spent; some launches collect too much and give a part back.
void play_launches(World& world) {
  Random& random = world.random();
  const AccountNumber project = world.actor("project");
  const Span sale = world.stretch(random.between(blocks_an_hour, 6 * blocks_a_day));
  const auto contributions = contribute(world, project, world.size(15, world.left() / 3), sale);
  const bool too_much = random.chance_percent(25);
  const std::uint64_t share = random.between(50, 700);
  if (too_much)
    for (const Contribution& contribution : contributions)
      world.pay({project, contribution.from, permille_of(contribution.amount, share), sale.last + random.below(900)});
  for (std::uint64_t bills = random.between(2, 10); bills > 0; --bills)
    world.pay({project, random.chance_percent(50) ? world.exchange() : world.person(), world.any_amount() * 16,
               world.later(sale.last, 30 * blocks_a_day)});
}

// The money goes back, in one sweep or as people ask for it, by the project or by a treasury that it fills, with
// compensation of every kind.
void play_failed_launches(World& world) {
  Random& random = world.random();
  const AccountNumber project = world.actor("project");
  const Span sale = world.stretch(random.between(blocks_an_hour, 8 * blocks_a_day));
  const auto contributions = contribute(world, project, world.size(12, world.left() / 3), sale);
  const std::uint64_t failed = sale.last + random.between(blocks_an_hour, 10 * blocks_a_day);
  AccountNumber payer = project;
  if (random.chance_percent(35)) {
    payer = world.actor("treasury");
    for (std::uint64_t transfers = random.between(1, 3); transfers > 0; --transfers)
      world.pay({project, payer, world.any_amount() * 1'000, failed - 1});
  }
  const bool at_once = random.chance_percent(70), claimed_by_all = random.chance_percent(60);
  const std::uint64_t compensation = random.below(7), permille = random.between(5, 200);
  const Gwei bonus = rounded(world.any_amount() / 4 + 1'000, 1);
  for (const Contribution& contribution : contributions) {
    if (!claimed_by_all && random.chance_percent(20)) continue;
    const Gwei in = contribution.amount;
    const std::uint64_t days = (failed - contribution.block) / blocks_a_day;
    const Gwei back = compensation <= 1   ? in
                      : compensation == 2 ? permille_of(in, 1'000 + permille)
                      : compensation == 3 ? in + bonus
                      : compensation == 4 ? permille_of(in, 1'000 + 4 * days)
                      : compensation == 5 ? permille_of(in, random.between(980, 1'150))
                                          : permille_of(in, 1'000 - permille);
    world.pay({payer, contribution.from, back,
               at_once ? failed + random.below(400) : world.later(failed, 25 * blocks_a_day)});
  }
}

// The same for everyone, or in tiers, within a day; some are paid for by a shop.
void play_airdrops(World& world) {
  Random& random = world.random();
  const AccountNumber payer = world.actor("payer");
  const Span day = world.stretch(random.between(200, blocks_a_day));
  if (random.chance_percent(30)) world.pay({world.shop(), payer, world.any_amount() * 1'000, day.first});
  const Gwei tier = rounded(world.any_amount(), 1);
  const bool tiers = random.chance_percent(40);
  for (const AccountNumber person : world.crowd(world.size(30, world.left() * 2 / 3)))
    world.pay({payer, person, tiers ? tier << random.heads(4) : tier, random.between(day.first, day.last)});
}

}  // namespace ringscan
