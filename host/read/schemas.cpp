#include "read/schemas.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/errors.hpp"
#include "read/header.hpp"

namespace ringscan {
namespace {

// As --help and messages list them.
constexpr std::array<std::string_view, 13> exporters = {
    "ethereum-etl", "etherscan", "generic", "bigquery", "bitcoin-etl", "cryo", "aws",
    "dune",         "allium",    "spice",   "amlsim",   "amlworld",    "nft"};

bool has_any(const Header& header, const std::vector<std::string_view>& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return header.has(name); });
}

bool has_any(const Header& header, const std::vector<ColumnName>& names) {
  return std::any_of(names.begin(), names.end(), [&](const ColumnName& name) { return header.has(name.text); });
}

bool is_mapped(Role role, const ReadOptions& options) {
  return to_index(role) < mapped_role_count && options.map.contains(std::string(role_names[to_index(role)]));
}

// On a block axis times are not read, so that they may be missing, doubled or malformed; with a table of block times
// they may be missing.
bool is_read(const ColumnRule& rule, const ReadOptions& options) {
  return rule.role != Role::time || options.time_axis != TimeAxis::block;
}
bool is_needed(const ColumnRule& rule, const ReadOptions& options) {
  return rule.required && is_read(rule, options) && !is_mapped(rule.role, options) &&
         (rule.role != Role::time || options.blocks.empty());
}

// The required columns that neither the header nor the user's mapping has, by their usual names.
std::vector<std::string_view> missing_columns(const Schema& schema, const Header& header, const ReadOptions& options) {
  std::vector<std::string_view> missing;
  for (const ColumnRule& rule : schema.columns)
    if (is_needed(rule, options) && !has_any(header, rule.names)) missing.push_back(rule.names.front().text);
  return missing;
}

// The first table that matches; with `by_signs` only those that have no signs, or show one.
const Schema* find_schema(const Header& header, const ReadOptions& options, std::string_view wanted, bool by_signs,
                          std::vector<std::string_view>& fewest_missing) {
  for (const Schema& schema : schema_table()) {
    if (wanted == "auto" ? schema.columns.empty() : schema.name != wanted) continue;
    if (has_any(header, schema.foreign)) continue;
    if ((by_signs || schema.counts_tokens) && !schema.signs.empty() && !has_any(header, schema.signs)) continue;
    std::vector<std::string_view> missing = missing_columns(schema, header, options);
    if (missing.empty()) return &schema;
    if (fewest_missing.empty() || missing.size() < fewest_missing.size()) fewest_missing = std::move(missing);
  }
  return nullptr;
}

const Schema& choose_schema(const std::string& file, const Header& header, const ReadOptions& options) {
  const std::string wanted = options.schema == "auto" && !options.map.empty() ? "generic" : options.schema;
  std::vector<std::string_view> fewest_missing;
  const Schema* found = find_schema(header, options, wanted, true, fewest_missing);
  if (found == nullptr && wanted != "auto") found = find_schema(header, options, wanted, false, fewest_missing);
  if (found != nullptr) return *found;
  if (wanted != "auto" && !fewest_missing.empty())
    throw BadInput(fmt::format("{} is not an {} export: it lacks the column {}; its header is {}", file, wanted,
                               joined(fewest_missing), header.text()));
  throw BadInput(
      fmt::format("{}: no schema matches its header; say --map from=…,to=…,value=…,time=… with names from it: {}", file,
                  header.text()));
}

// What the time axis needs is there, or the way out is named.
void check_time_column(const std::string& file, const Binding& binding, const ReadOptions& options) {
  const TimeAxis axis = options.time_axis;
  if (axis == TimeAxis::block) {
    if (binding.column(Role::block)) return;
    throw BadInput(fmt::format("{} has no column of block numbers, which --time-axis block needs", file));
  }
  if (binding.column(Role::time)) {
    if (axis == TimeAxis::step || !binding.schema->times_are_steps) return;
    throw BadInput(fmt::format("{} numbers its times by the steps of a simulation: give --time-axis step", file));
  }
  if (axis == TimeAxis::step)
    throw BadInput(fmt::format("{} has no column of times, which --time-axis step needs", file));
  if (!binding.column(Role::block))
    throw BadInput(
        fmt::format("{} has no column of times, and none of block numbers that --blocks FILE or --time-axis "
                    "block could use",
                    file));
  if (options.blocks.empty())
    throw BadInput(
        fmt::format("{} has no column of times: give --blocks FILE with the number and time of each block, or "
                    "--time-axis block to work in block numbers",
                    file));
}

}  // namespace

std::vector<std::string> schema_names() { return {exporters.begin(), exporters.end()}; }

bool is_column_name(std::string_view name) {
  const auto is_one_of = [name](const ColumnRule& rule) {
    return std::ranges::any_of(rule.names, [name](const ColumnName& known) {
      const std::string_view text = known.text.substr(0, known.text.find('#'));
      return text.ends_with('*') ? name.starts_with(text.substr(0, text.size() - 1)) : name == text;
    });
  };
  return std::ranges::any_of(schema_table(),
                             [&](const Schema& schema) { return std::ranges::any_of(schema.columns, is_one_of); });
}

void check_schema_options(const ReadOptions& options) {
  if (options.schema != "auto" && std::find(exporters.begin(), exporters.end(), options.schema) == exporters.end())
    throw UsageError(fmt::format("--schema {}: there are auto, {}", options.schema, joined(exporters)));
  const std::span mapped_roles = std::span(role_names).first(mapped_role_count);
  for (const auto& [role, column] : options.map)
    if (std::find(mapped_roles.begin(), mapped_roles.end(), role) == mapped_roles.end())
      throw UsageError(fmt::format("--map {}={}: the roles are {}", role, column, joined(mapped_roles)));
  if (options.schema == "generic" && options.map.empty())
    throw UsageError("--schema generic needs --map from=…,to=…,value=…,time=…");
  if (!options.blocks.empty() && options.time_axis != TimeAxis::seconds)
    throw UsageError("--blocks gives blocks their times, and --time-axis says that times are not asked for: drop one");
  if (options.map.empty() || (options.schema != "auto" && options.schema != "generic")) return;
  const bool by_block =
      options.time_axis == TimeAxis::block || (!options.blocks.empty() && !options.map.contains("time"));
  const std::string time = by_block ? "block" : "time";
  for (const std::string& role : {std::string("from"), std::string("to"), std::string("value"), time})
    if (!options.map.contains(role))
      throw UsageError(fmt::format("--map must also say which column is {0}: {0}=…", role));
}

bool Binding::is_plain() const {
  for (std::size_t role = mapped_role_count; role < role_count; ++role)
    if (columns[role] && Role(role) != Role::receipt_status && Role(role) != Role::item_type) return false;
  return (schema->content == Content::payment || schema->content == Content::transaction) && column(Role::value) &&
         schema->time_format == "auto" && value_precision == Precision::exact && value_unit == schema->value_unit &&
         !schema->counts_tokens && !schema->zero_address_is_native;
}

Binding bind_schema(const std::string& file, std::span<const std::string> header_columns, const ReadOptions& options) {
  const Header header(file, header_columns);
  Binding binding;
  binding.schema = &choose_schema(file, header, options);
  if (!binding.schema->refusal.empty()) throw BadInput(fmt::format("{} {}", file, binding.schema->refusal));
  binding.value_unit = binding.schema->value_unit;
  for (std::size_t role = 0; role < mapped_role_count; ++role)
    if (const auto mapped = options.map.find(std::string(role_names[role])); mapped != options.map.end())
      binding.columns[role] = header.find_mapped(mapped->second);
  for (const ColumnRule& rule : binding.schema->columns) {
    std::optional<std::size_t>& column = binding.columns[to_index(rule.role)];
    for (std::size_t name = 0; name < rule.names.size() && !column && is_read(rule, options); ++name) {
      column = header.find(rule.names[name].text);
      if (!column || rule.role != Role::value) continue;
      if (!rule.names[name].unit.empty()) binding.value_unit = rule.names[name].unit;
      binding.value_precision = rule.names[name].precision;
    }
  }
  check_time_column(file, binding, options);
  return binding;
}

void relate(std::span<Binding> bindings) {
  const auto is = [](Content content) {
    return [content](const Binding& binding) { return binding.schema->content == content; };
  };
  if (std::ranges::none_of(bindings, is(Content::transaction))) return;
  const auto unclear = std::ranges::find_if(bindings, is(Content::transfer_or_transaction));
  if (unclear != bindings.end())
    throw BadInput(fmt::format("the {} of {} hold the payments of transactions too: give one of the two",
                               unclear->schema->table, unclear->schema->name));
  for (Binding& binding : bindings) binding.top_level_traces_are_duplicates = binding.schema->content == Content::trace;
}

InputReport describe(const Binding& binding, std::span<const std::string> header, const ReadOptions& options) {
  InputReport report;
  report.schema = binding.schema->name;
  report.table = binding.schema->table;
  report.value_unit = options.value_unit.empty() ? std::string(binding.value_unit) : options.value_unit;
  report.time_format = options.time_axis == TimeAxis::block  ? "block"
                       : options.time_axis == TimeAxis::step ? "step"
                       : !binding.column(Role::time)         ? "of blocks, from " + options.blocks
                       : options.time_format != "auto"       ? options.time_format
                                                             : std::string(binding.schema->time_format);
  report.note = binding.schema->note;
  for (std::size_t role = 0; role < role_count; ++role)
    if (binding.columns[role]) report.mapping.emplace_back(role_names[role], header[*binding.columns[role]]);
  return report;
}

}  // namespace ringscan
