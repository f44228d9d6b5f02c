#include "read/row_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace ringscan {
namespace {

constexpr std::string_view native_asset = "native", zero_address = "0x0000000000000000000000000000000000000000";
// What ethereum-etl's streams call their items.
constexpr std::array<std::string_view, 8> item_types = {"block",          "transaction", "receipt",  "log",
                                                        "token_transfer", "trace",       "contract", "token"};

unsigned places_of(const Binding& binding, const RowRules& rules) {
  return rules.places ? *rules.places : places_of_unit(binding.value_unit).value();
}

TimeFormat time_format_of(const Schema& schema, const ReadOptions& options) {
  return TimeFormat(options.time_format == "auto" ? std::string(schema.time_format) : options.time_format);
}

// FNV-1a. Tells the traces of a transaction apart where the export does not number them. "[0, 1]", "[0,1]" and "[0 1]"
// are one place, as the formats of one exporter spell it.
std::uint64_t number_of_trace(std::string_view place) {
  std::uint64_t number = 0xcbf29ce484222325u;
  for (std::size_t i = 0; i < place.size(); ++i) {
    if (place[i] == ' ' && i > 0 && place[i - 1] == ',') continue;
    number = (number ^ static_cast<unsigned char>(place[i] == ' ' ? ',' : place[i])) * 0x100000001b3u;
  }
  return number;
}

bool requires_asset(const Schema& schema) {
  return std::any_of(schema.columns.begin(), schema.columns.end(),
                     [](const ColumnRule& rule) { return rule.role == Role::asset && rule.required; });
}

}  // namespace

RowReader::RowReader(const std::vector<std::string>& header, const Binding& binding, const RowRules& rules)
    : header_(header),
      binding_(binding),
      schema_(*binding.schema),
      rules_(rules),
      time_format_(time_format_of(schema_, rules.options)),
      places_(places_of(binding, rules)),
      evm_(schema_.addresses == AddressKind::evm),
      asset_required_(requires_asset(schema_)) {
  slot_.fill(none);
  for (std::size_t role = 0; role < role_count; ++role) {
    if (!binding.columns[role]) continue;
    const auto same = std::find(columns_.begin(), columns_.end(), *binding.columns[role]);  // two roles may share one
    slot_[role] = std::size_t(same - columns_.begin());
    if (same == columns_.end()) columns_.push_back(*binding.columns[role]);
  }
  if (schema_.content == Content::coins)
    coins_ = std::make_unique<CoinTransaction>(rules.options.utxo, schema_.coin_address, places_,
                                               binding.value_unit == "btc");
}

void RowReader::start(const Record& record) {
  record_ = &record;
  fields_ = record.fields;
}

void RowReader::read(const Record& record, ReadRow& row) {
  if (coins_) throw std::logic_error("transactions of coins are more than one row each");
  start(record);
  next(row);
}

bool RowReader::next(ReadRow& row) {
  const bool is_first = record_ != nullptr;
  row.drop.reset();
  row.is_of_another_table = row.ends_reading = false;
  row.spent_together = {};
  if (is_first) row.line = record_->line;
  if (is_first && !read_record(row)) {
    record_ = nullptr;
    return true;
  }
  record_ = nullptr;
  if (coins_) {
    CoinPayment payment;
    if (!coins_->next(payment)) return false;
    if (is_first) row.spent_together = coins_->spent_together();
    row.payment = of_all_;
    row.payment.from = payment.from;
    row.payment.to = payment.to;
    row.payment.amount = payment.amount;
    row.payment.log_index = payment.number;
  } else if (!is_first) {
    return false;
  }
  row.drop = reason_to_drop(row.payment);
  return true;
}

// All that can be wrong with a record; false where it has no payment.
bool RowReader::read_record(ReadRow& row) {
  row.payment = {};
  failed_ = false;
  if (!check_shape(row)) return false;
  if (is_of_another_table()) {
    row.drop = Drop::outside_filter;
    row.is_of_another_table = true;
    return false;
  }
  if (coins_) return read_time(row) && read_position(row) && read_coins(row);
  return read_accounts(row) && read_value(row) && read_time(row) && read_position(row) && read_asset(row) &&
         read_status(row);
}

bool RowReader::is_of_another_table() const {
  const std::string_view item = field(Role::item_type);
  return !schema_.item.empty() && item != schema_.item &&
         std::find(item_types.begin(), item_types.end(), item) != item_types.end();
}

bool RowReader::read_coins(ReadRow& row) {
  using Where = CoinTransaction::Problem::Where;
  const std::string_view coinbase = field(Role::is_coinbase);
  const std::optional<bool> is_coinbase = coinbase.empty() ? false : parse_flag(coinbase);
  if (!is_coinbase) return reject(row, Role::is_coinbase, "is neither true nor false");
  const CoinTransaction::Problem problem = coins_->read(field(Role::inputs), field(Role::outputs), *is_coinbase);
  if (problem.where != Where::nowhere) {
    row.ends_reading = problem.ends_reading;
    return reject_saying(row, problem.where == Where::inputs ? Role::inputs : Role::outputs, problem.what);
  }
  row.payment.asset = native_asset;
  of_all_ = row.payment;
  return true;
}

bool RowReader::reject(ReadRow& row, Role role, std::string_view problem) {
  return reject_saying(row, role, fmt::format("{} {}", shown(field(role)), problem));
}

bool RowReader::reject_saying(ReadRow& row, Role role, std::string reason) {
  row.drop = Drop::rejected;
  row.column = header_[*binding_.column(role)];
  row.reason = std::move(reason);
  return false;
}

bool RowReader::check_shape(ReadRow& row) {
  const Record& record = *record_;
  const std::size_t width = header_.size();
  const bool too_many = record.field_count > width && !record.surplus_is_empty &&
                        !(schema_.may_have_a_surplus_field && record.field_count == width + 1);
  if (record.problem.empty() && record.field_count >= width && !too_many) return true;
  row.drop = Drop::rejected;
  row.column = {};
  row.reason = !record.problem.empty()
                   ? record.problem
                   : fmt::format("the row has {} fields, and the header {}", record.field_count, width);
  return false;
}

bool RowReader::read_account(ReadRow& row, Role role, Role bank, AccountBuffer& buffer, std::string_view& account) {
  account = field(role);
  if (account.empty()) return true;
  if (has(bank)) {
    buffer.name.assign(field(bank)).append(account);
    account = buffer.name;
  }
  if (const auto folded = fold_hex(account, address_digits, buffer.hex)) {
    account = *folded;
    return true;
  }
  if (evm_) return reject(row, role, "is not an address: 0x and 40 hex digits");
  return !has_control_character(account) || reject(row, role, "is not an account: it has control characters");
}

bool RowReader::read_accounts(ReadRow& row) {
  return read_account(row, Role::from, Role::from_bank, from_buffer_, row.payment.from) &&
         read_account(row, receiver_role(), Role::to_bank, to_buffer_, row.payment.to);
}

// Traces name who receives in one of several columns, by what happened.
Role RowReader::receiver_role() const {
  if (!field(Role::refund_address).empty()) return Role::refund_address;
  return field(Role::to).empty() && has(Role::created) ? Role::created : Role::to;
}

bool RowReader::read_amount(ReadRow& row, Role role, Amount& amount) {
  const bool is_rounded = binding_.value_precision == Precision::rounded;
  const std::string_view problem =
      is_rounded ? parse_rounded_amount(field(role), places_, amount) : parse_amount(field(role), places_, amount);
  return problem.empty() || reject(row, role, problem);
}

bool RowReader::read_value(ReadRow& row) {
  Amount& amount = row.payment.amount;
  if (binding_.value_precision == Precision::rounded || looks_like_a_rounded_double(field(Role::value)))
    saw_rounded_doubles_ = true;
  if (schema_.counts_tokens && field(Role::value).empty()) {
    amount = Amount{1};
    return true;
  }
  if (!has(Role::value_out)) return read_amount(row, Role::value, amount) && (!moves_nothing() || (amount = {}, true));
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
    if (!has(Role::time)) return read_block_time(row);
    const std::optional<std::int64_t> time = time_format_.parse(field(Role::time));
    if (!time) return reject(row, Role::time, "is not a time");
    row.payment.time = *time;
    if (*time > likely_milliseconds && time_format_.reads_seconds(field(Role::time))) saw_likely_milliseconds_ = true;
    return true;
  }
  const Role role = rules_.options.time_axis == TimeAxis::block ? Role::block : Role::time;
  const std::optional<std::uint64_t> number = parse_count(field(role));
  if (!number || *number > std::uint64_t(std::numeric_limits<std::int64_t>::max()))
    return reject(row, role, role == Role::block ? "is not a block number" : "is not a step number");
  row.payment.time = std::int64_t(*number);
  return true;
}

bool RowReader::read_block_time(ReadRow& row) {
  const std::optional<std::uint64_t> block = parse_count(field(Role::block));
  if (!block) return reject(row, Role::block, "is not a block number");
  const std::optional<std::int64_t> time = rules_.block_times->time_of(*block);
  if (!time) return reject(row, Role::block, "is a block that the table of --blocks does not have");
  row.payment.time = *time;
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
  if (!has(Role::log) && has(Role::trace)) payment.log_index = number_of_trace(field(Role::trace));
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
  if (schema_.zero_address_is_native && asset == zero_address) asset = native_asset;
  if (asset.empty()) asset = field(Role::symbol);
  if (asset.empty()) asset = native_asset;
  return true;
}

bool RowReader::read_status(ReadRow& row) {
  const std::string_view error = field(Role::error_code);
  failed_ = !field(Role::status).empty() || (!error.empty() && error != "0");
  return read_outcome(row, Role::receipt_status) && read_outcome(row, Role::whole_status);
}

bool RowReader::read_outcome(ReadRow& row, Role role) {
  const std::string_view outcome = field(role);
  if (outcome.empty()) return true;
  const std::optional<bool> went_well = parse_flag(outcome);
  if (went_well == false) failed_ = true;
  return went_well || reject(row, role, "is neither 0 (failed) nor 1");
}

// These calls run another contract's code on the caller's own account: the value that they repeat stays where it is.
bool RowReader::moves_nothing() const {
  const std::string_view call = field(Role::call_type);
  return call == "delegatecall" || call == "callcode" || call == "staticcall";
}

// Of a transaction, whose place is "" or "[]", or, as the end of a trace id, the nothing behind its last '_'.
bool RowReader::is_top_level_trace() const {
  const std::string_view place = field(Role::trace);
  return has(Role::trace) && !field(Role::id).empty() && (place.empty() || place == "[]" || place.ends_with('_'));
}

std::optional<Drop> RowReader::reason_to_drop(const Payment& payment) const {
  const ReadOptions& options = rules_.options;
  if (payment.from.empty()) return Drop::no_sender;
  if (payment.to.empty()) return Drop::no_receiver;
  if (failed_ && !options.keep_failed) return Drop::failed;
  if (payment.amount == Amount{} && !options.keep_zero) return Drop::zero_amount;
  if (payment.from == payment.to && !options.keep_self) return Drop::self_transfer;
  if (binding_.top_level_traces_are_duplicates && is_top_level_trace()) return Drop::duplicate;
  if (rules_.is_outside_filter(payment)) return Drop::outside_filter;
  return std::nullopt;
}

}  // namespace ringscan
