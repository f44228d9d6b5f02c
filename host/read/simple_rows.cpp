#include "read/simple_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "read/fields.hpp"
#include "read/hex.hpp"

namespace ringscan {
namespace {

constexpr std::size_t address_size = 2 + address_digits, most_digits = 18;
constexpr std::uint64_t most_time = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view native_asset = "native";

// Eight decimal digits at once; false if one is none.
bool eight_digits(const char* digits, std::uint64_t& value) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t word;
  std::memcpy(&word, digits, sizeof word);
  word ^= 0x3030303030303030u;
  const bool valid = (((word + 0x7676767676767676u) | word) & 0x8080808080808080u) == 0;
  word = word * 10 + (word >> 8);
  value = (((word & 0x000000ff000000ffu) * (100 + (std::uint64_t{1000000} << 32))) +
           (((word >> 16) & 0x000000ff000000ffu) * (1 + (std::uint64_t{10000} << 32)))) >>
          32;
  return valid;
}

// One to 18 decimal digits.
bool read_digits(std::string_view text, std::uint64_t& value) {
  if (text.empty() || text.size() > most_digits) return false;
  const char* at = text.data();
  std::size_t left = text.size();
  value = 0;
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t eight;
    if (!eight_digits(at, eight)) return false;
    value = value * 100'000'000 + eight;
  }
  for (; left > 0; --left, ++at) {
    const unsigned digit = unsigned(std::uint8_t(*at)) - '0';
    if (digit > 9) return false;
    value = value * 10 + digit;
  }
  return true;
}

// As PackedTexts has it: a tag, and the bytes of an address.
bool read_address(std::string_view text, TextKey& key) {
  if (text.size() != address_size || text[0] != '0' || text[1] != 'x') return false;
  std::array<std::uint8_t, sizeof(TextKey)> bytes{};
  bytes[0] = 1 + address_digits / 2;
  bytes[1] = hex_tag;
  if (!decode_address(text.data() + 2, bytes.data() + 2)) return false;
  std::memcpy(&key, bytes.data(), sizeof key);
  return true;
}

// As PackedTexts has a number's digits.
TextKey key_of_number(std::uint64_t number) {
  const fmt::format_int digits(number);
  std::array<char, sizeof(TextKey)> bytes{};
  bytes[0] = char(1 + digits.size());
  bytes[1] = 't';
  std::memcpy(bytes.data() + 2, digits.data(), digits.size());
  TextKey key;
  std::memcpy(&key, bytes.data(), sizeof key);
  return key;
}

}  // namespace

std::optional<SimpleRows> SimpleRows::of(const Binding& binding, const RowRules& rules,
                                         std::span<const std::size_t> columns, std::size_t width) {
  const ReadOptions& options = rules.options;
  const unsigned places = rules.places ? *rules.places : places_of_unit(binding.value_unit).value_or(1);
  const bool has_other_filters = options.min_amount || !rules.wanted_assets.empty();
  const bool reads_times = options.time_axis == TimeAxis::seconds && rules.time_format.reads_seconds("1");
  if (!binding.is_plain() || rules.block_times || binding.schema->time_format != "auto") return std::nullopt;
  if (places != 0 || has_other_filters) return std::nullopt;
  if (!reads_times && options.time_axis != TimeAxis::block) return std::nullopt;

  SimpleRows rows;
  rows.width_ = width;
  rows.has_any_names_ = binding.schema->addresses == AddressKind::any;
  rows.reads_dates_ =
      options.time_axis == TimeAxis::seconds && rules.time_format.parse("1970-01-01T00:00:00Z").has_value();
  rows.keeps_zero_ = options.keep_zero, rows.keeps_self_ = options.keep_self;
  rows.time_is_block_ = options.time_axis == TimeAxis::block;
  rows.start_ = options.start.value_or(std::numeric_limits<std::int64_t>::min());
  rows.end_ = options.end.value_or(std::numeric_limits<std::int64_t>::max());
  if (options.dedupe && (options.start || options.end)) return std::nullopt;  // such rows are looked at all the same
  for (std::size_t role = 0; role < role_count; ++role) {
    if (!binding.columns[role]) continue;
    const std::size_t slot = std::size_t(std::ranges::find(columns, *binding.columns[role]) - columns.begin());
    switch (Role(role)) {
      case Role::from:
        rows.from_ = slot;
        break;
      case Role::to:
        rows.to_ = slot;
        break;
      case Role::value:
        rows.value_ = slot;
        break;
      case Role::time:
        rows.time_ = slot;
        break;
      case Role::asset:
        rows.asset_ = slot;
        break;
      case Role::id:
        rows.id_ = slot;
        break;
      case Role::block:
        rows.block_ = slot;
        break;
      case Role::index:
        rows.index_ = slot;
        break;
      case Role::log:
        rows.log_ = slot;
        break;
      case Role::receipt_status:
        rows.receipt_status_ = slot;
        break;
      default:
        return std::nullopt;
    }
  }
  if (rows.time_is_block_) rows.time_ = rows.block_;
  if (rows.from_ == none || rows.to_ == none || rows.value_ == none || rows.time_ == none) return std::nullopt;
  return rows;
}

SimpleRows::Result SimpleRows::add(const Record& record, std::string_view lasting, RowBatch& batch) const {
  if (record.field_count != width_ || !record.problem.empty()) return Result::not_simple;
  const auto field = [&](std::size_t slot) { return slot == none ? std::string_view{} : record.fields[slot]; };
  const auto number = [&](std::size_t slot) { return slot < record.numbers.size() ? record.numbers[slot] : no_number; };
  const auto read_number = [&](std::size_t slot, std::uint64_t& value) {
    value = number(slot);
    return value != no_number || read_digits(field(slot), value);
  };
  const auto read_if_any = [&](std::size_t slot, std::uint64_t& value) {
    return slot == none || (number(slot) == no_number && field(slot).empty()) || read_number(slot, value);
  };
  const auto read_account = [&](std::size_t slot, TextKey& key) {
    if (number(slot) == no_number) return read_address(field(slot), key);
    key = key_of_number(number(slot));
    return has_any_names_;
  };
  TextKey from, to;
  HexBuffer asset_buffer;
  std::uint64_t value = 0, time = reads_dates_ && time_ < record.times.size() ? record.times[time_] : no_number;
  Position position;
  if (!read_account(from_, from) || !read_account(to_, to)) return Result::not_simple;
  std::optional<Amount> amount;
  if (read_number(value_, value))
    amount = Amount{value};
  else if (amount = parse_digits(field(value_)); !amount)
    return Result::not_simple;
  if (time == no_number &&
      (!read_number(time_, time) || time > (time_is_block_ ? most_time : std::uint64_t(likely_milliseconds))))
    return Result::not_simple;
  if (!read_if_any(block_, position.block) || !read_if_any(index_, position.transaction_index) ||
      !read_if_any(log_, position.log_index))
    return Result::not_simple;
  if (receipt_status_ != none && number(receipt_status_) != 1 && field(receipt_status_) != "1" &&
      (number(receipt_status_) != no_number || !field(receipt_status_).empty()))
    return Result::not_simple;
  std::string_view asset = native_asset;
  if (asset_ != none) {
    const auto folded = fold_hex(field(asset_), address_digits, asset_buffer);
    if (!folded) return Result::not_simple;
    asset = *folded;
  }
  position.time = std::int64_t(time);
  if (!keeps_zero_ && *amount == Amount{}) return Result::dropped_zero;
  if (!keeps_self_ && from == to) return Result::not_simple;
  if (position.time < start_ || position.time >= end_) return Result::dropped_outside;

  batch.add_amount(*amount);
  batch.positions.push_back(position);
  batch.accounts.push_back(from);
  batch.accounts.push_back(to);
  batch.add_asset(asset);
  if (number(id_) == no_number)
    batch.add_id(field(id_), lasting);
  else
    batch.add_id(fmt::format_int(number(id_)).c_str(), lasting);
  return Result::added;
}

}  // namespace ringscan
