#include "cli/options.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>
#include <utility>

#include "cli/output.hpp"
#include "io/errors.hpp"

namespace ringscan {
namespace {

// Insertions, deletions, substitutions and swaps of neighbours that make one text of the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last, last, row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    before_last = std::exchange(last, row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({last[j] + (a[i] != b[j]), row[j] + 1, last[j + 1] + 1});
      const bool is_swap = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
      if (is_swap) row[j + 1] = std::min(row[j + 1], before_last[j - 1] + 1);
    }
  }
  return row.back();
}

std::vector<std::string> long_names(cxxopts::Options& options) {
  std::vector<std::string> names;
  for (const std::string& group : options.groups())
    for (const cxxopts::HelpOptionDetails& option : options.group_help(group).options)
      if (!option.l.empty()) names.push_back(option.l.front());
  return names;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

UtxoModel utxo_model(const std::string& name) {
  if (name == "entities") return UtxoModel::entities;
  if (name == "all-pairs") return UtxoModel::all_pairs;
  throw UsageError("--utxo is entities or all-pairs, not '" + name + "'");
}

std::map<std::string, std::string> column_map(const std::string& text) {
  static const std::vector<std::string> roles = {"from", "to", "value", "time", "asset", "id", "block", "index", "log"};
  std::map<std::string, std::string> map;
  for (const std::string& pair : split(text, ',')) {
    const std::size_t equals = pair.find('=');
    const std::string role = pair.substr(0, equals);
    if (equals == std::string::npos || equals + 1 == pair.size())
      throw UsageError("--map is a list of role=column, such as from=Sender,to=Receiver,value=Amount,time=When; '" +
                       pair + "' is not");
    if (std::ranges::find(roles, role) == roles.end())
      throw UsageError("--map knows no role '" + role + "'" + suggestion(role, roles) + one_of(roles));
    if (!map.emplace(role, pair.substr(equals + 1)).second) throw UsageError("--map names " + role + " twice");
  }
  return map;
}

}  // namespace

std::string suggestion(std::string_view given, const std::vector<std::string>& known) {
  const auto distance = [&](const std::string& name) { return edit_distance(given, name); };
  const auto nearest = std::ranges::min_element(known, {}, distance);
  if (nearest == known.end() || distance(*nearest) > std::max<std::size_t>(1, given.size() / 3)) return "";
  return fmt::format(" (did you mean '{}'?)", *nearest);
}

std::string one_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "; it is one of " : ", ") + name;
  return list;
}

std::optional<Arguments> Arguments::parse(cxxopts::Options& options, int argc, const char* const* argv) {
  options.add_options("Help")("h,help", "show this help");
  try {
    Arguments arguments(options.parse(argc, argv));
    if (arguments.has("help")) {
      print_to_stdout(options.help());
      return std::nullopt;
    }
    return arguments;
  } catch (const cxxopts::exceptions::no_such_option& error) {
    std::string given = error.what();  // Option ‘name’ does not exist
    std::erase_if(given, [](char c) { return c == '\'' || static_cast<unsigned char>(c) >= 0x80; });
    given = given.substr(given.find(' ') + 1);
    given.resize(std::min(given.size(), given.find(" does not exist")));
    std::vector<std::string> names = long_names(options);
    throw UsageError(
        fmt::format("there is no option --{}{}; see ringscan {} --help", given, suggestion(given, names), argv[0]));
  }
}

std::optional<std::string> Arguments::optional_text(const std::string& name) const {
  if (!has(name)) return std::nullopt;
  return text(name);
}

std::optional<std::uint64_t> Arguments::number(const std::string& name, std::uint64_t least) const {
  if (!has(name)) return std::nullopt;
  const std::string given = text(name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (error != std::errc() || end != given.data() + given.size() || value < least)
    throw UsageError(fmt::format("--{} is a whole number from {} on, not '{}'", name, least, given));
  return value;
}

void Arguments::set_number(const std::string& name, std::uint64_t least, std::uint32_t& value) const {
  const std::uint64_t given = number(name, least).value_or(value);
  if (given > std::numeric_limits<std::uint32_t>::max()) throw UsageError("--" + name + " is too large");
  value = std::uint32_t(given);
}

void add_read_options(cxxopts::Options& options) {
  const auto text = [](const char* initial = nullptr) {
    auto value = cxxopts::value<std::string>();
    return initial == nullptr ? value : value->default_value(initial);
  };
  // clang-format off
  options.add_options("Reading")
      ("schema", "exporter's column names: auto, or one of " + one_of(schema_names()).substr(14), text("auto"), "NAME")
      ("map", "columns of any other file, as role=column,...; roles: from to value time asset id block index log", text(), "MAP")
      ("time-format", "auto, unix, unix_ms, unix_us, unix_ns, iso, or a pattern such as '%Y/%m/%d %H:%M'", text("auto"), "FORMAT")
      ("value-unit", "raw (integers), wei, ether, satoshi, btc, decimals:N; else the schema's, raw with --map", text(), "UNIT")
      ("time-axis", "what time means: time, block or step", text("time"), "AXIS")
      ("blocks", "table of block numbers and times, such as ethereum-etl's blocks.csv, for exports without times", text(), "FILE")
      ("utxo", "who pays where coins of several addresses are spent: entities (one account) or all-pairs (each)", text("entities"), "MODEL")
      ("keep-zero", "keep payments of amount 0")
      ("keep-self", "keep payments to oneself")
      ("keep-failed", "keep failed transactions")
      ("dedupe", "count rows equal in id, log index, from, to, asset, amount and time once")
      ("start", "drop what is earlier than T", text(), "T")
      ("end", "drop what is at T or later", text(), "T")
      ("assets", "keep only these assets: contracts, symbols or native", text(), "A,B")
      ("min-amount", "drop what is less, in the asset's smallest unit", text(), "N")
      ("max-bad-rows", "go on with up to N rejected rows", text("0"), "N");
  // clang-format on
}

ReadOptions read_options(const Arguments& arguments) {
  ReadOptions options;
  options.schema = arguments.text("schema");
  if (const auto map = arguments.optional_text("map")) options.map = column_map(*map);
  options.time_format = arguments.text("time-format");
  options.value_unit = arguments.optional_text("value-unit").value_or("");
  options.time_axis = time_axis_argument(arguments.text("time-axis"));
  options.blocks = arguments.optional_text("blocks").value_or("");
  options.utxo = utxo_model(arguments.text("utxo"));
  options.keep_zero = arguments.has("keep-zero");
  options.keep_self = arguments.has("keep-self");
  options.keep_failed = arguments.has("keep-failed");
  options.dedupe = arguments.has("dedupe");
  if (const auto start = arguments.optional_text("start"))
    options.start = time_argument("--start", *start, options.time_axis);
  if (const auto end = arguments.optional_text("end")) options.end = time_argument("--end", *end, options.time_axis);
  if (const auto assets = arguments.optional_text("assets")) options.assets = split(*assets, ',');
  if (const auto least = arguments.optional_text("min-amount")) {
    options.min_amount = parse_digits(*least);
    if (!options.min_amount)
      throw UsageError("--min-amount is a whole number in the asset's smallest unit, not '" + *least + "'");
  }
  options.max_bad_rows = arguments.number("max-bad-rows", 0).value_or(0);
  return options;
}

std::vector<std::string> ledgers(const Arguments& arguments) {
  if (arguments.rest().empty()) throw UsageError("which ledger? Give files, directories, globs, or - for stdin");
  return arguments.rest();
}

TimeAxis time_axis_argument(const std::string& name) {
  if (name == "time") return TimeAxis::seconds;
  if (name == "block") return TimeAxis::block;
  if (name == "step") return TimeAxis::step;
  throw UsageError("--time-axis is time, block or step, not '" + name + "'");
}

std::int64_t time_argument(std::string_view option, std::string_view text, TimeAxis axis) {
  const std::optional<std::int64_t> time = parse_time(text, axis);
  if (!time)
    throw UsageError(fmt::format("{} takes {}, not '{}'", option,
                                 axis == TimeAxis::seconds ? "Unix seconds or an ISO 8601 time" : "a whole number",
                                 text));
  return *time;
}

std::uint64_t duration_argument(std::string_view option, std::string_view text, TimeAxis axis) {
  static constexpr std::array<std::pair<char, std::uint64_t>, 4> units = {
      {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}}};
  std::string_view digits = text;
  std::uint64_t unit = axis == TimeAxis::seconds ? 0 : 1;
  if (axis == TimeAxis::seconds && !digits.empty())
    for (const auto& [name, seconds] : units)
      if (digits.back() == name) unit = seconds;
  if (axis == TimeAxis::seconds && unit > 0) digits.remove_suffix(1);
  const std::optional<Amount> number = parse_digits(digits);
  if (unit == 0 || !number || *number > Amount{std::uint64_t{1} << 40})
    throw UsageError(fmt::format(
        "{} takes {}, not '{}'", option,
        axis == TimeAxis::seconds ? "a duration such as 90s, 15m, 12h or 7d" : "a plain number of blocks or steps",
        text));
  return number->limbs[0] * unit;
}

std::optional<Decimal> decimal_option(const Arguments& arguments, const std::string& name) {
  const std::optional<std::string> text = arguments.optional_text(name);
  if (!text) return std::nullopt;
  const std::optional<Decimal> value = parse_decimal(*text);
  if (!value) throw UsageError("--" + name + " is a decimal such as 0.25, not '" + *text + "'");
  return value;
}

}  // namespace ringscan
