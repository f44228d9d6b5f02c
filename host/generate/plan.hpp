// What the parts of the generator write into: a ledger in the making. Payments are planned on the clock of the blocks,
// in any order; generate_ledger() sorts them and gives each its place in its block.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "generate/generate.hpp"
#include "generate/random.hpp"
#include "io/errors.hpp"

namespace ringscan {

using Wei = std::uint64_t;  // up to 18 ether, which is enough for what is bought here; larger payments are Amounts
inline constexpr Wei milliether = 1'000'000'000'000'000;

class Plan {
 public:
  explicit Plan(const GenerateOptions& options) : random(mix(options.seed)) { ledger.options = options; }

  std::uint64_t block_count() const { return ledger.options.days * blocks_a_day; }
  std::int64_t time_of(std::uint64_t block) const {
    return ledger.options.start_time + static_cast<std::int64_t>(block) * block_seconds;
  }

  AccountNumber new_account() { return ledger.account_count++; }
  std::vector<AccountNumber> new_accounts(std::uint64_t count) {
    std::vector<AccountNumber> accounts(count);
    std::ranges::generate(accounts, [&] { return new_account(); });
    return accounts;
  }
  AccountNumber any_of(const std::vector<AccountNumber>& accounts) { return accounts[random.below(accounts.size())]; }

  // `block` counts from the ledger's first; beyond the last it is the last.
  TransactionKey pay(AccountNumber from, AccountNumber to, const Amount& amount, std::uint64_t block) {
    if (const auto* interrupted = ledger.options.interrupted;
        interrupted != nullptr && interrupted->load(std::memory_order_relaxed))
      throw Interrupted();
    block = std::min(block, block_count() - 1);
    const TransactionKey key = mix(ledger.rows.size() ^ mix(~ledger.options.seed));
    ledger.rows.push_back({from, to, amount, time_of(block), ledger.options.first_block + block, key, 0});
    return key;
  }
  TransactionKey pay(AccountNumber from, AccountNumber to, Wei amount, std::uint64_t block) {
    return pay(from, to, Amount(amount), block);
  }

  // `amount` give or take `permille` of it, to the last wei.
  Wei noisy(Wei amount, Wei permille) {
    const Wei spread = amount / 1000 * permille;
    return random.between(amount - spread, amount + spread);
  }
  static Wei percent_of(Wei amount, std::uint64_t percent) { return amount / 100 * percent; }

  // A shop asks the same few prices all the time; each sale differs a little, as prices in another currency do.
  std::vector<Wei> price_list(AccountNumber shop) const {
    Random of_shop(mix(ledger.options.seed ^ mix(shop)));
    std::vector<Wei> prices(of_shop.between(2, 6));
    std::ranges::generate(prices, [&] { return of_shop.between(5, 400) * milliether; });
    return prices;
  }
  Wei any_price(const std::vector<Wei>& prices) { return noisy(prices[random.below(prices.size())], 10); }

  GeneratedLedger ledger;
  Random random;
};

// Plants one farm and adds it to the ledger's farms; its steps take place between the first block and the last.
void plant_farm(Plan& plan, FarmModel model);
// The honest customers of the last farm's merchants: they buy there again and again, and get refunds.
void add_honest_customers(Plan& plan);
// Exactly `options.transactions` payments of everyday life.
void add_background(Plan& plan);

}  // namespace ringscan
