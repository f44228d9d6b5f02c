#include "read/simple_form.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "read/fields.hpp"
#include "read/hex.hpp"

namespace ringscan {
namespace {

constexpr std::size_t address_size = 2 + address_digits, most_digits = 18;

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

}  // namespace

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

bool read_address(std::string_view text, TextKey& key) {
  if (text.size() != address_size || text[0] != '0' || text[1] != 'x') return false;
  std::array<std::uint8_t, sizeof(TextKey)> bytes{};
  bytes[0] = 1 + address_digits / 2;
  bytes[1] = hex_tag;
  if (!decode_address(text.data() + 2, bytes.data() + 2)) return false;
  std::memcpy(&key, bytes.data(), sizeof key);
  return true;
}

std::optional<SimpleForm> SimpleForm::of(const Binding& binding, const RowRules& rules,
                                         std::span<const std::size_t> columns, std::size_t width) {
  const ReadOptions& options = rules.options;
  const unsigned places = rules.places ? *rules.places : places_of_unit(binding.value_unit).value_or(1);
  const bool has_other_filters = options.min_amount || !rules.wanted_assets.empty();
  const bool reads_times = options.time_axis == TimeAxis::seconds && rules.time_format.reads_seconds("1");
  if (!binding.is_plain() || rules.block_times || binding.schema->time_format != "auto") return std::nullopt;
  if (places != 0 || has_other_filters) return std::nullopt;
  if (!reads_times && options.time_axis != TimeAxis::block) return std::nullopt;

  SimpleForm form;
  form.width = width;
  form.has_any_names = binding.schema->addresses == AddressKind::any;
  form.reads_dates =
      options.time_axis == TimeAxis::seconds && rules.time_format.parse("1970-01-01T00:00:00Z").has_value();
  form.keeps_zero = options.keep_zero, form.keeps_self = options.keep_self;
  form.time_is_block = options.time_axis == TimeAxis::block;
  form.most_time =
      form.time_is_block ? std::uint64_t(std::numeric_limits<std::int64_t>::max()) : std::uint64_t(likely_milliseconds);
  form.start = options.start.value_or(std::numeric_limits<std::int64_t>::min());
  form.end = options.end.value_or(std::numeric_limits<std::int64_t>::max());
  if (options.dedupe && (options.start || options.end)) return std::nullopt;  // such rows are looked at all the same
  for (std::size_t role = 0; role < role_count; ++role) {
    if (!binding.columns[role]) continue;
    const std::size_t slot = std::size_t(std::ranges::find(columns, *binding.columns[role]) - columns.begin());
    switch (Role(role)) {
      case Role::from:
        form.from = slot;
        break;
      case Role::to:
        form.to = slot;
        break;
      case Role::value:
        form.value = slot;
        break;
      case Role::time:
        form.time = slot;
        break;
      case Role::asset:
        form.asset = slot;
        break;
      case Role::id:
        form.id = slot;
        break;
      case Role::block:
        form.block = slot;
        break;
      case Role::index:
        form.index = slot;
        break;
      case Role::log:
        form.log = slot;
        break;
      case Role::receipt_status:
        form.receipt_status = slot;
        break;
      case Role::item_type:
        form.item = binding.schema->item;
        if (!form.item.empty()) form.item_type = slot;
        break;
      default:
        return std::nullopt;
    }
  }
  if (form.time_is_block) form.time = form.block;
  if (form.from == none || form.to == none || form.value == none || form.time == none) return std::nullopt;
  return form;
}

}  // namespace ringscan
