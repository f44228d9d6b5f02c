#include "read/schemas.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/errors.hpp"
#include "read/fields.hpp"

namespace ringscan {
namespace {

constexpr bool required = true, optional = false;
constexpr bool surplus = true, exact = false;

// The first that matches is taken, so a table whose columns include another's stands above it. Sources: INPUTS.md 1.1
// and 1.4.
const std::vector<Schema>& schemas() {
  static const std::vector<Schema> table = {
      {"ethereum-etl",
       "token_transfers",
       AddressKind::evm,
       "raw",
       exact,
       {},
       {{Role::asset, required, {"token_address", "erc20_token"}},
        {Role::from, required, {"from_address", "erc20_from"}},
        {Role::to, required, {"to_address", "erc20_to"}},
        {Role::value, required, {"value", "erc20_value"}},
        {Role::id, optional, {"transaction_hash", "erc20_tx_hash", "hash"}},
        {Role::log, optional, {"log_index", "erc20_log_index"}},
        {Role::index, optional, {"transaction_index"}},
        {Role::block, optional, {"block_number", "erc20_block_number"}},
        {Role::time, optional, {"block_timestamp"}}}},
      {"ethereum-etl",
       "transactions",
       AddressKind::evm,
       "wei",
       exact,
       {"trace_type", "trace_id", "trace_address"},
       {{Role::from, required, {"from_address"}},
        {Role::to, required, {"to_address"}},
        {Role::value, required, {"value"}},
        {Role::id, optional, {"hash", "transaction_hash"}},
        {Role::index, optional, {"transaction_index"}},
        {Role::block, optional, {"block_number"}},
        {Role::time, optional, {"block_timestamp"}},
        {Role::receipt_status, optional, {"receipt_status"}}}},
      // In native exports ContractAddress is the contract that was created, not an asset.
      {"etherscan",
       "native",
       AddressKind::evm,
       "ether",
       surplus,
       {},
       {{Role::value, required, {"value_in(*"}},
        {Role::value_out, required, {"value_out(*"}},
        {Role::from, required, {"from"}},
        {Role::to, required, {"to"}},
        {Role::time, required, {"unixtimestamp", "datetime (utc)", "datetime"}},
        {Role::id, optional, {"transaction hash", "txhash"}},
        {Role::block, optional, {"blockno"}},
        {Role::status, optional, {"status"}},
        {Role::error_code, optional, {"errcode"}}}},
      {"etherscan",
       "token",
       AddressKind::evm,
       "decimals:18",
       surplus,
       {},
       {{Role::from, required, {"from"}},
        {Role::to, required, {"to"}},
        {Role::value, required, {"tokenvalue", "value", "quantity"}},
        {Role::time, required, {"unixtimestamp", "datetime (utc)", "datetime"}},
        {Role::asset, optional, {"contractaddress"}},
        {Role::symbol, optional, {"tokensymbol"}},
        {Role::id, optional, {"transaction hash", "txhash"}},
        {Role::block, optional, {"blockno"}},
        {Role::status, optional, {"status"}},
        {Role::error_code, optional, {"errcode"}}}},
      {"generic", "", AddressKind::any, "raw", exact, {}, {}},  // all by --map
  };
  return table;
}

bool name_matches(std::string_view column, std::string_view name) {
  if (!name.ends_with('*')) return column == name;
  return column.starts_with(name.substr(0, name.size() - 1));
}

// "a, b, c"
template <class Texts>
std::string joined(const Texts& texts) {
  std::string result;
  for (const auto& text : texts) {
    if (!result.empty()) result += ", ";
    result += text;
  }
  return result;
}

// A header, in the words of messages and of comparisons.
class Header {
 public:
  Header(const std::string& file, std::span<const std::string> spelled) : file_(file), spelled_(spelled) {
    for (const std::string& column : spelled) names_.push_back(lower_case(trimmed(column)));
  }

  bool has(std::string_view name) const { return count(name) > 0; }

  // The place of the only column of this name (in lower case); nullopt if there is none.
  std::optional<std::size_t> find(std::string_view name) const {
    if (count(name) > 1) duplicate(name);
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (name_matches(names_[i], name)) return i;
    return std::nullopt;
  }

  // As the user spelled it in --map: the exact spelling first, for headers with names that differ in case only.
  std::size_t find_mapped(const std::string& name) const {
    const auto exact_count = std::count(spelled_.begin(), spelled_.end(), name);
    if (exact_count == 1) return std::size_t(std::find(spelled_.begin(), spelled_.end(), name) - spelled_.begin());
    const std::string lower = lower_case(trimmed(name));
    const auto equal = std::count(names_.begin(), names_.end(), lower);
    if (equal > 1) duplicate(name);
    if (equal == 0)
      throw BadInput(fmt::format("{}: --map names a column {}, and its header is {}", file_, shown(name), text()));
    return std::size_t(std::find(names_.begin(), names_.end(), lower) - names_.begin());
  }

  std::string text() const {
    constexpr std::size_t most = 40;
    std::vector<std::string> columns;
    for (const std::string& column : spelled_.first(std::min(most, spelled_.size()))) columns.push_back(shown(column));
    if (spelled_.size() > most) columns.push_back("…");
    return joined(columns);
  }

 private:
  std::ptrdiff_t count(std::string_view name) const {
    return std::count_if(names_.begin(), names_.end(), [&](const auto& column) { return name_matches(column, name); });
  }
  [[noreturn]] void duplicate(std::string_view name) const {
    throw BadInput(
        fmt::format("{}: the header has the column {} more than once, so it is not clear which one is meant: {}", file_,
                    shown(name), text()));
  }

  const std::string& file_;
  std::span<const std::string> spelled_;
  std::vector<std::string> names_;
};

bool has_any(const Header& header, const std::vector<std::string_view>& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return header.has(name); });
}

bool is_mapped(Role role, const ReadOptions& options) {
  return to_index(role) < mapped_role_count && options.map.contains(std::string(role_names[to_index(role)]));
}

// On a block axis times are not read, so that they may be missing, doubled or malformed.
bool is_read(const ColumnRule& rule, const ReadOptions& options) {
  return rule.role != Role::time || options.time_axis != TimeAxis::block;
}

// The required columns that neither the header nor the user's mapping has, by their usual names.
std::vector<std::string_view> missing_columns(const Schema& schema, const Header& header, const ReadOptions& options) {
  std::vector<std::string_view> missing;
  for (const ColumnRule& rule : schema.columns)
    if (rule.required && is_read(rule, options) && !is_mapped(rule.role, options) && !has_any(header, rule.names))
      missing.push_back(rule.names.front());
  return missing;
}

const Schema& choose_schema(const std::string& file, const Header& header, const ReadOptions& options) {
  const std::string wanted = options.schema == "auto" && !options.map.empty() ? "generic" : options.schema;
  std::vector<std::string_view> fewest_missing;
  for (const Schema& schema : schemas()) {
    if (wanted == "auto" ? schema.columns.empty() : schema.name != wanted) continue;
    if (has_any(header, schema.foreign)) continue;
    std::vector<std::string_view> missing = missing_columns(schema, header, options);
    if (missing.empty()) return schema;
    if (fewest_missing.empty() || missing.size() < fewest_missing.size()) fewest_missing = std::move(missing);
  }
  if (wanted != "auto" && !fewest_missing.empty())
    throw BadInput(fmt::format("{} is not an {} export: it lacks the column {}; its header is {}", file, wanted,
                               joined(fewest_missing), header.text()));
  throw BadInput(
      fmt::format("{}: no schema matches its header; say --map from=…,to=…,value=…,time=… with names from it: {}", file,
                  header.text()));
}

// What the time axis needs is there, or the way out is named.
void check_time_column(const std::string& file, const Binding& binding, TimeAxis axis) {
  const Role needed = axis == TimeAxis::block ? Role::block : Role::time;
  if (binding.column(needed)) return;
  if (axis == TimeAxis::block)
    throw BadInput(fmt::format("{} has no column of block numbers, which --time-axis block needs", file));
  if (axis == TimeAxis::step)
    throw BadInput(fmt::format("{} has no column of times, which --time-axis step needs", file));
  throw BadInput(fmt::format(
      "{} has no column of times: give --time-axis block to work in block numbers, as joining a table of block times "
      "(--blocks) is not built yet",
      file));
}

}  // namespace

std::vector<std::string> schema_names() {
  std::vector<std::string> names;
  for (const Schema& schema : schemas())
    if (std::find(names.begin(), names.end(), schema.name) == names.end()) names.emplace_back(schema.name);
  return names;
}

void check_schema_options(const ReadOptions& options) {
  const std::vector<std::string> names = schema_names();
  if (options.schema != "auto" && std::find(names.begin(), names.end(), options.schema) == names.end())
    throw UsageError(fmt::format("--schema {}: there are auto, {}", options.schema, joined(names)));
  const std::span mapped_roles = std::span(role_names).first(mapped_role_count);
  for (const auto& [role, column] : options.map)
    if (std::find(mapped_roles.begin(), mapped_roles.end(), role) == mapped_roles.end())
      throw UsageError(fmt::format("--map {}={}: the roles are {}", role, column, joined(mapped_roles)));
  if (options.schema == "generic" && options.map.empty())
    throw UsageError("--schema generic needs --map from=…,to=…,value=…,time=…");
  if (options.map.empty() || (options.schema != "auto" && options.schema != "generic")) return;
  const std::string time = options.time_axis == TimeAxis::block ? "block" : "time";
  for (const std::string& role : {std::string("from"), std::string("to"), std::string("value"), time})
    if (!options.map.contains(role))
      throw UsageError(fmt::format("--map must also say which column is {0}: {0}=…", role));
}

Binding bind_schema(const std::string& file, std::span<const std::string> header_columns, const ReadOptions& options) {
  const Header header(file, header_columns);
  Binding binding;
  binding.schema = &choose_schema(file, header, options);
  for (std::size_t role = 0; role < mapped_role_count; ++role)
    if (const auto mapped = options.map.find(std::string(role_names[role])); mapped != options.map.end())
      binding.columns[role] = header.find_mapped(mapped->second);
  for (const ColumnRule& rule : binding.schema->columns) {
    std::optional<std::size_t>& column = binding.columns[to_index(rule.role)];
    for (std::size_t name = 0; name < rule.names.size() && !column && is_read(rule, options); ++name)
      column = header.find(rule.names[name]);
  }
  check_time_column(file, binding, options.time_axis);
  return binding;
}

}  // namespace ringscan
