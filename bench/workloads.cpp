#include "workloads.hpp"

#include <algorithm>
#include <limits>

#include "generate/random.hpp"

namespace ringscan::bench {
namespace {

constexpr std::uint32_t seconds_between_times = 12;
constexpr std::uint64_t hot_price = std::uint64_t{1} << 20;
constexpr std::uint32_t no_number = std::numeric_limits<std::uint32_t>::max();

// Accounts before they are numbered by appearance: merchants first, then these.
struct Cast {
  explicit Cast(const WorkloadOptions& options)
      : merchants(options.merchants),
        workers(merchants + delegation_count),
        hot(workers + worker_count),
        ordinary(hot + 1),
        ordinary_count(std::uint32_t(std::max<std::uint64_t>(16, options.transactions / 8))),
        size(ordinary + ordinary_count) {}

  static constexpr std::uint32_t delegation_count = 2, worker_count = 10;
  std::uint32_t merchants, workers, hot, ordinary, ordinary_count, size;
};

struct Payment {
  std::uint32_t from, to;
  std::uint64_t amount;
  std::uint32_t asset = 0;
};

class Rows {
 public:
  explicit Rows(const WorkloadOptions& options)
      : shape_(options.shape), assets_(options.assets), cast_(options), random_(options.seed) {}

  Payment next() {
    const std::uint64_t kind = random_.below(100);
    if (kind < 10) return {customer(), merchant(), amount(), asset()};
    if (kind < 13) return {std::uint32_t(random_.below(cast_.merchants)), payee(), amount(), asset()};
    if (shape_ == Shape::hot_account || shape_ == Shape::hot_near_miss) {
      if (kind < 14) return {cast_.hot, std::uint32_t(hot_purchases_++ % cast_.merchants), hot_price};
      if (kind < 24) return {hot_payer(), cast_.hot, hot_receipt()};
    }
    const std::uint32_t from = ordinary(), to = ordinary();
    return {from, to != from ? to : cast_.ordinary + (to - cast_.ordinary + 1) % cast_.ordinary_count, amount(),
            asset()};
  }

 private:
  std::uint32_t asset() { return assets_ == 1 ? 0 : std::uint32_t(random_.zipf_below(assets_)); }
  std::uint32_t ordinary() {
    const std::uint64_t place =
        shape_ == Shape::power_law ? random_.zipf_below(cast_.ordinary_count) : random_.below(cast_.ordinary_count);
    return cast_.ordinary + std::uint32_t(place);
  }
  std::uint32_t customer() {
    if (shape_ != Shape::many_merchants) return ordinary();
    return cast_.ordinary + std::uint32_t(random_.below(1 + cast_.ordinary_count / 12));
  }
  // For hot-near-miss, merchants pay one half of the accounts and the other half pays the hot one.
  std::uint32_t payee() { return shape_ == Shape::hot_near_miss ? half(0) : customer(); }
  std::uint32_t hot_payer() { return shape_ == Shape::hot_near_miss ? half(1) : ordinary(); }
  std::uint32_t half(std::uint32_t which) {
    const std::uint32_t size = cast_.ordinary_count / 2;
    return cast_.ordinary + which * size + std::uint32_t(random_.below(size));
  }
  // In turn, so that all appear; for power-law every other purchase by popularity.
  std::uint32_t merchant() {
    const std::uint64_t purchase = purchases_++;
    if (shape_ != Shape::power_law) return std::uint32_t(purchase % cast_.merchants);
    return std::uint32_t(purchase % 2 == 0 ? purchase / 2 % cast_.merchants : random_.zipf_below(cast_.merchants));
  }
  std::uint64_t amount() { return shape_ == Shape::many_ties ? 1 + random_.below(16) : in_octave(random_.below(40)); }
  std::uint64_t hot_receipt() {
    return shape_ == Shape::hot_account ? in_octave(random_.below(20)) : in_octave(21 + random_.below(19));
  }
  std::uint64_t in_octave(std::uint64_t octave) {
    const std::uint64_t least = std::uint64_t{1} << octave;
    return least + random_.below(least);
  }

  Shape shape_;
  std::uint32_t assets_;
  Cast cast_;
  Random random_;
  std::uint64_t purchases_ = 0, hot_purchases_ = 0;
};

// Rows that share a time.
std::uint64_t group_size(const WorkloadOptions& options) {
  const std::uint64_t sixty_fourth = std::max<std::uint64_t>(1, options.transactions / 64);
  return options.shape == Shape::many_ties ? sixty_fourth : std::min<std::uint64_t>(16, sixty_fourth);
}

// A task takes five times in a row, one row of each: the merchant funds the worker (basic), the worker buys, the
// merchant pays the delegation, which pays the worker (any, advanced), and so does the merchant (enhanced). Returns
// (merchant, worker) before numbering.
template <class Put>
std::vector<std::pair<std::uint32_t, std::uint32_t>> plant(const WorkloadOptions& options, Put put) {
  constexpr std::uint64_t steps = 5;
  constexpr std::uint64_t price = 1'000, reward = 1'100, larger_reward = 1'150;
  const Cast cast(options);
  const std::uint64_t group = group_size(options), times = options.transactions / group;
  const std::uint64_t wanted = std::uint64_t{Cast::worker_count} * std::min<std::uint32_t>(cast.merchants, 16);
  const std::uint64_t tasks = std::min(wanted, times / (2 * steps));
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (std::uint64_t task = 0; task < tasks; ++task) {
    const auto worker = std::uint32_t(cast.workers + task % Cast::worker_count);
    const auto merchant = std::uint32_t(task / Cast::worker_count);
    const auto delegation = std::uint32_t(cast.merchants + task % Cast::delegation_count);
    const std::uint64_t row = task * (times / tasks) * group;
    put(row, Payment{merchant, worker, price});
    put(row + group, Payment{worker, merchant, price});
    put(row + 2 * group, Payment{merchant, delegation, reward});
    put(row + 3 * group, Payment{delegation, worker, reward});
    put(row + 4 * group, Payment{merchant, worker, larger_reward});
    pairs.emplace_back(merchant, worker);
  }
  return pairs;
}

// Numbers the accounts and wallets of the columns by first appearance, as every ledger does. Columns hold account *
// assets + asset before. Returns the accounts' numbers; no_number for those without a row.
std::vector<std::uint32_t> number_by_appearance(Ledger& ledger, std::uint32_t account_count, std::uint32_t assets) {
  std::vector<std::uint32_t> accounts(account_count, no_number),
      wallets(std::size_t{account_count} * assets, no_number);
  std::uint32_t next_account = 0, next_wallet = 0;
  const auto renumber = [&](Wallet& wallet) {
    const auto key = std::uint32_t(wallet);
    if (wallets[key] == no_number) {
      wallets[key] = next_wallet++;
      std::uint32_t& account = accounts[key / assets];
      if (account == no_number) account = next_account++;
      ledger.wallet_account.push_back(Account(account));
      ledger.wallet_asset.push_back(Asset(key % assets));
    }
    wallet = Wallet(wallets[key]);
  };
  for (std::size_t row = 0; row < ledger.from.size(); ++row) {
    renumber(ledger.from[row]);
    renumber(ledger.to[row]);
  }
  ledger.accounts.reserve(next_account, 0);
  for (std::uint32_t account = 0; account < next_account; ++account) ledger.accounts.push_back_packed("");
  return accounts;
}

}  // namespace

Workload make_workload(const WorkloadOptions& options) {
  const Cast cast(options);
  const std::uint64_t group = group_size(options);
  Workload workload;
  workload.options = options;
  Ledger& ledger = workload.ledger;
  ledger.first_time = 1'600'000'000;
  ledger.from.resize(options.transactions);
  ledger.to.resize(options.transactions);
  ledger.time.resize(options.transactions);
  ledger.amount.resize(options.transactions);
  const auto put = [&](std::uint64_t row, const Payment& payment) {
    ledger.from[row] = Wallet(payment.from * options.assets + payment.asset);
    ledger.to[row] = Wallet(payment.to * options.assets + payment.asset);
    ledger.amount[row] = order_code(Amount{payment.amount});  // all below 2^56: codes are keys
  };
  Rows rows(options);
  for (std::uint64_t row = 0; row < options.transactions; ++row) {
    put(row, rows.next());
    ledger.time[row] = std::uint32_t(row / group) * seconds_between_times;
  }
  const auto planted = plant(options, put);
  workload.within = std::max<std::uint64_t>(ledger.time.back() / 100, 8 * seconds_between_times);

  const std::vector<std::uint32_t> numbers = number_by_appearance(ledger, cast.size, options.assets);
  for (std::uint32_t asset = 0; asset < options.assets; ++asset) ledger.assets.push_back_packed("");
  std::vector<std::uint32_t> place(cast.merchants, no_number);  // of each merchant in the list
  for (std::uint32_t merchant = 0; merchant < cast.merchants; ++merchant) {
    if (numbers[merchant] == no_number) continue;
    place[merchant] = std::uint32_t(workload.merchants.size());
    workload.merchants.push_back({Account(numbers[merchant])});
  }
  for (const auto& [merchant, worker] : planted)
    workload.planted.push_back({place[merchant], Account(numbers[worker])});
  std::ranges::sort(workload.planted);
  if (numbers[cast.hot] != no_number) workload.hot_accounts.push_back(Account(numbers[cast.hot]));
  return workload;
}

}  // namespace ringscan::bench
