#include "generate/world.hpp"

#include <algorithm>
#include <array>

namespace ringscan {

namespace {

// How many people are awake in each hour of the day (UTC), in percent of the most: most live in Europe and America.
constexpr std::array<std::uint8_t, 24> awake_percent = {35, 28, 24, 22, 24, 30, 40, 52, 65, 76, 84, 90,
                                                        94, 97, 99, 99, 98, 94, 88, 80, 72, 62, 52, 43};

constexpr std::uint64_t members_a_community = 40;

std::uint64_t count_of(std::uint64_t people, std::uint64_t one_in, std::uint64_t least) {
  return std::max(people / one_in, least);
}

}  // namespace

Amount wei_of(Gwei amount) {
  Amount wei(amount);
  multiply_add(wei, 1'000'000'000, amount % 1'000 == 0 ? 0 : mix(amount) % 1'000'000'000);
  return wei;
}

Gwei rounded(Gwei amount, unsigned digits) {
  Gwei unit = 1, limit = 10;
  for (unsigned i = 1; i < digits; ++i) limit *= 10;
  while (amount / unit >= limit) unit *= 10;
  return (amount + unit / 2) / unit * unit;
}

World::World(Plan& plan) : plan_(plan), all_{0, plan.block_count() - 1} {
  const std::uint64_t people = std::max<std::uint64_t>(plan.ledger.options.accounts, 50);
  people_ = plan.new_accounts(people);
  communities_ = count_of(people, members_a_community, 1);
  begin_story("shops");
  shops_ = actors("shop", count_of(people, 100, 8));
  begin_story("exchanges");
  exchanges_ = actors("hot_wallet", std::min<std::uint64_t>(count_of(people, 5'000, 3), 40));
  begin_story("markets");
  for (const AccountNumber account : actors("pool", std::min<std::uint64_t>(count_of(people, 2'000, 4), 200))) {
    std::vector<std::uint32_t> prices(plan.ledger.options.days, 1'000);
    // A random walk of up to a tenth a day, which days on end of rising prices are part of.
    for (std::size_t day = 1; day < prices.size(); ++day)
      prices[day] = std::clamp<std::uint32_t>(
          static_cast<std::uint32_t>(prices[day - 1] * random().between(910, 1'100) / 1'000), 100, 100'000);
    markets_.push_back({account, std::move(prices)});
  }
  for (std::uint32_t day = 0; day < plan.ledger.options.days; ++day) {
    const bool weekend = day % 7 >= 5;
    const bool hype = random().chance_percent(6);
    busy_percent_.push_back(hype ? 100 : weekend ? 38 : 55);
  }
}

AccountNumber World::neighbour(AccountNumber person_of_the_community) {
  const std::uint64_t community = person_of_the_community % communities_;
  const std::uint64_t members = (people_.size() - 1 - community) / communities_ + 1;
  return people_[community + communities_ * random().skewed_below(members, 2)];
}

std::vector<AccountNumber> World::crowd(std::uint64_t count) {
  std::vector<AccountNumber> crowd(std::clamp<std::uint64_t>(count, 1, people_.size()));
  std::ranges::generate(crowd, [&] { return person(); });
  std::ranges::sort(crowd);
  crowd.erase(std::unique(crowd.begin(), crowd.end()), crowd.end());
  random().shuffle(crowd);
  return crowd;
}

std::uint64_t World::size(std::uint64_t least, std::uint64_t most) {
  const std::uint64_t twice = random().heads(30);
  const std::uint64_t size = random().between(least, 2 * least) << twice;
  return std::clamp(size, least, std::max(least, most));
}

std::uint64_t World::awake(Span span) {
  for (;;) {
    const std::uint64_t block = random().between(span.first, span.last);
    const std::uint64_t weight =
        std::uint64_t{busy_percent_[std::min(block / blocks_a_day, busy_percent_.size() - 1)]} *
        awake_percent[block % blocks_a_day / blocks_an_hour];
    if (random().below(10'000) < weight) return block;
  }
}

Span World::stretch(std::uint64_t blocks) {
  if (blocks > all_.last) return all_;
  const std::uint64_t first = random().between(0, all_.last - blocks);
  return {first, first + blocks};
}

std::uint64_t World::later(std::uint64_t block, std::uint64_t blocks) {
  return block + 5 + random().skewed_below(std::max<std::uint64_t>(blocks, 6) - 5, 2);
}

Gwei World::any_amount() {
  const std::uint64_t twice = random().heads(14);
  const Gwei amount = random().between(gwei_a_milliether, 2 * gwei_a_milliether) << twice;
  return random().chance_percent(18) ? rounded(amount, random().chance_percent(60) ? 1 : 2) : amount;
}

Gwei World::price_at(AccountNumber shop) {
  // The same list at each visit, without a table of all shops' lists.
  Random of_shop(mix(plan_.ledger.options.seed ^ mix(shop)));
  const Gwei level = 4 * gwei_a_milliether << of_shop.below(8);
  const bool narrow = of_shop.chance_percent(20), round = of_shop.chance_percent(35);
  const std::uint64_t item = random().skewed_below(of_shop.between(2, 8), 2);
  Gwei price = level;
  for (std::uint64_t i = 0; i <= item; ++i)
    price = permille_of(level, narrow ? of_shop.between(950, 1'150) : of_shop.between(400, 3'000));
  return round ? rounded(price, 2) : noisy(price, 15);
}

Gwei World::noisy(Gwei amount, std::uint64_t permille) {
  const Gwei spread = permille_of(amount, permille);
  return random().between(amount - spread, amount + spread);
}

Gwei World::after_market(std::uint64_t market, Gwei amount, std::uint64_t bought, std::uint64_t sold) const {
  const auto price_of = [&](std::uint64_t block) {
    const std::vector<std::uint32_t>& prices = markets_[market].prices;
    const std::uint64_t day = std::min(block / blocks_a_day, prices.size() - 1);
    const std::uint64_t next = std::min(day + 1, prices.size() - 1);
    const std::uint64_t passed = block % blocks_a_day;
    return (prices[day] * (blocks_a_day - passed) + prices[next] * passed) / (blocks_a_day / 10);
  };
  return permille_of(amount * price_of(sold) / price_of(bought), 997);
}

std::optional<TransactionKey> World::pay(const Payment& payment) {
  if (left_ == 0 || payment.from == payment.to || payment.amount == 0 || payment.block > all_.last) return std::nullopt;
  --left_;
  return plan_.pay(payment.from, payment.to, wei_of(payment.amount), payment.block);
}

void World::sale(AccountNumber customer, AccountNumber shop, Span when) {
  const Gwei price = price_at(shop);
  const std::uint64_t block = awake(when);
  pay({customer, shop, price, block});
  if (random().chance_percent(3)) pay({shop, this->shop(), 3 * price, any_time()});
  if (!random().chance_percent(6)) return;
  const std::uint64_t kind = random().below(100);
  const Gwei back = kind < 70   ? permille_of(price, random().between(100, 970))
                    : kind < 96 ? price
                                : permille_of(price, random().between(1'010, 1'200));
  pay({shop, customer, back, later(block, 6 * blocks_a_day)});
}

AccountNumber World::actor(std::string_view role) {
  const AccountNumber account = plan_.new_account();
  cast(account, role);
  return account;
}

std::vector<AccountNumber> World::actors(std::string_view role, std::uint64_t count) {
  std::vector<AccountNumber> accounts(count);
  std::ranges::generate(accounts, [&] { return actor(role); });
  return accounts;
}

void World::cast(AccountNumber account, std::string_view role) {
  plan_.ledger.actors.push_back({account, instance_, story_, role});
}

}  // namespace ringscan
