#include "generate/generate.hpp"

#include <fmt/core.h>

#include <limits>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/reading.hpp"
#include "cli/signals.hpp"
#include "io/errors.hpp"

namespace ringscan {
namespace {

cxxopts::Options generate_options() {
  cxxopts::Options options(
      "ringscan generate",
      "Examples:\n"
      "  ringscan generate --model all --seed 1 -o demo\n"
      "  ringscan generate --model advanced --merchants 3 --workers 20 --transactions 1000000 -o big\n\n"
      "Writes transactions.csv (columns of ethereum-etl), merchants.txt and truth.json (what was planted) into a "
      "folder.\n"
      "The same options give the same bytes everywhere.\n");
  options.custom_help("-o DIR [OPTION...]");
  const GenerateOptions defaults;
  const auto number = [](std::uint64_t initial) {
    return cxxopts::value<std::string>()->default_value(std::to_string(initial));
  };
  const auto text = [] { return cxxopts::value<std::string>(); };
  // clang-format off
  options.add_options("Ledger")
      ("model", "farms to plant: basic, enhanced, advanced or all", text()->default_value("all"), "MODEL")
      ("seed", "another seed, another ledger", number(defaults.seed), "N")
      ("farms", "farms of each model", number(defaults.farms), "N")
      ("merchants", "merchants of a farm", number(defaults.merchants), "N")
      ("workers", "workers of a farm", number(defaults.workers), "N")
      ("delegations", "delegations of an advanced farm", number(defaults.delegations), "N")
      ("rounds", "tasks of a worker at each merchant", number(defaults.rounds), "N")
      ("honest-customers", "honest customers of a farm's merchants", number(defaults.honest_customers), "N")
      ("accounts", "accounts of the background", number(defaults.accounts), "N")
      ("transactions", "transactions of the background", number(defaults.transactions), "N")
      ("days", "days that the ledger spans", number(defaults.days), "N")
      ("start-time", "time of the first block: Unix seconds or ISO 8601", number(std::uint64_t(defaults.start_time)), "T");
  // clang-format on
  options.add_options("Answer")("o,output", "folder to write into; made if it is not there", text(), "DIR");
  add_run_options(options);
  return options;
}

GenerateOptions generate_request(const Arguments& arguments) {
  GenerateOptions request;
  const std::string models = arguments.text("model");
  const auto parsed = parse_farm_models(models);
  const std::vector<std::string> names = {"basic", "enhanced", "advanced", "all"};
  if (!parsed) throw UsageError("--model knows no '" + models + "'" + suggestion(models, names) + one_of(names));
  request.models = *parsed;
  const auto small = [&](const char* name, std::uint32_t& value) {
    const std::uint64_t given = arguments.number(name, 0).value_or(value);
    if (given > std::numeric_limits<std::uint32_t>::max()) throw UsageError("--" + std::string(name) + " is too large");
    value = std::uint32_t(given);
  };
  request.seed = arguments.number("seed", 0).value_or(request.seed);
  small("farms", request.farms);
  small("merchants", request.merchants);
  small("workers", request.workers);
  small("delegations", request.delegations);
  small("rounds", request.rounds);
  small("honest-customers", request.honest_customers);
  small("accounts", request.accounts);
  request.transactions = arguments.number("transactions", 0).value_or(request.transactions);
  small("days", request.days);
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
