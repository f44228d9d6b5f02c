// One farm at a time: who is in it, its tasks, how they are paid, and what its accounts do besides.
//
// Each reward is later and larger than the price of its task and within the farm's longest delay; a split one is so in
// sum, a batched one pays for several tasks of a worker at a merchant and exceeds their sum. The merchant funds its
// delegation between the tasks and the rewards, for a few rewards at once, unless the farm is prefunded. For the basic
// model the money comes first: the merchant gives its own accounts what they spend, at least.
#include "generate/varied_farms.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <tuple>

#include "generate/stories.hpp"

namespace ringscan {

namespace {

constexpr std::size_t most_in_a_funding = 8;

struct Task {
  std::uint32_t number;
  AccountNumber worker, merchant;
  Gwei price;
  std::uint64_t block;
  TransactionKey purchase;
};

struct Payout {             // of tasks of one worker at one merchant
  std::vector<Task> tasks;  // ascending block
  AccountNumber payer;
  Gwei amount;

  std::uint64_t first() const { return tasks.front().block; }
  std::uint64_t last() const { return tasks.back().block; }
};

class Farmer {
 public:
  Farmer(World& world, FarmModel model) : world_(world), profile_(world.plan().ledger.options.profile) {
    farm_.model = model;
    FarmTraits& traits = farm_.traits;
    traits.fake_percent = any(profile_.fake_percent);
    traits.longest_hours = any(profile_.longest_hours);
    traits.gain_permille = any(profile_.gain_permille);
    traits.campaign_days = any(profile_.campaign_days);
    traits.drip = happens(profile_.drip);
    traits.payroll = happens(profile_.payroll);
    traits.swept = happens(profile_.swept) && model != FarmModel::basic;
    if (model == FarmModel::advanced) {
      traits.exchange = happens(profile_.exchange);
      traits.payroll &= !traits.exchange;
      traits.prefunded = happens(profile_.prefunded);
      traits.shared_delegation = !traits.exchange && happens(profile_.shared);
    }
    if (traits.drip) traits.campaign_days *= 3;
  }

  Farm plant(std::unordered_set<AccountNumber>& employed, std::vector<AccountNumber>& earlier_delegations) {
    choose_accounts(employed, earlier_delegations);
    set_dates();
    std::vector<Task> tasks = buy();
    sales_ = tasks.size();
    std::vector<Payout> payouts = plan_payouts(std::move(tasks));
    if (farm_.model == FarmModel::basic) {
      for (Payout& payout : payouts) fund(payout);
    } else {
      pay_out(payouts);
    }
    if (farm_.traits.payroll)
      for (const AccountNumber payer : farm_.model == FarmModel::advanced ? farm_.delegations : farm_.merchants)
        pay_salaries(world_, payer, world_.crowd(random().between(20, 150)), 7 * blocks_a_day);
    sell_honestly();
    std::ranges::sort(farm_.steps, {},
                      [](const Step& step) { return std::tuple(step.task, step.time, step.kind, step.transaction); });
    return std::move(farm_);
  }

 private:
  Random& random() { return world_.random(); }
  std::uint32_t any(Range range) { return static_cast<std::uint32_t>(random().between(range.first, range.last)); }
  bool happens(Range percent) { return random().chance_percent(any(percent)); }
  std::uint64_t longest_delay() const { return farm_.traits.longest_hours * blocks_an_hour; }

  void choose_accounts(std::unordered_set<AccountNumber>& employed, std::vector<AccountNumber>& earlier_delegations) {
    Plan& plan = world_.plan();
    farm_.merchants = plan.new_accounts(any(profile_.merchants));
    if (farm_.model == FarmModel::advanced) {
      if (farm_.traits.exchange) {
        farm_.delegations = {world_.exchange()};
      } else {
        farm_.delegations = plan.new_accounts(any(profile_.delegations));
        farm_.traits.shared_delegation &= !earlier_delegations.empty();
        if (farm_.traits.shared_delegation)
          farm_.delegations.front() = plan.any_of(earlier_delegations);
        else
          earlier_delegations = farm_.delegations;
      }
    }
    const std::uint32_t moonlight = any(profile_.moonlight);
    for (std::uint32_t workers = any(profile_.workers); workers > 0; --workers) {
      AccountNumber worker = plan.any_of(world_.people());
      if (!random().chance_percent(moonlight) || employed.contains(worker)) worker = plan.new_account();
      employed.insert(worker);
      farm_.workers.push_back(worker);
    }
  }

  // The campaign, so placed that all that belongs to it lies in the ledger.
  void set_dates() {
    FarmTraits& traits = farm_.traits;
    const std::uint64_t blocks = world_.all().last + 1, room = blocks - longest_delay() - blocks_a_day;
    std::uint64_t length = std::min<std::uint64_t>(traits.campaign_days * blocks_a_day, room);
    if (traits.swept) length = std::min(length, longest_delay() / 2);
    const std::uint64_t before = farm_.model == FarmModel::basic ? longest_delay() : blocks_a_day;
    const std::uint64_t start = before + random().below(room - length + 1);
    campaign_ = {start, start + length - 1};
    traits.campaign_days = static_cast<std::uint32_t>((length + blocks_a_day - 1) / blocks_a_day);
  }

  void step(StepKind kind, const Task& task, const Payment& payment, TransactionKey key) {
    farm_.steps.push_back({kind, task.number, payment.from, payment.to, world_.plan().time_of(payment.block), key,
                           wei_of(payment.amount)});
  }

  // Every worker's tasks at some of the merchants. Workers who are nobody else get their first money from an exchange.
  std::vector<Task> buy() {
    std::vector<Task> tasks;
    for (const AccountNumber worker : farm_.workers) {
      std::vector<AccountNumber> merchants = farm_.merchants;
      random().shuffle(merchants);
      merchants.resize((merchants.size() * any(profile_.attendance) + 99) / 100);
      std::uint64_t first = campaign_.last;
      Gwei dearest = 0;
      for (const AccountNumber merchant : merchants)
        for (std::uint32_t rest = any(profile_.tasks); rest > 0; --rest) {
          const Gwei price = world_.price_at(merchant);
          const Payment purchase{worker, merchant, price, world_.awake(campaign_)};
          const TransactionKey key = *world_.pay(purchase);
          tasks.push_back({static_cast<std::uint32_t>(tasks.size()), worker, merchant, price, purchase.block, key});
          step(StepKind::purchase, tasks.back(), purchase, key);
          first = std::min(first, purchase.block);
          dearest = std::max(dearest, price);
        }
      const bool is_new = worker >= world_.people().size();
      if (is_new && farm_.model != FarmModel::basic && random().chance_percent(70))
        world_.pay({world_.exchange(), worker, rounded(dearest * random().between(2, 9), 2),
                    first - random().between(10, std::min(first, blocks_a_day))});
      if (random().chance_percent(40))
        world_.pay(
            {worker, world_.exchange(), world_.any_amount() * 2, world_.later(campaign_.last, blocks_a_day * 14)});
    }
    return tasks;
  }

  std::vector<Payout> plan_payouts(std::vector<Task> tasks) {
    std::ranges::sort(tasks, {},
                      [](const Task& task) { return std::tuple(task.worker, task.merchant, task.block, task.number); });
    std::vector<Payout> payouts;
    bool joins_the_next = false;
    for (const Task& task : tasks) {
      const bool joins = joins_the_next && payouts.back().tasks.back().worker == task.worker &&
                         payouts.back().tasks.back().merchant == task.merchant &&
                         task.block - payouts.back().first() <= longest_delay() / 2;
      joins_the_next = false;
      if (!joins && happens(profile_.unpaid)) {
        farm_.traits.unpaid = true;
        continue;
      }
      if (joins) {
        payouts.back().tasks.push_back(task);
        farm_.traits.batched = true;
      } else {
        payouts.push_back({{task}, payer_of(task), 0});
      }
      joins_the_next = happens(profile_.batched);
    }
    for (Payout& payout : payouts) {
      Gwei prices = 0;
      for (const Task& task : payout.tasks) prices += task.price;
      // Half of the farm's usual gain, or up to half more.
      const std::uint64_t gain =
          std::max<std::uint64_t>(farm_.traits.gain_permille * random().between(50, 150) / 100, 1);
      payout.amount = permille_of(prices, 1'000 + gain) + payout.tasks.size();  // more to the wei, too
      // Whoever funds own accounts often gives the price to the wei.
      if (farm_.model == FarmModel::basic && payout.tasks.size() == 1 && random().chance_percent(15))
        payout.amount = prices;
    }
    return payouts;
  }

  // Delegations take turns: each has its time, with exceptions.
  AccountNumber payer_of(const Task& task) {
    if (farm_.model != FarmModel::advanced) return task.merchant;
    const std::uint64_t turn =
        (task.block - campaign_.first) * farm_.delegations.size() / (campaign_.last - campaign_.first + 1);
    return random().chance_percent(25) ? world_.plan().any_of(farm_.delegations) : farm_.delegations[turn];
  }

  // In one payment or in parts, each somewhere in `when`.
  void pay_parts(StepKind kind, const Payout& payout, Span when) {
    std::uint64_t parts = 1;
    if (happens(profile_.split)) parts = random().between(2, 3);
    farm_.traits.split |= parts > 1;
    Gwei rest = payout.amount + (parts > 1 ? 1 : 0);
    for (; parts > 0; --parts) {
      const Gwei part = parts == 1 ? rest : world_.noisy(rest / parts, 300);
      rest -= part;
      const std::uint64_t away = random().skewed_below(when.last - when.first + 1, 2);  // from the task
      const std::uint64_t block = kind == StepKind::fund ? when.last - away : when.first + away;
      const Payment payment{payout.payer, payout.tasks.front().worker, part, block};
      const TransactionKey key = *world_.pay(payment);
      for (const Task& task : payout.tasks) step(kind, task, payment, key);
    }
  }

  void fund(const Payout& payout) {
    const std::uint64_t longest = std::max(longest_delay() - (payout.last() - payout.first()), blocks_an_hour);
    const std::uint64_t soonest = payout.first() - 5, first = payout.first() - std::min(longest, payout.first());
    pay_parts(StepKind::fund, payout, {first, std::max(first, soonest)});
  }

  void pay_out(std::span<Payout> payouts) {
    const std::uint64_t together = longest_delay() / 3;
    std::ranges::sort(payouts, {}, [&](const Payout& payout) {
      return std::tuple(payout.tasks.front().merchant, payout.payer, payout.last(), payout.tasks.front().number);
    });
    std::size_t begin = 0;
    while (begin < payouts.size()) {
      const Payout& opening = payouts[begin];
      std::uint64_t first = opening.first();
      std::size_t end = begin + 1;
      while (end < payouts.size() && end - begin < most_in_a_funding &&
             payouts[end].tasks.front().merchant == opening.tasks.front().merchant &&
             payouts[end].payer == opening.payer &&
             payouts[end].last() <= std::min(first, payouts[end].first()) + together)
        first = std::min(first, payouts[end++].first());
      pay_together(payouts.subspan(begin, end - begin), first);
      begin = end;
    }
  }

  // Rewards of a merchant's tasks, and what it gives its delegation for them.
  void pay_together(std::span<Payout> payouts, std::uint64_t first) {
    std::uint64_t last = payouts.back().last();
    if (farm_.traits.swept) last = campaign_.last;
    const std::uint64_t latest = first + longest_delay();
    if (farm_.model == FarmModel::advanced) {
      Gwei funds = 0;
      for (const Payout& payout : payouts) funds += payout.amount;
      const std::uint64_t funded = farm_.traits.prefunded ? first - random().between(5, std::min(first, blocks_a_day))
                                                          : last + random().between(5, (latest - last) / 4);
      const Payment funding{payouts.front().tasks.front().merchant, payouts.front().payer,
                            permille_of(funds, 1'000 + random().between(5, 80)), funded};
      const TransactionKey key = *world_.pay(funding);
      for (const Payout& payout : payouts)
        for (const Task& task : payout.tasks) step(StepKind::fund, task, funding, key);
      last = std::max(last, funded);
    }
    for (Payout& payout : payouts) {
      const std::uint64_t after = farm_.traits.swept || farm_.model == FarmModel::advanced ? last : payout.last();
      const std::uint64_t until = farm_.traits.swept ? std::min(latest, after + 4 * blocks_an_hour) : latest;
      pay_parts(StepKind::reward, payout, {after + 5, std::max(until, after + 5)});
    }
  }

  // So many that the share of fake sales is as drawn; some customers are loyal.
  void sell_honestly() {
    std::uint64_t honest = sales_ * (100 - farm_.traits.fake_percent) / farm_.traits.fake_percent;
    while (honest > 0) {
      const AccountNumber customer = world_.person();
      const AccountNumber merchant = world_.plan().any_of(farm_.merchants);
      for (std::uint64_t visits = std::min(honest, 1 + random().skewed_below(5, 3)); visits > 0; --visits, --honest)
        world_.sale(customer, merchant, world_.all());
    }
  }

  World& world_;
  const FarmProfile& profile_;
  Farm farm_;
  Span campaign_{};
  std::uint64_t sales_ = 0;
};

}  // namespace

void VariedFarms::plant(FarmModel model) {
  world_.allow(std::numeric_limits<std::uint64_t>::max());
  world_.plan().ledger.farms.push_back(Farmer(world_, model).plant(workers_, earlier_delegations_));
}

}  // namespace ringscan
