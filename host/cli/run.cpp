#include "cli/run.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cxxopts.hpp>
#include <exception>
#include <new>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/signals.hpp"
#include "cli/version.hpp"
#include "io/errors.hpp"
#include "write/escape.hpp"

namespace ringscan {
namespace {

enum ExitCode {
  done = 0,
  unexpected = 1,
  usage = 2,
  bad_input = 3,
  missing_input = 4,
  unavailable = 5,
  output = 6,
  interrupted = 130
};
constexpr std::string_view nothing_written = "interrupted; nothing was written";

std::string help() {
  std::string text =
      "ringscan finds click farms in cryptocurrency ledgers: accounts that pay a merchant for fake purchases and are\n"
      "later paid back more than they spent.\n\n"
      "  ringscan scan transactions.csv --merchants merchants.txt\n"
      "  ringscan scan transactions.csv.gz --merchants merchants.txt --model advanced --within 7d -o result.json\n"
      "  ringscan discover chain.ledger --merchants-out merchants.txt -o farms.json\n"
      "  ringscan inspect transactions.csv\n\n"
      "Commands:\n";
  for (const Command& command : commands) text += fmt::format("  {:<10} {}\n", command.name, command.does);
  return text + "\nringscan COMMAND --help shows a command's options. ringscan --version shows the version.\n";
}

int dispatch(int argc, char** argv) {
  const std::string_view name = argc > 1 ? argv[1] : "";
  if (name == "-h" || name == "--help" || name == "help") return print_to_stdout(help()), done;
  if (name == "--version") return print_to_stdout(fmt::format("ringscan {}\n", version)), done;
  if (name.empty()) throw UsageError("which command? Try: ringscan --help");
  std::vector<std::string> names;
  for (const Command& command : commands) {
    if (command.name == name) return command.run(argc - 1, argv + 1);
    names.emplace_back(command.name);
  }
  throw UsageError(fmt::format("there is no command '{}'{}; see ringscan --help", name, suggestion(name, names)));
}

// Plain text on stderr, whatever it names.
int fail(ExitCode code, std::string_view sentence) {
  std::string text;
  for (std::size_t begin = 0; begin <= sentence.size();) {
    const std::size_t end = std::min(sentence.find('\n', begin), sentence.size());
    text += terminal_text(sentence.substr(begin, end - begin)) + '\n';
    begin = end + 1;
  }
  fmt::print(stderr, "ringscan: {}", text);
  return code;
}

int run_and_explain(int argc, char** argv) {
  try {
    return dispatch(argc, argv);
  } catch (const UsageError& error) {
    return fail(usage, error.what());
  } catch (const cxxopts::exceptions::exception& error) {
    return fail(usage, error.what());
  } catch (const BadInput& error) {
    // Ctrl-C stops a whole pipeline: an input that ends with it is not at fault for being cut off.
    if (interrupted_by_user) return fail(interrupted, nothing_written);
    return fail(bad_input, error.what());
  } catch (const MissingInput& error) {
    return fail(missing_input, error.what());
  } catch (const Unavailable& error) {
    return fail(unavailable, error.what());
  } catch (const OutputError& error) {
    return fail(output, error.what());
  } catch (const Interrupted&) {
    return fail(interrupted, nothing_written);
  } catch (const BrokenPipe&) {
    return done;
  } catch (const std::bad_alloc&) {
    return fail(unavailable, "out of memory: take fewer files, or cut with --start, --end and --assets");
  } catch (const std::exception& error) {
    return fail(unexpected, fmt::format("unexpected: {}", error.what()));
  }
}

}  // namespace

int run(int argc, char** argv) {
  handle_signals();
  return run_and_explain(argc, argv);
}

}  // namespace ringscan
