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

constexpr std::size_t most_digits = 18;
constexpr std::uint64_t zeros = 0x3030303030303030u;

template <class Word>
std::uint64_t word_at(const char* place) {
  static_assert(std::endian::native == std::endian::little);
  Word word;
  std::memcpy(&word, place, sizeof word);
  return word ^ Word(zeros);
}

// The number of eight decimal digits, from each of which '0' was taken; false if one is none.
bool eight_digits(std::uint64_t word, std::uint64_t& value) {
  const bool valid = (((word + 0x7676767676767676u) | word) & 0x8080808080808080u) == 0;
  word = word * 10 + (word >> 8);
  value = (((word & 0x000000ff000000ffu) * (100 + (std::uint64_t{1000000} << 32))) +
           (((word >> 16) & 0x000000ff000000ffu) * (1 + (std::uint64_t{10000} << 32)))) >>
          32;
  return valid;
}

// Up to eight digits as the last of eight, behind zeros: parts that overlap, so that no digit takes a step of a loop.
std::uint64_t last_of_eight(const char* digits, std::size_t count) {
  const unsigned shift = unsigned(8 - count) * 8;
  if (count >= 4) return word_at<std::uint32_t>(digits) << shift | word_at<std::uint32_t>(digits + count - 4) << 32;
  const std::size_t middle = count / 2;
  return word_at<std::uint8_t>(digits) << shift | word_at<std::uint8_t>(digits + middle) << (shift + 8 * middle) |
         word_at<std::uint8_t>(digits + count - 1) << 56;
}

}  // namespace

bool read_digits(std::string_view text, std::uint64_t& value) {
  const std::size_t size = text.size();
  if (size == 0 || size > most_digits) return false;
  const char* const begin = text.data();
  const char* const end = begin + size;
  if (size < 8) return eight_digits(last_of_eight(begin, size), value);
  if (!eight_digits(word_at<std::uint64_t>(end - 8), value)) return false;
  if (size == 8) return true;
  // What stands before the last eight or sixteen: of the word that begins there, as much as is before them.
  std::uint64_t front, middle = 0;
  const std::size_t before = (size - 1) % 8 + 1;
  if (!eight_digits(word_at<std::uint64_t>(begin) << (64 - 8 * before), front)) return false;
  if (size > 16 && !eight_digits(word_at<std::uint64_t>(end - 16), middle)) return false;
  value += (size > 16 ? front * 100'000'000 + middle : front) * 100'000'000;
  return true;
}

void read_addresses(std::span<const std::string_view> texts, TextKey* keys, std::size_t step,
                    std::span<std::uint8_t> is_address) {
  constexpr std::uint64_t length_and_tag = (1 + address_digits / 2) | std::uint64_t{hex_tag} << 8;
  for (std::size_t i = 0; i < texts.size(); ++i) keys[i * step].words = {length_and_tag, 0, 0};
  decode_addresses(texts, reinterpret_cast<std::uint8_t*>(keys) + 2, step * sizeof(TextKey), is_address);
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
