// Farms first, the background after them, then every payment gets its place: rows ascend by block, and within a block
// by key, which has nothing to do with the order in which they were planned.
#include "generate/generate.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "generate/plan.hpp"
#include "generate/stories.hpp"
#include "generate/varied_farms.hpp"

namespace ringscan {

namespace {

void require(bool holds, const char* sentence) {
  if (!holds) throw UsageError(sentence);
}

void check(const GenerateOptions& options) {
  constexpr std::uint64_t most_a_farm = 100'000;
  require(!options.models.empty() && options.farms <= 10'000,
          "generate needs at least one model and at most 10000 farms of each");
  require(options.merchants >= 1 && options.merchants <= most_a_farm, "a farm has between 1 and 100000 merchants");
  require(options.workers >= 1 && options.workers <= most_a_farm, "a farm has between 1 and 100000 workers");
  require(options.delegations >= 1 && options.delegations <= most_a_farm,
          "a farm of the advanced model has between 1 and 100000 delegations");
  require(options.rounds >= 1 && options.rounds <= 1'000, "a worker does between 1 and 1000 tasks at a merchant");
  require(options.honest_customers <= most_a_farm, "a farm has at most 100000 honest customers");
  require(options.accounts <= 1'000'000'000, "the background has at most 1000000000 accounts");
  require(options.days >= 1 && options.days <= 36'500, "the ledger spans between 1 and 36500 days");
  require(options.start_time >= 0 && options.start_time <= 4'102'444'800, "the ledger starts between 1970 and 2100");
  require(options.first_block <= 1'000'000'000'000, "the first block's number is at most 1000000000000");
  const std::uint64_t farms = options.models.size() * options.farms;
  require(farms * options.merchants <= 1'000'000'000 / options.rounds / options.workers,
          "the farms have at most 1000000000 tasks: ask for fewer farms, merchants, workers or rounds");
  require(options.transactions <= 4'000'000'000, "the background has at most 4000000000 transactions");
  if (!options.difficulty) return require(options.emphasised_story.empty(), "only --difficulty has stories");
  const auto& emphasised = options.emphasised_story;
  require(emphasised.empty() || std::ranges::find(stories(), emphasised, &Story::name) != stories().end(),
          "there is no such story to emphasise");
  require(options.days >= options.profile.longest_hours.last / 24 + 7,
          "the ledger spans at least a week more than the farms' longest delay");
}

// Farms all alike, in a friendly background.
void plan_plain(Plan& plan) {
  const GenerateOptions& options = plan.ledger.options;
  // At most three rows a task and sixteen an honest customer, so that growing never doubles a large ledger.
  const std::uint64_t farms = options.models.size() * options.farms;
  const std::uint64_t tasks_a_farm = std::uint64_t{options.merchants} * options.workers * options.rounds;
  plan.ledger.rows.reserve(options.transactions + farms * (3 * tasks_a_farm + 16 * options.honest_customers));
  for (std::uint32_t farm = 0; farm < options.farms; ++farm)
    for (const FarmModel model : options.models) {
      plant_farm(plan, model);
      add_honest_customers(plan);
    }
  add_background(plan);
}

// Farms that hide, in a hostile one.
void plan_varied(Plan& plan) {
  const GenerateOptions& options = plan.ledger.options;
  World world(plan);
  VariedFarms farms(world);
  for (std::uint32_t farm = 0; farm < options.farms; ++farm)
    for (const FarmModel model : options.models) farms.plant(model);
  plan.ledger.rows.reserve(plan.ledger.rows.size() + options.transactions);
  tell_stories(world, options.transactions, options.emphasised_story);
}

void append_hex(std::string& text, std::uint64_t value, int digits) {
  constexpr std::string_view hex = "0123456789abcdef";
  for (int i = 0; i < digits; ++i) text += hex[value >> (60 - 4 * i) & 15];
}

// The first 16 digits are a bijection of `number`: different numbers, different texts.
std::string hex_text(std::uint64_t number, std::uint64_t salt, int digits) {
  std::string text = "0x";
  for (std::uint64_t word = mix(number ^ salt); digits > 0; digits -= 16, word = mix(word + salt))
    append_hex(text, word, std::min(digits, 16));
  return text;
}

}  // namespace

std::string GeneratedLedger::address(AccountNumber account) const {
  return hex_text(account, mix(options.seed ^ 0xacc0), 40);
}
std::string GeneratedLedger::transaction_hash(TransactionKey key) const {
  return hex_text(key, mix(options.seed ^ 0x4a54), 64);
}
std::string GeneratedLedger::block_hash(std::uint64_t block) const {
  return hex_text(block, mix(options.seed ^ 0xb10c), 64);
}

GenerateOptions options_for(Difficulty difficulty) {
  GenerateOptions options;
  options.difficulty = difficulty;
  options.profile = farm_profile(difficulty);
  options.farms = 10;
  options.accounts = 60'000;
  options.transactions = 400'000;
  options.days = 90;
  return options;
}

GeneratedLedger generate_ledger(const GenerateOptions& options) {
  check(options);
  Plan plan(options);
  if (options.difficulty)
    plan_varied(plan);
  else
    plan_plain(plan);

  std::vector<GeneratedRow>& rows = plan.ledger.rows;
  std::ranges::sort(rows, {}, [](const GeneratedRow& row) { return std::pair(row.block, row.key); });
  for (std::size_t i = 1; i < rows.size(); ++i)
    if (rows[i].block == rows[i - 1].block) rows[i].index = rows[i - 1].index + 1;
  return std::move(plan.ledger);
}

}  // namespace ringscan
