// Exchanges, markets, casinos, pools and addresses that pass money on: what comes back is as often more as less, or
// always more, or always less.
#include <algorithm>

#include "generate/stories.hpp"

namespace ringscan {

namespace {

constexpr Gwei transfer_fee = gwei_a_milliether / 2;

}  // namespace

// A customer of one exchange who pays in, takes out, or both in any order.
void play_exchanges(World& world) {
  Random& random = world.random();
  const AccountNumber exchange = world.exchange();
  const AccountNumber customer = world.person();
  if (random.chance_percent(15)) {  // trades there
    const Gwei amount = world.any_amount();
    const std::uint64_t block = world.any_time();
    world.pay({customer, exchange, amount, block});
    world.pay(
        {exchange, customer, permille_of(amount, random.between(750, 1'300)), world.later(block, 15 * blocks_a_day)});
    return;
  }
  const std::uint64_t kind = random.below(3);
  const std::uint64_t pays_in = kind == 0 ? 0 : kind == 1 ? 45 : 100;
  for (std::uint64_t transfers = 1 + random.skewed_below(5, 2); transfers > 0; --transfers) {
    const Gwei amount = world.any_amount();
    if (random.chance_percent(pays_in))
      world.pay({customer, exchange, amount, world.any_time()});
    else
      world.pay({exchange, customer, amount, world.any_time()});
  }
}

// Every customer has an address of its own, from which the exchange fetches what arrives, less the fee.
void play_deposit_addresses(World& world) {
  Random& random = world.random();
  const AccountNumber exchange = world.exchange();
  const AccountNumber customer = world.person();
  const AccountNumber deposit = world.actor("deposit_address");
  for (std::uint64_t deposits = 1 + random.skewed_below(6, 3); deposits > 0; --deposits) {
    const Gwei amount = world.any_amount() + 2 * transfer_fee;
    const std::uint64_t block = world.any_time();
    const std::uint64_t fetched = world.later(block, 8 * blocks_an_hour);
    world.pay({customer, deposit, amount, block});
    if (random.chance_percent(10)) world.pay({exchange, deposit, transfer_fee, (block + fetched) / 2});
    world.pay({deposit, exchange, amount - transfer_fee, fetched});
    if (random.chance_percent(50))
      world.pay({exchange, customer, permille_of(amount, random.between(500, 1'400)),
                 world.later(fetched, 20 * blocks_a_day)});
  }
}

// Traders buy and sell at the market's price of the day, which everyone's gains and losses follow.
void play_markets(World& world) {
  Random& random = world.random();
  const AccountNumber trader = world.person();
  const std::uint64_t market = world.market();
  for (std::uint64_t trades = 1 + random.skewed_below(5, 2); trades > 0; --trades) {
    const Gwei amount = world.any_amount();
    const Span held = world.stretch(20 + random.skewed_below(20 * blocks_a_day, 2));
    if (random.chance_percent(25)) {  // sells what it had before, buys back later
      world.pay({world.market_account(market), trader, amount, held.first});
      world.pay(
          {trader, world.market_account(market), world.after_market(market, amount, held.first, held.last), held.last});
    } else {
      world.pay({trader, world.market_account(market), amount, held.first});
      if (random.chance_percent(70))
        world.pay({world.market_account(market), trader, world.after_market(market, amount, held.first, held.last),
                   held.last});
    }
  }
}

// Robots that buy at one market and sell at another within minutes, nearly always for more.
void play_arbitrage(World& world) {
  Random& random = world.random();
  const std::uint64_t buys = world.market(), sells = world.market();
  for (const AccountNumber robot : world.actors("robot", random.between(1, 6)))
    for (std::uint64_t rounds = world.size(5, world.left() / 4); rounds > 0; --rounds) {
      const Gwei amount = world.any_amount() * 4;
      const std::uint64_t block = random.between(0, world.all().last);
      const std::uint64_t result =
          random.chance_percent(90) ? random.between(1'001, 1'030) : random.between(960, 1'000);
      world.pay({robot, world.market_account(buys), amount, block});
      world.pay({world.market_account(sells), robot, permille_of(amount, result), block + random.below(20)});
    }
}

// Bets at fair odds less the house's share, from nearly certain to hardly ever.
void play_casinos(World& world) {
  Random& random = world.random();
  const AccountNumber house = world.actor("house");
  const std::uint64_t pays_after = random.chance_percent(60) ? 30 : 2 * blocks_a_day;  // games, or sports
  for (const AccountNumber player : world.crowd(world.size(10, world.left() / 8)))
    for (std::uint64_t bets = world.size(2, 60); bets > 0; --bets) {
      const Gwei bet = random.between(1, 20) * 5 * gwei_a_milliether;
      const std::uint64_t odds = 1'050 + random.skewed_below(8'000, 2);  // permille of the bet that a win pays
      const std::uint64_t block = world.any_time();
      world.pay({player, house, bet, block});
      if (random.below(odds) < 960) world.pay({house, player, permille_of(bet, odds), world.later(block, pays_after)});
    }
}

// Lenders get back more the longer they wait; borrowers give back more.
void play_lending(World& world) {
  Random& random = world.random();
  const AccountNumber pool = world.actor("pool");
  const std::uint64_t permille_a_month = random.between(4, 40);
  for (std::uint64_t loans = world.size(20, world.left() / 2); loans > 0; --loans) {
    const AccountNumber customer = world.person();
    const Gwei amount = world.any_amount() * 4;
    const Span term = world.stretch(random.between(blocks_a_day / 2, 40 * blocks_a_day));
    const bool lends = random.chance_percent(60);
    const Gwei interest = amount / 1'000 * permille_a_month * (term.last - term.first) / (30 * blocks_a_day);
    const Gwei back = amount + (lends ? interest : interest * 3 / 2);
    const AccountNumber first = lends ? customer : pool, second = lends ? pool : customer;
    world.pay({first, second, amount, term.first});
    if (random.chance_percent(85)) world.pay({second, first, back, term.last});
  }
}

// What is staked comes back whole; its yield comes weekly, or with it.
void play_staking(World& world) {
  Random& random = world.random();
  const AccountNumber validator = world.actor("validator");
  const std::uint64_t permille_a_week = random.between(1, 4);
  const bool weekly = random.chance_percent(50);
  for (const AccountNumber staker : world.crowd(world.size(8, world.left() / 5))) {
    const Gwei stake = rounded(world.any_amount() * 16, 1);
    const std::uint64_t weeks = random.between(1, 8), week = 7 * blocks_a_day;
    const Span staked = world.stretch(weeks * week);
    world.pay({staker, validator, stake, staked.first});
    if (weekly)
      for (std::uint64_t paid = 1; paid <= weeks; ++paid)
        world.pay({validator, staker, permille_of(stake, permille_a_week), staked.first + paid * week - 3});
    if (!random.chance_percent(70)) continue;
    const Gwei yield = weekly ? 0 : permille_of(stake, permille_a_week * weeks);
    world.pay({validator, staker, stake + yield, staked.last});
  }
}

// A collector gives every payer an address that passes on what arrives, less a fee.
void play_forwarders(World& world) {
  Random& random = world.random();
  const AccountNumber collector = world.actor("collector");
  const std::uint64_t passed_on = random.between(950, 997);
  for (const AccountNumber payer : world.crowd(world.size(6, world.left() / 6))) {
    const AccountNumber forwarder = world.actor("forwarder");
    for (std::uint64_t bills = 1 + random.skewed_below(5, 2); bills > 0; --bills) {
      const Gwei amount = world.price_at(collector);
      const std::uint64_t block = world.any_time();
      world.pay({payer, forwarder, amount, block});
      world.pay({forwarder, collector, permille_of(amount, passed_on), world.later(block, blocks_an_hour)});
    }
  }
}

// One source pays many addresses, each of which passes nearly all of it on to one collector.
void play_pass_through(World& world) {
  Random& random = world.random();
  const AccountNumber source = world.actor("source");
  const AccountNumber collector = world.actor("collector");
  const std::uint64_t passed_on = random.between(920, 996), waits = random.between(20, 3 * blocks_a_day);
  for (const AccountNumber address : world.actors("pass_through", world.size(4, world.left() / 8)))
    for (std::uint64_t times = random.between(1, 5); times > 0; --times) {
      const Gwei amount = world.any_amount() + transfer_fee;
      const std::uint64_t block = world.any_time();
      world.pay({source, address, amount, block});
      world.pay({address, collector, permille_of(amount, passed_on), world.later(block, waits)});
    }
}

}  // namespace ringscan
