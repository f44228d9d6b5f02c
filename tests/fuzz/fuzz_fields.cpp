// Texts become exact values or are refused: what is accepted comes back the same when it is written plainly and read
// again.
#include <chrono>

#include "fuzz.hpp"
#include "ledger/decimal.hpp"
#include "read/fields.hpp"
#include "read/times.hpp"

using namespace ringscan;
using namespace ringscan::fuzz;

namespace {

void check_amounts(std::string_view text, unsigned places) {
  Amount exact, rounded, again;
  const bool is_exact = parse_amount(text, places, exact).empty();
  const bool is_rounded = parse_rounded_amount(text, places, rounded).empty();
  (void)looks_like_a_rounded_double(text);
  for (const Amount& amount : {is_exact ? exact : Amount{}, is_rounded ? rounded : Amount{}}) {
    const std::string digits = to_string(amount);
    require(parse_amount(digits, 0, again).empty() && again == amount, "an amount reads back", text, digits);
    const OrderCode code = order_code(amount);
    if (stands_for_one_amount(code)) require(amount_of_even_code(code) == amount, "an even code is one amount", digits);
    if (const auto tail = tail_of(amount, code))
      require(amount_of(code, *tail) == amount, "a tail completes a code", digits);
  }
  if (is_exact && is_rounded) {
    require(exact == rounded, "nothing is rounded where nothing needs to be", text);
  }
  require(!is_exact || is_rounded, "what is exact can be rounded", text);
}

// As ISO 8601, for years that have four digits.
std::string iso(std::int64_t seconds) {
  using namespace std::chrono;
  const std::int64_t day = seconds / 86400 - (seconds % 86400 < 0), of_day = seconds - day * 86400;
  const year_month_day date{sys_days{days{day}}};
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02lld:%02lld:%02lldZ", int(date.year()), unsigned(date.month()),
                unsigned(date.day()), static_cast<long long>(of_day / 3600), static_cast<long long>(of_day / 60 % 60),
                static_cast<long long>(of_day % 60));
  return text;
}

void check_times(std::string_view text, const std::string& pattern) {
  for (const char* format : {"auto", "unix", "unix_ms", "unix_us", "unix_ns", "iso"}) {
    const TimeFormat times{format};
    const auto time = times.parse(text);
    if (times.reads_seconds(text) && time && parse_count(text))
      require(std::uint64_t(*time) == *parse_count(text), "seconds are seconds", text);
    if (!time) continue;
    if (const auto again = TimeFormat("unix").parse(std::to_string(*time)))
      require(again == time, "a time reads back", text);
    if (*time > -62135596800 && *time < 253402300800)
      require(TimeFormat("iso").parse(iso(*time)) == time, "a time is its date", text, iso(*time));
  }
  try {
    (void)TimeFormat(pattern).parse(text);
  } catch (const UsageError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  const unsigned places = input.ConsumeIntegralInRange(0u, 77u);
  const std::string pattern = input.ConsumeRandomLengthString(20), text = input.ConsumeRemainingBytesAsString();
  check_amounts(text, places);
  check_times(text, pattern);
  if (const auto decimal = parse_decimal(text)) {
    std::string plain = to_string(*decimal);
    if (plain.starts_with("0.")) plain.erase(0, 1);  // with 70 digits behind the point a zero before it is one too many
    const auto again = parse_decimal(plain);
    require(again && !(*again > *decimal) && !(*decimal > *again), "a decimal reads back", text, plain);
  }
  HexBuffer buffer, twice;
  if (const auto folded = fold_hex(text, address_digits, buffer))
    require(fold_hex(*folded, address_digits, twice) == folded, "folding once is enough", text);
  require(!has_control_character(shown(text)), "what is shown has no control characters", text);
  (void)parse_flag(text), (void)places_of_unit(text), (void)trimmed(text);
  return 0;
}
