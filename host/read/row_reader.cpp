#include "read/row_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "io/errors.hpp"

namespace ringscan {
namespace {

constexpr std::string_view native_asset = "native";

unsigned places_of(const Binding& binding, const RowRules& rules) {
  return rules.places ? *rules.places : places_of_unit(binding.schema->value_unit).value();
}

bool requires_asset(const Schema& schema) {
  return std::any_of(schema.columns.begin(), schema.columns.end(),
                     [](const ColumnRule& rule) { return rule.role == Role::asset && rule.required; });
}

}  // namespace

RowRules::RowRules(const ReadOptions& read_options) : options(read_options), time_format(read_options.time_format) {
  check_schema_options(options);
  if (!options.value_unit.empty()) {
    places = places_of_unit(options.value_unit);
    if (!places)
      throw UsageError(fmt::format("--value-unit {}: give raw, wei, ether, satoshi, btc, or decimals:N with N up to 77",
                                   options.value_unit));
  }
  for (const std::string& asset : options.assets) wanted_assets.push_back(canonical_account(trimmed(asset)));
  std::sort(wanted_assets.begin(), wanted_assets.end());
}

RowReader::RowReader(const std::vector<std::string>& header, const Binding& binding, const RowRules& rules)
    : header_(header),
      binding_(binding),
      rules_(rules),
      places_(places_of(binding, rules)),
      evm_(binding.schema->addresses == AddressKind::evm),
      asset_required_(requires_asset(*binding.schema)) {
  slot_.fill(none);
  for (std::size_t role = 0; role < role_count; ++role) {
    if (!binding.columns[role]) continue;
    const auto same = std::find(columns_.begin(), columns_.end(), *binding.columns[role]);  // two roles may share one
    slot_[role] = std::size_t(same - columns_.begin());
    if (same == columns_.end()) columns_.push_back(*binding.columns[role]);
  }
}

void RowReader::read(const Record& record, ReadRow& row) {
  fields_ = record.fields;
  row.line = record.line;
  row.drop.reset();
  row.payment = {};
  if (check_shape(record, row) && read_accounts(row) && read_value(row) && read_time(row) && read_position(row) &&
      read_asset(row) && read_status(row))
    row.drop = reason_to_drop(row.payment);
}

bool RowReader::reject(ReadRow& row, Role role, std::string_view problem) {
  row.drop = Drop::rejected;
  row.column = header_[*binding_.column(role)];
  row.reason = fmt::format("{} {}", shown(field(role)), problem);
  return false;
}

bool RowReader::check_shape(const Record& record, ReadRow& row) {
  const std::size_t width = header_.size();
  const bool too_many = record.field_count > width && !record.surplus_is_empty &&
                        !(binding_.schema->may_have_a_surplus_field && record.field_count == width + 1);
  if (record.problem.empty() && record.field_count >= width && !too_many) return true;
  row.drop = Drop::rejected;
  row.column = {};
  row.reason = !record.problem.empty()
                   ? record.problem
                   : fmt::format("the row has {} fields, and the header {}", record.field_count, width);
  return false;
}

bool RowReader::read_account(ReadRow& row, Role role, HexBuffer& buffer, std::string_view& account) {
  account = field(role);
  if (account.empty()) return true;
  if (const auto folded = fold_hex(account, address_digits, buffer)) {
    account = *folded;
    return true;
  }
  if (evm_) return reject(row, role, "is not an address: 0x and 40 hex digits");
  return !has_control_character(account) || reject(row, role, "is not an account: it has control characters");
}

bool RowReader::read_accounts(ReadRow& row) {
  return read_account(row, Role::from, from_buffer_, row.payment.from) &&
         read_account(row, Role::to, to_buffer_, row.payment.to);
}

bool RowReader::read_amount(ReadRow& row, Role role, Amount& amount) {
  const std::string_view problem = parse_amount(field(role), places_, amount);
  return problem.empty() || reject(row, role, problem);
}

bool RowReader::read_value(ReadRow& row) {
  Amount& amount = row.payment.amount;
  if (looks_like_a_rounded_double(field(Role::value))) saw_rounded_doubles_ = true;
  if (!has(Role::value_out)) return read_amount(row, Role::value, amount);
  // A payment stands in one of two columns, as it came in or went out; the other is 0 or empty.
  Amount out;
  const bool has_in = !field(Role::value).empty(), has_out = !field(Role::value_out).empty();
  if ((has_in || !has_out) && !read_amount(row, Role::value, amount)) return false;
  if (has_out && !read_amount(row, Role::value_out, out)) return false;
  if (amount == Amount{}) amount = out;
  return out == Amount{} || out == amount || reject(row, Role::value_out, "contradicts the amount that came in");
}

bool RowReader::read_time(ReadRow& row) {
  if (rules_.options.time_axis == TimeAxis::seconds) {
    const std::optional<std::int64_t> time = rules_.time_format.parse(field(Role::time));
    if (!time) return reject(row, Role::time, "is not a time");
    row.payment.time = *time;
    if (*time > likely_milliseconds && rules_.time_format.reads_seconds(field(Role::time)))
      saw_likely_milliseconds_ = true;
    return true;
  }
  const Role role = rules_.options.time_axis == TimeAxis::block ? Role::block : Role::time;
  const std::optional<std::uint64_t> number = parse_count(field(role));
  if (!number || *number > std::uint64_t(std::numeric_limits<std::int64_t>::max()))
    return reject(row, role, role == Role::block ? "is not a block number" : "is not a step number");
  row.payment.time = std::int64_t(*number);
  return true;
}

bool RowReader::read_position(ReadRow& row) {
  const auto read = [&](Role role, std::uint64_t& number) {
    if (field(role).empty()) return true;
    const std::optional<std::uint64_t> count = parse_count(field(role));
    if (!count) return reject(row, role, "is not a number of the order of transactions: digits only");
    number = *count;
    return true;
  };
  Payment& payment = row.payment;
  payment.id = field(Role::id);
  if (const auto folded = fold_hex(payment.id, id_digits, id_buffer_)) payment.id = *folded;
  return read(Role::block, payment.block) && read(Role::index, payment.transaction_index) &&
         read(Role::log, payment.log_index);
}

bool RowReader::read_asset(ReadRow& row) {
  std::string_view& asset = row.payment.asset;
  asset = field(Role::asset);
  if (const auto folded = fold_hex(asset, address_digits, asset_buffer_))
    asset = *folded;
  else if (evm_ && !asset.empty())
    return reject(row, Role::asset, "is not the address of a token: 0x and 40 hex digits");
  if (asset.empty() && asset_required_)
    return reject(row, Role::asset, "is empty: the address of the token is missing");
  if (asset.empty()) asset = field(Role::symbol);
  if (asset.empty()) asset = native_asset;
  return true;
}

bool RowReader::read_status(ReadRow& row) {
  failed_ = !field(Role::status).empty() || !field(Role::error_code).empty();
  const std::string_view receipt = field(Role::receipt_status);
  if (receipt.empty() || receipt == "1" || receipt == "1.0") return true;
  failed_ = true;
  return receipt == "0" || receipt == "0.0" || reject(row, Role::receipt_status, "is neither 0 (failed) nor 1");
}

std::optional<Drop> RowReader::reason_to_drop(const Payment& payment) const {
  const ReadOptions& options = rules_.options;
  if (payment.from.empty()) return Drop::no_sender;
  if (payment.to.empty()) return Drop::no_receiver;
  if (failed_ && !options.keep_failed) return Drop::failed;
  if (payment.amount == Amount{} && !options.keep_zero) return Drop::zero_amount;
  if (payment.from == payment.to && !options.keep_self) return Drop::self_transfer;
  if (is_outside_filter(payment)) return Drop::outside_filter;
  return std::nullopt;
}

bool RowReader::is_outside_filter(const Payment& payment) const {
  const ReadOptions& options = rules_.options;
  return (options.start && payment.time < *options.start) || (options.end && payment.time >= *options.end) ||
         (options.min_amount && payment.amount < *options.min_amount) ||
         (!rules_.wanted_assets.empty() &&
          !std::binary_search(rules_.wanted_assets.begin(), rules_.wanted_assets.end(), payment.asset, std::less<>{}));
}

}  // namespace ringscan
