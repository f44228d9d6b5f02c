#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/result_file.hpp"
#include "io/errors.hpp"
#include "read/read_ledger.hpp"
#include "write/circumstances.hpp"
#include "write/escape.hpp"
#include "write/text_parts.hpp"

namespace ringscan {
namespace {

// For people: how much more, in percent.
std::string gain(const std::string& purchase, const std::string& reward) {
  const double spent = std::stod(purchase), received = std::stod(reward);
  if (received == spent || spent <= 0) return "just as much";
  return received > spent ? fmt::format("{:.1f} % more", 100 * (received / spent - 1))
                          : fmt::format("{:.1f} % less", 100 * (1 - received / spent));
}

class Explanation {
 public:
  explicit Explanation(TimeAxis axis) : axis_(axis) {}

  // Everything that the group says about the account; about everybody if it is the group's own title.
  void add(const ToldGroup& group, const std::string& account) {
    const bool is_all = group.title == account;
    std::string roles;
    for (const auto& [role, accounts] : group.roles) {
      if (is_all)
        roles +=
            fmt::format("{}{} {}{}", roles.empty() ? "" : ", ", accounts.size(), role, accounts.size() == 1 ? "" : "s");
      else if (accounts.contains(account))
        roles += (roles.empty() ? "" : " and ") + role;
    }
    if (roles.empty()) return;
    const char* const verb = group.title.starts_with("cleared") ? " would be a suspected " : " is a suspected ";
    text += fmt::format("{}{}: {}{}\n", text.empty() ? "" : "\n", group.title,
                        is_all ? "" : terminal_text(account) + verb, roles);
    if (is_all && group.circumstances)
      text += circumstances_text(group.circumstances->found, group.circumstances->funder, axis_);
    for (const std::string& note : group.notes) text += fmt::format("  {}\n", terminal_text(note));
    for (const auto& [decided, verdict] : group.decisions)
      if (is_all || decided == account)
        text += fmt::format("  {} was looked at: {}\n", terminal_text(decided), terminal_text(verdict));
    std::vector<std::pair<std::int64_t, std::string>> lines;
    for (const ToldEvidence& evidence : group.evidence) {
      const bool concerns = std::ranges::any_of(evidence.transactions, [&](const auto& told) {
        return told.second.from == account || told.second.to == account;
      });
      if (is_all || concerns) add_lines(evidence, lines);
    }
    std::ranges::stable_sort(lines, {}, [](const auto& line) { return line.first; });
    // One payment may fund many rewards.
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    for (const auto& [time, line] : lines) text += line;
  }

  std::string text;

 private:
  void add_lines(const ToldEvidence& evidence, std::vector<std::pair<std::int64_t, std::string>>& lines) const {
    const ToldTransaction* purchase = nullptr;
    for (const auto& [what, told] : evidence.transactions) {
      std::string note;
      if (what == "purchase") purchase = &told;
      if (what == "reward" && purchase != nullptr) {
        const bool is_later = told.time >= purchase->time;
        const std::uint64_t delay = std::uint64_t(is_later ? told.time - purchase->time : purchase->time - told.time);
        note = fmt::format(", {} than the purchase of {}, {} {}", gain(purchase->amount, told.amount), purchase->amount,
                           duration_text(axis_, delay), is_later ? "after it" : "before it");
      }
      lines.emplace_back(
          told.time, fmt::format("  {}  {:<8}  {} pays {} {} {}{}  tx {}\n", time_text(axis_, told.time), what,
                                 terminal_text(told.from), terminal_text(told.to), told.amount,
                                 terminal_text(told.asset), note, told.id.empty() ? "(none)" : terminal_text(told.id)));
    }
  }

  TimeAxis axis_;
};

cxxopts::Options explain_options() {
  cxxopts::Options options(
      "ringscan explain",
      "Examples:\n"
      "  ringscan explain result.json 0x92ad7a3bd3a85b5e5e5e0b6d8f3f0ba0e5e9d1c4\n"
      "  ringscan explain farms.json 'farm 3'\n\n"
      "Tells in words, in order of time, every transaction that a result (JSON of scan or discover) "
      "holds about an\n"
      "account, or about a farm, a refund, a loop or what was cleared by its rank.\n");
  options.custom_help("RESULT ACCOUNT [OPTION...]");
  // clang-format off
  options.add_options("Answer")
      ("o,output", "write to FILE, whole or not at all; - is stdout", cxxopts::value<std::string>()->default_value("-"), "FILE")
      ("overwrite", "replace the output file if it exists")
      ("time-axis", "what times are in that ledger: time, block or step", cxxopts::value<std::string>()->default_value("time"), "AXIS");
  // clang-format on
  return options;
}

}  // namespace

int explain_command(int argc, const char* const* argv) {
  cxxopts::Options table = explain_options();
  const std::optional<Arguments> arguments = Arguments::parse(table, argc, argv);
  if (!arguments) return 0;
  if (arguments->rest().size() != 2) throw UsageError("explain takes a result and an account: explain RESULT ACCOUNT");
  Output output(arguments->text("output"), arguments->has("overwrite"));
  const std::string asked = arguments->rest()[1];
  const ResultFile file = read_result(arguments->rest()[0]);
  const bool is_title = std::ranges::any_of(file.groups, [&](const ToldGroup& group) { return group.title == asked; });
  Explanation explanation(time_axis_argument(arguments->text("time-axis")));
  for (const ToldGroup& group : file.groups) explanation.add(group, is_title ? asked : canonical_account(asked));
  if (explanation.text.empty()) explanation.text = fmt::format("{} is nowhere in this result\n", terminal_text(asked));
  output.sink().write(explanation.text);
  output.commit();
  return 0;
}

}  // namespace ringscan
