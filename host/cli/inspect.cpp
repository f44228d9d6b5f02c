#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/reading.hpp"
#include "packed/packed_ledger.hpp"
#include "write/escape.hpp"

namespace ringscan {
namespace {

constexpr std::uint64_t first_part = std::uint64_t{64} << 20;

cxxopts::Options inspect_options() {
  cxxopts::Options options(
      "ringscan inspect",
      "Examples:\n"
      "  ringscan inspect transactions.csv\n"
      "  ringscan inspect sales.csv --map from=buyer,to=seller,value=price,time=when\n"
      "  ringscan inspect chain.ledger --verify\n\n"
      "Shows how exports are understood: schema, column mapping, units, time range, accounts, assets, dropped and\n"
      "rejected rows with reasons, first rows.\n");
  options.custom_help("LEDGER... [OPTION...]");
  // clang-format off
  options.add_options("Looking")
      ("full", "read all of long files, and not their first 64 MiB alone")
      ("verify", "check every byte of packed ledgers by its checksum");
  // clang-format on
  add_run_options(options);
  add_read_options(options);
  return options;
}

std::string describe(const InputReport& input) {
  std::string text = fmt::format(
      "{}\n  format      {}\n  schema      {}{}{}\n  value unit  {}\n  times       {}\n  rows        {}\n  columns    ",
      terminal_text(input.file), input.format, input.schema, input.table.empty() ? "" : ", ", input.table,
      input.value_unit, terminal_text(input.time_format), input.rows);
  for (const auto& [role, column] : input.mapping) text += fmt::format(" {}={}", role, terminal_text(column));
  text += '\n';
  if (!input.note.empty()) text += fmt::format("  note        {}\n", input.note);
  if (input.coin_transactions > 0)
    text += fmt::format("  expansion   {} payments from {} transactions, {:.2f} each\n", input.coin_payments,
                        input.coin_transactions, double(input.coin_payments) / double(input.coin_transactions));
  for (const std::vector<std::string>& row : input.first_rows) {
    text += "  row        ";
    for (const std::string& field : row) text += ' ' + (field.empty() ? "(empty)" : terminal_text(field));
    text += '\n';
  }
  return text;
}

std::string describe(const Ledger& ledger) {
  const LedgerView view = ledger.view();
  std::string text = fmt::format("ledger\n  transactions {}\n  accounts     {}\n  assets       {}", view.size(),
                                 ledger.accounts.size(), ledger.assets.size());
  for (std::size_t asset = 0; asset < std::min<std::size_t>(ledger.assets.size(), 5); ++asset)
    text += fmt::format("{}{}", asset == 0 ? ": " : ", ", terminal_text(ledger.assets.at(asset)));
  if (ledger.assets.size() > 5) text += ", ...";
  if (view.size() > 0) {
    AmountKey least = view.amount[0], most = least;
    for (const AmountKey key : view.amount) least = std::min(least, key), most = std::max(most, key);
    text += fmt::format("\n  times        {} to {}\n  amounts      {} to {}", view.time_at(0),
                        view.time_at(view.size() - 1), to_string(view.amounts.amount(least)),
                        to_string(view.amounts.amount(most)));
  }
  text += "\n  dropped     ";
  for (std::size_t i = 0; i < drop_names.size(); ++i)
    text += fmt::format(" {} {}{}", ledger.dropped[i], drop_names[i], i + 1 < drop_names.size() ? "," : "");
  return text + '\n';
}

}  // namespace

namespace {

// What a packed ledger is made of.
std::string describe_packed(const std::string& path, bool verifies) {
  const PackedLedger file(path, std::max(1u, std::thread::hardware_concurrency()));
  std::string text = fmt::format("{}\n  format      packed ledger\n", terminal_text(path));
  if (verifies) {
    file.verify();
    text += "  checksums   all match\n";
  }
  for (const auto& [name, value] : file.settings())
    text += fmt::format("  imported    with --{}{}\n", name, value == "true" ? "" : " " + terminal_text(value));
  const double rows = std::max<double>(1, double(file.size()));
  for (const SectionReport& section : file.sections())
    text += fmt::format("  {:<32} {:>14} bytes {:>7.2f} a transaction\n", section.name, section.bytes,
                        double(section.bytes) / rows);
  return text;
}

}  // namespace

int inspect_command(int argc, const char* const* argv) {
  cxxopts::Options options = inspect_options();
  const std::optional<Arguments> arguments = Arguments::parse(options, argc, argv);
  if (!arguments) return 0;
  ReadReport report;
  Output output(std::nullopt, false);
  Progress progress(shows_progress(*arguments));
  ReadOptions reading = read_options(*arguments);
  const std::vector<std::string> inputs = ledgers(*arguments);
  if (!arguments->has("full")) reading.most_bytes = first_part;
  for (const std::string& input : inputs)
    if (is_packed_ledger(input)) output.sink().write(describe_packed(input, arguments->has("verify")));
  const Ledger ledger = read_with_progress(inputs, reading, report, progress, arguments->has("quiet"));
  for (const InputReport& input : report.inputs) output.sink().write(describe(input));
  output.sink().write(describe(ledger));
  for (const InputReport& input : report.inputs)
    if (input.is_cut)
      output.sink().write(fmt::format("the above is what the first {} MiB of {} hold; --full reads all of it\n",
                                      first_part >> 20, terminal_text(input.file)));
  output.commit();
  return 0;
}

}  // namespace ringscan
