// Everyday life around the farms, so that a scan has something to be wrong about: people buy at shops and are refunded
// less, draw salaries that exceed any purchase, and move money to and from exchanges that pay many. How active an
// account is follows Zipf's law, how much it pays a power law.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "generate/plan.hpp"

namespace ringscan {

namespace {

// Most payments fall into the middle of a day.
std::uint64_t any_block(Plan& plan) {
  const std::uint64_t day = plan.random.below(plan.ledger.options.days);
  const std::uint64_t half = plan.random.below(blocks_a_day / 2);
  const std::uint64_t other_half = plan.random.below(blocks_a_day / 2);
  return day * blocks_a_day + half + other_half;
}

// Of a thousandth of an ether and more; twice as much is half as likely.
Amount any_amount(Random& random) {
  Amount amount(random.between(milliether, 2 * milliether - 1));
  multiply_add(amount, std::uint64_t{1} << random.heads(20), 0);
  return amount;
}

// Mostly a part of the price, now and then all of it; within three days.
void refund(Plan& plan, AccountNumber shop, AccountNumber customer, Wei price, std::uint64_t purchase_block) {
  const std::uint64_t block = purchase_block + plan.random.between(50, 3 * blocks_a_day);
  const Wei amount = plan.random.chance_percent(20) ? price : plan.percent_of(price, plan.random.between(20, 95));
  plan.pay(shop, customer, amount, block);
}

struct Shop {
  AccountNumber account;
  std::vector<Wei> prices;
};

struct Employment {
  AccountNumber employer, employee;
  Wei salary;
};

class Background {
 public:
  explicit Background(Plan& plan) : plan_(plan), random_(plan.random) {
    const std::uint64_t accounts = plan.ledger.options.accounts;
    exchanges_ = plan.new_accounts(std::clamp<std::uint64_t>(accounts / 1'000, 2, 40));
    for (const AccountNumber shop : plan.new_accounts(std::clamp<std::uint64_t>(accounts / 60, 2, 20'000)))
      shops_.push_back({shop, plan.price_list(shop)});
    const auto employers = plan.new_accounts(std::clamp<std::uint64_t>(accounts / 100, 2, 10'000));
    const std::uint64_t so_far = exchanges_.size() + shops_.size() + employers.size();
    people_ = plan.new_accounts(accounts > so_far + 2 ? accounts - so_far : 2);
    // Those whom the farms know live here as well.
    people_.insert(people_.end(), plan.ledger.honest_customers.begin(), plan.ledger.honest_customers.end());
    for (const Farm& farm : plan.ledger.farms) people_.insert(people_.end(), farm.workers.begin(), farm.workers.end());
    random_.shuffle(people_);
    for (const AccountNumber person : people_)
      if (random_.chance_percent(30)) {
        const AccountNumber employer = employers[random_.zipf_below(employers.size())];
        employments_.push_back({employer, person, plan.noisy(1'200 * milliether, 700)});
      }
    random_.shuffle(employments_);
  }

  void add(std::uint64_t transactions) {
    for (rest_ = transactions; rest_ > 0;) {
      --rest_;
      const std::uint64_t kind = random_.below(100);
      if (kind < 35) {
        buy();
      } else if (kind < 55) {
        pay_each_other();
      } else if (kind < 72) {
        withdraw();
      } else if (kind < 88) {
        deposit();
      } else {
        draw_salary();
      }
    }
  }

 private:
  AccountNumber person() { return people_[random_.zipf_below(people_.size())]; }

  void buy() {
    const AccountNumber customer = person();
    const Shop& shop = shops_[random_.zipf_below(shops_.size())];
    const Wei price = plan_.any_price(shop.prices);
    const std::uint64_t block = any_block(plan_);
    plan_.pay(customer, shop.account, price, block);
    if (rest_ > 0 && random_.chance_percent(7)) {
      --rest_;
      refund(plan_, shop.account, customer, price, block);
    }
  }
  void pay_each_other() {
    const AccountNumber from = person();
    AccountNumber to = person();
    while (to == from) to = plan_.any_of(people_);
    move(from, to);
  }
  void withdraw() {
    const AccountNumber exchange = exchanges_[random_.zipf_below(exchanges_.size())];
    const AccountNumber to = plan_.any_of(people_);
    move(exchange, to);
  }
  void deposit() {
    const AccountNumber from = person();
    const AccountNumber exchange = exchanges_[random_.zipf_below(exchanges_.size())];
    move(from, exchange);
  }
  void move(AccountNumber from, AccountNumber to) {
    const Amount amount = any_amount(random_);
    plan_.pay(from, to, amount, any_block(plan_));
  }
  // Everyone in turn, the same each time, on one of the span's paydays.
  void draw_salary() {
    if (employments_.empty()) return pay_each_other();
    const Employment& employment = employments_[next_employment_++ % employments_.size()];
    const std::uint64_t paydays = (plan_.ledger.options.days + 6) / 7;
    const std::uint64_t payday = plan_.block_count() * (2 * random_.below(paydays) + 1) / (2 * paydays);
    plan_.pay(employment.employer, employment.employee, employment.salary, payday + random_.below(600));
  }

  Plan& plan_;
  Random& random_;
  std::vector<AccountNumber> exchanges_, people_;
  std::vector<Shop> shops_;
  std::vector<Employment> employments_;
  std::uint64_t next_employment_ = 0;
  std::uint64_t rest_ = 0;  // payments still to be made
};

}  // namespace

void add_honest_customers(Plan& plan) {
  const Farm& farm = plan.ledger.farms.back();
  for (const AccountNumber customer : plan.new_accounts(plan.ledger.options.honest_customers)) {
    plan.ledger.honest_customers.push_back(customer);
    for (std::uint64_t purchases = plan.random.between(1, 8); purchases > 0; --purchases) {
      const AccountNumber merchant = plan.any_of(farm.merchants);
      const Wei price = plan.any_price(plan.price_list(merchant));
      const std::uint64_t block = any_block(plan);
      plan.pay(customer, merchant, price, block);
      if (plan.random.chance_percent(7)) refund(plan, merchant, customer, price, block);
    }
  }
}

void add_background(Plan& plan) {
  if (plan.ledger.options.transactions > 0) Background(plan).add(plan.ledger.options.transactions);
}

}  // namespace ringscan
