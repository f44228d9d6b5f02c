// Single values as texts, appended to what is there.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace ringscan {

inline constexpr std::int32_t largest_decimal_scale = 400;

// Two's complement, `width` bytes, least significant first, at most 32; the value is that by 10^-scale. Zeros at the
// end of a fraction are left out.
void append_decimal(std::string& text, const std::uint8_t* bytes, std::size_t width, std::int32_t scale);
void append_number(std::string& text, double value);
void append_number(std::string& text, float value);
void append_hex(std::string& text, std::string_view bytes);            // with 0x
void append_date(std::string& text, std::int64_t days);                // since 1970-01-01
void append_time(std::string& text, std::int64_t seconds_since_1970);  // "2017-03-06T04:40:07Z"
inline constexpr std::int64_t last_dated_second = 253'402'300'799;     // later ones are plain numbers of seconds
constexpr std::int64_t divide_down(std::int64_t value, std::int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

}  // namespace ringscan
