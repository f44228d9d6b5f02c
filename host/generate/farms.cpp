// The paper's three models, one task after the other: a worker buys at a merchant for the merchant's sake and gets the
// money back. All steps of a task lie in distinct blocks, so their times ascend strictly.
//
// Tasks are given out in batches of a few workers, as a click farm's operator does it: one payment from the merchant to
// the delegation covers the batch, after its last purchase and before its first reward.
//
// Here as in the other parts: at most one draw to an argument list or operand pair, whose order C++ leaves open.
#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "generate/plan.hpp"

namespace ringscan {

namespace {

constexpr std::size_t batch_size = 8;           // keeps a batch's sum far below the limit of Wei
constexpr std::uint64_t longest_batch = 2'500;  // blocks from its first step to its last, with room to spare

struct Task {
  std::uint32_t number;
  AccountNumber worker;
  Wei price = 0;
  std::uint64_t block = 0;  // of its last step so far
};

class Planter {
 public:
  Planter(Plan& plan, FarmModel model) : plan_(plan), random_(plan.random) {
    const GenerateOptions& options = plan.ledger.options;
    farm_.model = model;
    farm_.merchants = plan.new_accounts(options.merchants);
    if (model == FarmModel::advanced) farm_.delegations = plan.new_accounts(options.delegations);
    farm_.workers = plan.new_accounts(options.workers);
  }

  Farm plant() {
    for (const AccountNumber merchant : farm_.merchants) {
      prices_ = plan_.price_list(merchant);
      for (std::uint32_t round = 0; round < plan_.ledger.options.rounds; ++round) {
        std::vector<AccountNumber> workers = farm_.workers;
        random_.shuffle(workers);
        for (std::size_t begin = 0; begin < workers.size(); begin += batch_size)
          plant_batch(merchant, std::span(workers).subspan(begin, std::min(batch_size, workers.size() - begin)));
      }
    }
    std::ranges::sort(farm_.steps, {}, [](const Step& step) { return std::pair(step.task, step.time); });
    return std::move(farm_);
  }

 private:
  void message(StepKind kind, const Task& task, AccountNumber from, AccountNumber to, std::uint64_t block) {
    farm_.steps.push_back({kind, task.number, from, to, plan_.time_of(block), std::nullopt, Amount()});
  }
  void payment(StepKind kind, const Task& task, AccountNumber from, AccountNumber to, Wei amount, std::uint64_t block) {
    const TransactionKey key = plan_.pay(from, to, amount, block);
    farm_.steps.push_back({kind, task.number, from, to, plan_.time_of(block), key, Amount(amount)});
  }

  void plant_batch(AccountNumber merchant, std::span<const AccountNumber> workers) {
    const std::uint64_t start = random_.below(plan_.block_count() - longest_batch);
    std::vector<Task> tasks;
    for (const AccountNumber worker : workers) {
      const Wei price = plan_.any_price(prices_);
      tasks.push_back({next_task_++, worker, price, start});
    }
    switch (farm_.model) {
      case FarmModel::basic:
        return plant_basic(merchant, tasks);
      case FarmModel::enhanced:
        return plant_enhanced(merchant, tasks);
      case FarmModel::advanced:
        return plant_advanced(merchant, tasks);
    }
  }

  // The merchant's own accounts spend at most what it gave them.
  void plant_basic(AccountNumber merchant, std::span<Task> tasks) {
    for (Task& task : tasks) {
      const Wei funds = random_.chance_percent(25) ? task.price : task.price + plan_.noisy(task.price / 50, 900);
      payment(StepKind::fund, task, merchant, task.worker, funds, task.block += random_.below(600));
      payment(StepKind::purchase, task, task.worker, merchant, task.price, task.block += random_.between(3, 1'200));
    }
  }

  // The price and a commission, strictly more than the price.
  Wei reward(const Task& task) { return task.price + plan_.noisy(plan_.percent_of(task.price, 9), 600); }

  void plant_enhanced(AccountNumber merchant, std::span<Task> tasks) {
    for (Task& task : tasks) {
      message(StepKind::post_task, task, merchant, task.worker, task.block += random_.below(100));
      payment(StepKind::purchase, task, task.worker, merchant, task.price, task.block += random_.between(3, 600));
      message(StepKind::return_result, task, task.worker, merchant, task.block += random_.between(1, 60));
      const Wei paid_back = reward(task);
      payment(StepKind::reward, task, merchant, task.worker, paid_back, task.block += random_.between(10, 1'200));
    }
  }

  void plant_advanced(AccountNumber merchant, std::span<Task> tasks) {
    const AccountNumber delegation = plan_.any_of(farm_.delegations);
    const std::uint64_t posted = tasks.front().block;
    std::uint64_t returned = 0;
    std::vector<Wei> rewards;
    Wei funds = 0;
    for (Task& task : tasks) {
      message(StepKind::post_task, task, merchant, delegation, posted);
      message(StepKind::post_task, task, delegation, task.worker, task.block = posted + random_.between(1, 60));
      payment(StepKind::purchase, task, task.worker, merchant, task.price, task.block += random_.between(3, 600));
      message(StepKind::return_result, task, task.worker, delegation, task.block += random_.between(1, 60));
      returned = std::max(returned, task.block);
      rewards.push_back(reward(task));
      funds += rewards.back();
    }
    const std::uint64_t reported = returned + random_.between(1, 30);
    const std::uint64_t funded = reported + random_.between(5, 300);
    funds += plan_.percent_of(funds, random_.between(2, 5));  // the operator's own share
    const TransactionKey key = plan_.pay(merchant, delegation, funds, funded);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      const Task& task = tasks[i];
      message(StepKind::return_result, task, delegation, merchant, reported);
      farm_.steps.push_back(
          {StepKind::fund, task.number, merchant, delegation, plan_.time_of(funded), key, Amount(funds)});
      payment(StepKind::reward, task, delegation, task.worker, rewards[i], funded + random_.between(5, 1'200));
    }
  }

  Plan& plan_;
  Random& random_;
  Farm farm_;
  std::vector<Wei> prices_;
  std::uint32_t next_task_ = 0;
};

}  // namespace

std::string_view name(FarmModel model) {
  switch (model) {
    case FarmModel::basic:
      return "basic";
    case FarmModel::enhanced:
      return "enhanced";
    case FarmModel::advanced:
      return "advanced";
  }
  return {};
}

std::string_view name(StepKind kind) {
  switch (kind) {
    case StepKind::post_task:
      return "post_task";
    case StepKind::fund:
      return "fund";
    case StepKind::purchase:
      return "purchase";
    case StepKind::return_result:
      return "return_result";
    case StepKind::reward:
      return "reward";
  }
  return {};
}

std::optional<std::vector<FarmModel>> parse_farm_models(std::string_view text) {
  const std::vector<FarmModel> all = {FarmModel::basic, FarmModel::enhanced, FarmModel::advanced};
  if (text == "all") return all;
  for (const FarmModel model : all)
    if (text == name(model)) return std::vector{model};
  return std::nullopt;
}

void plant_farm(Plan& plan, FarmModel model) { plan.ledger.farms.push_back(Planter(plan, model).plant()); }

}  // namespace ringscan
