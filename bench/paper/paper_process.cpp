#include "paper_process.hpp"

#include <algorithm>
#include <utility>

#include "generate/random.hpp"
#include "read/ledger_builder.hpp"

namespace ringscan {

namespace {

using Wei = std::uint64_t;
constexpr Wei milliether = 1'000'000'000'000'000;
constexpr std::int64_t hour = 3'600, day = 24 * hour;

struct PlannedPayment {
  std::string from, to;
  Wei amount;
  std::int64_t time;
};

std::vector<std::string> named(const std::string& role, unsigned count) {
  std::vector<std::string> names;
  for (unsigned i = 1; i <= count; ++i) names.push_back(role + "-" + std::to_string(i));
  return names;
}

// At most one draw to an argument list: C++ leaves the order of the others open.
class Process {
 public:
  Process(const PaperShape& shape, std::uint64_t seed)
      : shape_(shape),
        random_(seed),
        end_(day * shape.days),
        workers_(named("worker", shape.workers)),
        customers_(named("customer", shape.customers)),
        merchants_(named("merchant", shape.merchants)),
        shops_(merchants_),
        users_(workers_) {
    users_.insert(users_.end(), customers_.begin(), customers_.end());
    for (std::string& shop : named("honest-merchant", shape.honest_merchants)) shops_.push_back(std::move(shop));
  }

  PaperLedger run() {
    const std::int64_t campaign_seconds = day * shape_.campaign_days;
    const std::int64_t start = time_between(5 * day, end_ - 10 * day - campaign_seconds);
    const Interval campaign = {start - 1, start + campaign_seconds};
    for (const std::string& merchant : merchants_) hire(merchant, campaign);
    for (const std::string& customer : customers_) act(customer, false);
    while (payments_.size() < shape_.transactions) act(customers_[random_.below(customers_.size())], true);

    LedgerBuilder builder;
    for (const PlannedPayment& payment : payments_)
      builder.add({.id = {},
                   .time = payment.time,
                   .from = payment.from,
                   .to = payment.to,
                   .asset = "native",
                   .amount = Amount(payment.amount)});
    return {builder.finish(), shops_, workers_, campaign};
  }

 private:
  // In [first, last), seconds.
  std::int64_t time_between(std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(std::max(last - first, hour))));
  }
  bool happens(unsigned percent) { return random_.chance_percent(percent); }
  Wei price() { return random_.between(10 * milliether, 100 * milliether); }
  const std::string& any_user() { return users_[random_.below(users_.size())]; }

  // The ledger ends with the month, and has no room beyond its number of transactions.
  void pay(const std::string& from, const std::string& to, Wei amount, std::int64_t time) {
    if (time < end_ && payments_.size() < shape_.transactions) payments_.push_back({from, to, amount, time});
  }

  // All tasks at one merchant. The delegation is paid when the campaign ends, for all of them.
  void hire(const std::string& merchant, const Interval& campaign) {
    const std::int64_t funded = campaign.before + time_between(0, 6 * hour);
    Wei funds = 0;
    for (const std::string& worker : workers_) {
      const Noise& noise = shape_.noise;
      const bool skipped = happens(noise.skipped), off_campaign = happens(noise.off_campaign);
      const bool underpaid = happens(noise.underpaid), in_parts = happens(noise.in_parts);
      const bool by_other_means = happens(noise.by_other_means), late = happens(noise.late);
      if (skipped) continue;
      const Wei spent = price();
      const std::int64_t bought =
          off_campaign ? time_between(0, end_) : time_between(campaign.after + 1, campaign.before);
      pay(worker, merchant, spent, bought);
      if (by_other_means) continue;
      Wei reward = spent + spent / 100 * random_.between(5, 15);
      if (underpaid) reward = spent / 100 * random_.between(50, 99);
      funds += reward;
      const std::int64_t first_day = std::max(bought, funded) + 1;
      const std::int64_t paid =
          late ? time_between(first_day + 5 * day, first_day + 30 * day) : time_between(first_day, first_day + 2 * day);
      const Wei first_part = in_parts ? reward / 100 * random_.between(30, 70) : 0;
      if (in_parts) pay(delegation_, worker, first_part, paid);
      pay(delegation_, worker, reward - first_part, in_parts ? paid + hour : paid);
    }
    pay(merchant, delegation_, funds + funds / 50, funded);
  }

  // One payment that has to do with the customer; salaries and payments between people reach workers as well.
  void act(const std::string& customer, bool anyone) {
    const std::uint64_t kind = random_.below(100);
    const std::int64_t time = time_between(0, end_);
    if (kind < 55) {
      const std::string& merchant = shops_[random_.below(shops_.size())];
      const Wei spent = price();
      pay(customer, merchant, spent, time);
      if (happens(10)) {
        const Wei refund = spent / 100 * random_.between(20, 95);
        pay(merchant, customer, refund, time + time_between(hour, 3 * day));
      }
    } else if (kind < 80) {
      const Wei salary = random_.between(500 * milliether, 2'000 * milliether);
      pay(employer_, anyone ? any_user() : customer, salary, time);
    } else {
      const std::string* friend_of_theirs = &any_user();
      while (*friend_of_theirs == customer) friend_of_theirs = &any_user();
      pay(customer, *friend_of_theirs, price(), time);
    }
  }

  const PaperShape& shape_;
  Random random_;
  std::int64_t end_;
  std::vector<std::string> workers_, customers_, merchants_, shops_, users_;
  const std::string delegation_ = "delegation-1", employer_ = "employer-1";
  std::vector<PlannedPayment> payments_;
};

}  // namespace

PaperLedger make_paper_ledger(const PaperShape& shape, std::uint64_t seed) { return Process(shape, seed).run(); }

}  // namespace ringscan
