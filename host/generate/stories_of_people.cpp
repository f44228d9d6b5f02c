// Neighbours, borrowers, employers: money that goes both ways among people who know each other.
#include <algorithm>

#include "generate/stories.hpp"

namespace ringscan {

namespace {

constexpr std::uint64_t week = 7 * blocks_a_day;

struct Salary {
  AccountNumber employee;
  Gwei amount;
};

std::vector<Salary> hire(World& world, const std::vector<AccountNumber>& people) {
  std::vector<Salary> salaries;
  const Gwei usual = 300 * gwei_a_milliether + world.random().below(1'200) * gwei_a_milliether;
  for (const AccountNumber employee : people) {
    const Gwei amount = world.noisy(usual, 600);
    salaries.push_back({employee, world.random().chance_percent(70) ? rounded(amount, 2) : amount});
  }
  return salaries;
}

}  // namespace

// Bills are split within communities; who owes pays back, rarely to the wei.
void play_friends(World& world) {
  Random& random = world.random();
  const AccountNumber from = world.person();
  const AccountNumber to = random.chance_percent(75) ? world.neighbour(from) : world.person();
  const Gwei amount = world.any_amount();
  const std::uint64_t block = world.any_time();
  world.pay({from, to, amount, block});
  if (!random.chance_percent(10)) return;
  const Gwei back = random.chance_percent(30)   ? amount
                    : random.chance_percent(50) ? world.noisy(amount, 150)
                                                : world.any_amount();
  world.pay({to, from, back, world.later(block, 2 * week)});
}

// One lender, a few borrowers of its community; some take interest, some instalments, some borrowers do not pay back.
void play_private_loans(World& world) {
  Random& random = world.random();
  const AccountNumber lender = world.person();
  world.cast(lender, "lender");
  for (std::uint64_t loans = random.between(1, 8); loans > 0; --loans) {
    const AccountNumber borrower = random.chance_percent(80) ? world.neighbour(lender) : world.person();
    const Gwei lent = rounded(world.any_amount() * 8, 2);
    const Span term = world.stretch(random.between(blocks_a_day, 6 * week));
    world.pay({lender, borrower, lent, world.awake({term.first, (term.first * 7 + term.last) / 8})});
    if (random.chance_percent(12)) continue;
    const Gwei owed = random.chance_percent(35) ? lent : permille_of(lent, random.between(1'005, 1'250));
    const std::uint64_t parts = random.chance_percent(60) ? 1 : random.between(2, 4);
    for (std::uint64_t part = 1; part <= parts; ++part)
      world.pay({borrower, lender, owed / parts, term.first + (term.last - term.first) * part / parts});
  }
}

void pay_salaries(World& world, AccountNumber employer, const std::vector<AccountNumber>& employees,
                  std::uint64_t period) {
  Random& random = world.random();
  const std::vector<Salary> salaries = hire(world, employees);
  for (std::uint64_t payday = random.below(period); payday <= world.all().last; payday += period)
    for (const Salary& salary : salaries) {
      const std::uint64_t permille = random.chance_percent(4) ? random.between(1'020, 1'900) : 1'000;  // a bonus
      world.pay({employer, salary.employee, permille_of(salary.amount, permille), payday + random.below(300)});
    }
}

void play_payroll(World& world) {
  Random& random = world.random();
  const AccountNumber employer = world.actor("employer");
  const std::uint64_t period = week * (random.chance_percent(50) ? 1 : random.chance_percent(50) ? 2 : 4);
  const std::uint64_t paydays = world.all().last / period + 1;
  pay_salaries(world, employer, world.crowd(world.size(4, world.left() / paydays / 2)), period);
}

// Everyone eats where the employer pays a weekly allowance, in advance or afterwards, whatever was eaten; the canteen
// pays the employer rent.
void play_canteens(World& world) {
  Random& random = world.random();
  const AccountNumber canteen = world.actor("canteen");
  const AccountNumber employer = world.actor("employer");
  const Gwei lunch = rounded(random.between(2, 9) * gwei_a_milliether, 1);
  const Gwei allowance = lunch * random.between(1, 6);
  const bool in_advance = random.chance_percent(50);
  const std::vector<AccountNumber> guests = world.crowd(world.size(6, world.left() / 40));
  const std::uint64_t weeks = std::min<std::uint64_t>(random.between(3, 10), world.all().last / week);
  const Span open = world.stretch(weeks * week);
  for (std::uint64_t monday = open.first / blocks_a_day * blocks_a_day; monday + week <= open.last; monday += week) {
    for (const AccountNumber guest : guests) {
      if (in_advance) world.pay({employer, guest, allowance, monday + random.below(600)});
      for (std::uint64_t day = 0; day < 5; ++day)
        if (random.chance_percent(55)) {
          const std::uint64_t noon = monday + day * blocks_a_day + 11 * blocks_an_hour;
          const Gwei extra = random.chance_percent(25) ? lunch / 2 : 0;
          world.pay({guest, canteen, lunch + extra, noon + random.below(3 * blocks_an_hour)});
        }
      if (!in_advance) world.pay({employer, guest, allowance, monday + 6 * blocks_a_day + random.below(600)});
    }
    world.pay({canteen, employer, lunch * guests.size(), monday + week - 1});
  }
}

// Travellers pay and hand in the receipt. Most employers pay what was spent, some round it, some have a limit, some pay
// a flat rate.
void play_reimbursements(World& world) {
  Random& random = world.random();
  const AccountNumber employer = world.actor("employer");
  const AccountNumber agency = random.chance_percent(50) ? world.actor("agency") : world.shop();
  const std::uint64_t policy = random.below(100);
  const Gwei flat = rounded(world.price_at(agency), 1);
  for (const AccountNumber traveller : world.crowd(world.size(4, world.left() / 6)))
    for (std::uint64_t trips = random.between(1, 4); trips > 0; --trips) {
      const Gwei spent = world.price_at(agency);
      const std::uint64_t block = world.any_time();
      world.pay({traveller, agency, spent, block});
      const Gwei back = policy < 65   ? spent
                        : policy < 83 ? rounded(spent, 2)
                        : policy < 95 ? std::min(spent, flat)
                                      : flat;
      if (!random.chance_percent(5)) world.pay({employer, traveller, back, world.later(block, 4 * week)});
    }
}

// Shops pay a company (an agency, a bank, a supplier), which pays people, many of whom are customers of those shops;
// what they get has nothing to do with what they spend.
void play_funders(World& world) {
  Random& random = world.random();
  const AccountNumber funder = world.actor("funder");
  std::vector<AccountNumber> shops(random.between(1, 5));
  std::ranges::generate(shops, [&] { return world.shop(); });
  for (const AccountNumber shop : shops)
    for (std::uint64_t bills = random.between(2, 12); bills > 0; --bills)
      world.pay({shop, funder, world.any_amount() * 4, world.any_time()});
  for (const Salary& fee : hire(world, world.crowd(world.size(8, world.left() / 4)))) {
    for (std::uint64_t fees = random.between(1, 5); fees > 0; --fees)
      world.pay(
          {funder, fee.employee, random.chance_percent(60) ? fee.amount / 5 : world.any_amount(), world.any_time()});
    for (std::uint64_t visits = random.below(4); visits > 0; --visits)
      world.sale(fee.employee, shops[random.below(shops.size())], world.all());
  }
}

}  // namespace ringscan
