#include "generate/generate.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/reading.hpp"
#include "cli/signals.hpp"
#include "generate/stories.hpp"
#include "io/errors.hpp"

namespace ringscan {
namespace {

cxxopts::Options generate_options() {
  cxxopts::Options options(
      "ringscan generate",
      "Examples:\n"
      "  ringscan generate --model all --seed 1 -o demo\n"
      "  ringscan generate --model advanced --merchants 3 --workers 20 --transactions 1000000 -o big\n"
      "  ringscan generate --difficulty hard --seed 1 -o hard\n"
      "  ringscan generate --difficulty hard --farms 0 --emphasise airdrops -o innocent\n\n"
      "Writes transactions.csv (columns of ethereum-etl), merchants.txt and truth.json (what was planted) into a "
      "folder.\n"
      "The same options give the same bytes everywhere.\n\n"
      "With --difficulty, farms hide and the background is hostile: exchanges, markets, refunds, airdrops and other\n"
      "stories that pay back more than was paid. The farms' traits, of which --farm-traits changes some, are\n" +
          describe_profiles() + "Stories: " + one_of(story_names()).substr(15) + "\n");
  options.custom_help("-o DIR [OPTION...]");
  const GenerateOptions defaults;
  const auto number = [](std::uint64_t initial) {
    return cxxopts::value<std::string>()->default_value(std::to_string(initial));
  };
  const GenerateOptions varied = options_for(Difficulty::hard);
  const auto both = [&](const char* what, auto option) {
    return fmt::format("{} (default: {}, with --difficulty {})", what, defaults.*option, varied.*option);
  };
  const auto text = [] { return cxxopts::value<std::string>(); };
  // clang-format off
  options.add_options("Ledger")
      ("model", "farms to plant: basic, enhanced, advanced or all", text()->default_value("all"), "MODEL")
      ("seed", "another seed, another ledger", number(defaults.seed), "N")
      ("farms", both("farms of each model", &GenerateOptions::farms), text(), "N")
      ("merchants", "merchants of a farm", number(defaults.merchants), "N")
      ("workers", "workers of a farm", number(defaults.workers), "N")
      ("delegations", "delegations of an advanced farm", number(defaults.delegations), "N")
      ("rounds", "tasks of a worker at each merchant", number(defaults.rounds), "N")
      ("honest-customers", "honest customers of a farm's merchants", number(defaults.honest_customers), "N")
      ("accounts", both("accounts of the background", &GenerateOptions::accounts), text(), "N")
      ("transactions", both("transactions of the background", &GenerateOptions::transactions), text(), "N")
      ("days", both("days that the ledger spans", &GenerateOptions::days), text(), "N")
      ("difficulty", "farms that hide, in a hostile background: easy, medium or hard", text(), "NAME")
      ("farm-traits", "with --difficulty: changes to the farms' traits, such as split=100,delay=24-48", text(), "LIST")
      ("emphasise", "with --difficulty: a story that gets a third of the background", text(), "STORY")
      ("start-time", "time of the first block: Unix seconds or ISO 8601", number(std::uint64_t(defaults.start_time)), "T");
  // clang-format on
  options.add_options("Answer")("o,output", "folder to write into; made if it is not there", text(), "DIR");
  add_run_options(options);
  return options;
}

// The options that --difficulty brings, and what may be said only with it or only without it.
GenerateOptions initial_request(const Arguments& arguments) {
  const auto given = arguments.optional_text("difficulty");
  for (const char* name : {"farm-traits", "emphasise"})
    if (!given && arguments.has(name)) throw UsageError(fmt::format("--{} goes with --difficulty", name));
  if (!given) return {};
  const std::vector<std::string> names = {"easy", "medium", "hard"};
  const auto difficulty = parse_difficulty(*given);
  if (!difficulty)
    throw UsageError("--difficulty knows no '" + *given + "'" + suggestion(*given, names) + one_of(names));
  for (const char* name : {"merchants", "workers", "delegations", "rounds", "honest-customers"})
    if (arguments.has(name))
      throw UsageError(
          fmt::format("with --difficulty farms differ in size: --farm-traits changes them, not --{}", name));
  GenerateOptions request = options_for(*difficulty);
  change_profile(request.profile, arguments.optional_text("farm-traits").value_or(""));
  request.emphasised_story = arguments.optional_text("emphasise").value_or("");
  const std::vector<std::string> stories = story_names();
  if (!request.emphasised_story.empty() && std::ranges::find(stories, request.emphasised_story) == stories.end())
    throw UsageError("--emphasise knows no story '" + request.emphasised_story + "'" +
                     suggestion(request.emphasised_story, stories) + one_of(stories));
  return request;
}

GenerateOptions generate_request(const Arguments& arguments) {
  GenerateOptions request = initial_request(arguments);
  const std::string models = arguments.text("model");
  const auto parsed = parse_farm_models(models);
  const std::vector<std::string> names = {"basic", "enhanced", "advanced", "all"};
  if (!parsed) throw UsageError("--model knows no '" + models + "'" + suggestion(models, names) + one_of(names));
  request.models = *parsed;
  request.seed = arguments.number("seed", 0).value_or(request.seed);
  arguments.set_number("farms", 0, request.farms);
  arguments.set_number("merchants", 0, request.merchants);
  arguments.set_number("workers", 0, request.workers);
  arguments.set_number("delegations", 0, request.delegations);
  arguments.set_number("rounds", 0, request.rounds);
  arguments.set_number("honest-customers", 0, request.honest_customers);
  arguments.set_number("accounts", 0, request.accounts);
  request.transactions = arguments.number("transactions", 0).value_or(request.transactions);
  arguments.set_number("days", 0, request.days);
  if (arguments.has("start-time"))
    request.start_time = time_argument("--start-time", arguments.text("start-time"), TimeAxis::seconds);
  request.interrupted = &interrupted_by_user;
  return request;
}

}  // namespace

int generate_command(int argc, const char* const* argv) {
  cxxopts::Options options = generate_options();
  const std::optional<Arguments> arguments = Arguments::parse(options, argc, argv);
  if (!arguments) return 0;
  if (!arguments->rest().empty())
    throw UsageError("generate reads nothing: '" + arguments->rest().front() + "' has no meaning");
  if (!arguments->has("output")) throw UsageError("where to? Give -o DIR");
  const GeneratedLedger ledger = generate_ledger(generate_request(*arguments));
  const std::string folder = arguments->text("output");
  write_generated(ledger, folder, arguments->has("overwrite"));
  if (!arguments->has("quiet"))
    fmt::print(stderr, "ringscan: {} transactions, {} farms in {}: transactions.csv, merchants.txt, truth.json\n",
               ledger.rows.size(), ledger.farms.size(), folder);
  return 0;
}

}  // namespace ringscan
