#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/result_file.hpp"
#include "io/errors.hpp"
#include "write/escape.hpp"

namespace ringscan {
namespace {

// Role and account: where in the file. Refunds and what people cleared are no accusation.
using Accused = std::map<std::pair<std::string, std::string>, std::string>;

Accused accused(const ResultFile& file) {
  Accused all;
  for (const ToldGroup& group : file.groups) {
    if (group.title.starts_with("refund") || group.title.starts_with("cleared")) continue;
    for (const auto& [role, accounts] : group.roles)
      for (const std::string& account : accounts) all.emplace(std::pair(role, account), group.title);
  }
  return all;
}

// The lines of what `here` has and `there` has not.
std::string lines(const Accused& here, const Accused& there, char sign, std::size_t& count) {
  std::string text;
  for (const auto& [who, title] : here)
    if (!there.contains(who)) {
      ++count;
      text += fmt::format("{} {:<10}  {}  {}\n", sign, who.first, terminal_text(who.second), title);
    }
  return text;
}

cxxopts::Options diff_options() {
  cxxopts::Options options(
      "ringscan diff",
      "Examples:\n"
      "  ringscan diff yesterday.json today.json\n"
      "  ringscan diff yesterday.json today.json --fail-on-findings\n\n"
      "Tells who is suspected in the second of two results (JSON of scan or discover) and was not in the "
      "first (+), and who\n"
      "no longer is (-), by role.\n");
  options.custom_help("RESULT RESULT [OPTION...]");
  // clang-format off
  options.add_options("Answer")
      ("o,output", "write to FILE, whole or not at all; - is stdout", cxxopts::value<std::string>()->default_value("-"), "FILE")
      ("overwrite", "replace the output file if it exists")
      ("fail-on-findings", "exit code 10 if somebody is suspected who was not");
  // clang-format on
  return options;
}

}  // namespace

int diff_command(int argc, const char* const* argv) {
  cxxopts::Options table = diff_options();
  const std::optional<Arguments> arguments = Arguments::parse(table, argc, argv);
  if (!arguments) return 0;
  if (arguments->rest().size() != 2) throw UsageError("diff takes two results: diff RESULT RESULT");
  Output output(arguments->text("output"), arguments->has("overwrite"));
  const ResultFile before = read_result(arguments->rest()[0]), after = read_result(arguments->rest()[1]);
  if (before.schema != after.schema)
    throw UsageError(fmt::format("the results are of different kinds: {} and {}", before.schema, after.schema));
  const Accused old_ones = accused(before), new_ones = accused(after);
  std::size_t appeared = 0, gone = 0;
  std::string text = lines(new_ones, old_ones, '+', appeared);
  text += lines(old_ones, new_ones, '-', gone);
  output.sink().write(text + fmt::format("{} new, {} gone\n", appeared, gone));
  output.commit();
  return appeared > 0 && arguments->has("fail-on-findings") ? found_something : 0;
}

}  // namespace ringscan
