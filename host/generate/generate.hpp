// Synthetic ledgers with planted click farms, for demos, tests and benchmarks. Everything follows from the options: the
// same ones give the same ledger, to the byte, on every machine and with every compiler.
//
// Each farm has merchants, workers (for the basic model: the merchants' own accounts) and, for the advanced model,
// delegations. Every worker does `rounds` tasks at every merchant of the farm, so that the intersection of the suspects
// of the farm's merchants holds all of its workers. Around them: honest customers of those merchants and a background
// of shops, refunds, exchanges, employers and payments between people, none of which takes part in a farm. Workers are
// people too and appear in the background.
//
// With a difficulty, farms hide: they differ in everything that FarmProfile has, and the background is hostile: it
// tells the stories of stories.hpp, many of which pay back more than was paid. Sizes of farms come from the profile
// then.
#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "generate/farm_profile.hpp"
#include "ledger/amount.hpp"

namespace ringscan {

enum class FarmModel { basic, enhanced, advanced };
std::string_view name(FarmModel model);
// "basic", "enhanced", "advanced", or "all" for the three; nullopt for anything else.
std::optional<std::vector<FarmModel>> parse_farm_models(std::string_view text);

struct GenerateOptions {
  std::vector<FarmModel> models = {FarmModel::basic, FarmModel::enhanced, FarmModel::advanced};
  std::uint64_t seed = 1;
  std::uint32_t farms = 1;                         // of each model
  std::uint32_t merchants = 4;                     // a farm
  std::uint32_t workers = 12;                      // a farm
  std::uint32_t delegations = 2;                   // an advanced farm
  std::uint32_t rounds = 1;                        // tasks of one worker at one merchant
  std::uint32_t honest_customers = 60;             // of a farm's merchants, a farm
  std::uint32_t accounts = 5'000;                  // of the background; with a difficulty: its people
  std::uint64_t transactions = 50'000;             // of the background, refunds and salaries included
  std::uint32_t days = 7;                          // that the ledger spans
  std::int64_t start_time = 1'704'067'200;         // of the first block, Unix seconds
  std::uint64_t first_block = 18'908'895;          // its number
  std::optional<Difficulty> difficulty;            // else all farms are alike and the background is friendly
  FarmProfile profile;                             // with a difficulty: how farms vary
  std::string emphasised_story;                    // with a difficulty: gets a third of the background's rows
  const std::atomic<bool>* interrupted = nullptr;  // looked at now and then; then Interrupted is thrown
};

// Thirty farms in three months of 400,000 payments; all else as it stands above.
GenerateOptions options_for(Difficulty difficulty);

inline constexpr std::int64_t block_seconds = 12;
inline constexpr std::uint64_t blocks_a_day = 7'200;

using AccountNumber = std::uint32_t;
using TransactionKey = std::uint64_t;  // distinct; the transaction's hash is made of it

struct GeneratedRow {
  AccountNumber from, to;
  Amount amount;  // wei, positive
  std::int64_t time;
  std::uint64_t block;
  TransactionKey key;
  std::uint32_t index;  // in its block, from 0
};

// The steps of a task in the order in which they happen; which of them there are depends on the model:
//   basic     fund, purchase
//   enhanced  post_task, purchase, return_result, reward
//   advanced  post_task (merchant to delegation), post_task (delegation to worker), purchase, return_result (worker to
//             delegation), return_result (delegation to merchant), fund (merchant to delegation), reward
enum class StepKind { post_task, fund, purchase, return_result, reward };
std::string_view name(StepKind kind);

// Posting a task and returning a result are messages, not payments: no transaction.
struct Step {
  StepKind kind;
  std::uint32_t task;  // of this farm, from 0
  AccountNumber from, to;
  std::int64_t time;
  std::optional<TransactionKey> transaction;
  Amount amount;  // 0 without a transaction
};

// What a farm of a ledger with a difficulty does to be hard to find; `split` and the like say that it happened.
struct FarmTraits {
  std::uint32_t fake_percent = 0, longest_hours = 0, gain_permille = 0, campaign_days = 0;
  bool split = false, batched = false, unpaid = false, drip = false, payroll = false, exchange = false,
       prefunded = false, swept = false, shared_delegation = false;
};

// Who plays which part in a story of the hostile background, other than as one of many people.
struct Actor {
  AccountNumber account;
  std::uint32_t instance;  // the story is told many times; those who are in it together share a number
  std::string_view story, role;
};

struct Farm {
  FarmModel model;
  std::vector<AccountNumber> merchants, delegations, workers;
  std::vector<Step> steps;  // by task, a task's steps in ascending time
  FarmTraits traits;        // with a difficulty
};

struct GeneratedLedger {
  GenerateOptions options;
  std::vector<GeneratedRow> rows;  // ascending (block, index)
  std::vector<Farm> farms;
  std::vector<AccountNumber> honest_customers;  // of the farms' merchants
  std::vector<Actor> actors;                    // with a difficulty, by story
  std::uint32_t account_count = 0;

  std::string address(AccountNumber account) const;        // 0x + 40 hex digits, distinct
  std::string transaction_hash(TransactionKey key) const;  // 0x + 64 hex digits, distinct
  std::string block_hash(std::uint64_t block) const;
};

// 72 bytes a row; O(rows * log(rows)) time. Throws UsageError for options that mean nothing.
GeneratedLedger generate_ledger(const GenerateOptions& options);

// transactions.csv (the columns of ethereum-etl), merchants.txt (the farms' merchants) and truth.json in `directory`,
// which is made if it is not there. Throws OutputError, before anything is written, if one of them is there and
// `overwrite` is false.
void write_generated(const GeneratedLedger& ledger, const std::filesystem::path& directory, bool overwrite);

}  // namespace ringscan
