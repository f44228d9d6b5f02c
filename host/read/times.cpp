#include "read/times.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "io/errors.hpp"

namespace ringscan {
namespace {

constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::string_view pattern_letters = "YmdHMSfybzTF%";
constexpr std::array<std::string_view, 12> month_names = {"jan", "feb", "mar", "apr", "may", "jun",
                                                          "jul", "aug", "sep", "oct", "nov", "dec"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Moment {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  int offset_seconds = 0;  // of its zone, east of UTC
};

int days_in_month(int year, int month) {
  const bool is_leap_year = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (month == 2) return is_leap_year ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Years begin in March here, so that the leap day is the last of its year and months follow one formula.
std::int64_t days_since_1970(int year, int month, int day) {
  const int shifted_year = month <= 2 ? year - 1 : year, shifted_month = month <= 2 ? month + 9 : month - 3;
  const int era = (shifted_year >= 0 ? shifted_year : shifted_year - 399) / 400;
  const int year_of_era = shifted_year - era * 400;
  const int day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return std::int64_t{era} * 146'097 + day_of_era - 719'468;
}

std::optional<std::int64_t> seconds_since_1970(const Moment& moment) {
  if (moment.month < 1 || moment.month > 12) return std::nullopt;
  if (moment.day < 1 || moment.day > days_in_month(moment.year, moment.month)) return std::nullopt;
  if (moment.hour > 23 || moment.minute > 59 || moment.second > 59) return std::nullopt;
  return days_since_1970(moment.year, moment.month, moment.day) * seconds_per_day + moment.hour * 3600 +
         moment.minute * 60 + moment.second - moment.offset_seconds;
}

// A text being read from its front; each step is false, with nothing promised about the rest, where it does not fit.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}
  bool is_at_end() const { return rest_.empty(); }

  bool literal(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  bool number(std::size_t least_digits, std::size_t most_digits, int& value) {
    std::size_t size = 0;
    value = 0;
    for (; size < most_digits && size < rest_.size() && is_digit(rest_[size]); ++size)
      value = value * 10 + (rest_[size] - '0');
    rest_.remove_prefix(size);
    return size >= least_digits;
  }

  bool digits() {  // one or more, of any value
    std::size_t size = 0;
    while (size < rest_.size() && is_digit(rest_[size])) ++size;
    rest_.remove_prefix(size);
    return size > 0;
  }

  bool date(Moment& moment) {
    return number(4, 4, moment.year) && literal("-") && number(2, 2, moment.month) && literal("-") &&
           number(2, 2, moment.day);
  }

  bool time_of_day(Moment& moment) {
    return number(1, 2, moment.hour) && literal(":") && number(2, 2, moment.minute) && literal(":") &&
           number(2, 2, moment.second);
  }

  bool zone(Moment& moment) {
    if (literal("Z") || literal("UTC")) return true;
    const bool is_east = literal("+");
    if (!is_east && !literal("-")) return false;
    int hours = 0, minutes = 0;
    if (!number(2, 2, hours)) return false;
    if (literal(":") || !rest_.empty())
      if (!number(2, 2, minutes)) return false;
    if (hours > 23 || minutes > 59) return false;
    moment.offset_seconds = (is_east ? 1 : -1) * (hours * 3600 + minutes * 60);
    return true;
  }

  bool month_name(Moment& moment) {
    std::string name(rest_.substr(0, 3));
    for (char& c : name) c = char(c | 0x20);
    for (std::size_t month = 0; month < month_names.size(); ++month)
      if (name == month_names[month]) {
        moment.month = int(month) + 1;
        rest_.remove_prefix(name.size());
        return true;
      }
    return false;
  }

  bool directive(char letter, Moment& moment) {
    switch (letter) {
      case 'Y':
        return number(4, 4, moment.year);
      case 'y':
        if (!number(2, 2, moment.year)) return false;
        moment.year += moment.year < 69 ? 2000 : 1900;  // as POSIX has it
        return true;
      case 'm':
        return number(1, 2, moment.month);
      case 'b':
        return month_name(moment);
      case 'd':
        return number(1, 2, moment.day);
      case 'H':
        return number(1, 2, moment.hour);
      case 'M':
        return number(1, 2, moment.minute);
      case 'S':
        return number(1, 2, moment.second);
      case 'f':
        return digits();
      case 'z':
        return zone(moment);
      case 'T':
        return time_of_day(moment);
      case 'F':
        return date(moment);
      default:
        return literal(std::string_view(&letter, 1));
    }
  }

 private:
  std::string_view rest_;
};

std::optional<std::int64_t> parse_iso(std::string_view text) {
  Cursor cursor(text);
  Moment moment;
  if (!cursor.date(moment)) return std::nullopt;
  if (cursor.is_at_end()) return seconds_since_1970(moment);
  if (!cursor.literal("T") && !cursor.literal(" ")) return std::nullopt;
  if (!cursor.number(2, 2, moment.hour) || !cursor.literal(":") || !cursor.number(2, 2, moment.minute))
    return std::nullopt;
  if (cursor.literal(":")) {
    if (!cursor.number(2, 2, moment.second)) return std::nullopt;
    if (cursor.literal(".") && !cursor.digits()) return std::nullopt;
  }
  const bool blank = cursor.literal(" ");
  if (blank || !cursor.is_at_end())
    if (!cursor.zone(moment)) return std::nullopt;
  return cursor.is_at_end() ? seconds_since_1970(moment) : std::nullopt;
}

std::optional<std::int64_t> parse_pattern(std::string_view pattern, std::string_view text) {
  Cursor cursor(text);
  Moment moment;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool fits = pattern[i] == '%' ? cursor.directive(pattern[++i], moment) : cursor.literal(pattern.substr(i, 1));
    if (!fits) return std::nullopt;
  }
  return cursor.is_at_end() ? seconds_since_1970(moment) : std::nullopt;
}

bool is_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789.") == text.npos;
}

// A count of units, with sign and fraction, -> whole seconds below it.
std::optional<std::int64_t> parse_unix(std::string_view text, std::int64_t units_per_second) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point < text.size() ? text.substr(point + 1) : std::string_view{};
  if (whole.empty() || !is_digit(whole.front()) || fraction.find_first_not_of("0123456789") != fraction.npos)
    return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), value);
  if (error != std::errc() || end != whole.data() + whole.size()) return std::nullopt;
  if (!is_negative) return value / units_per_second;
  const bool has_rest = value % units_per_second != 0 || fraction.find_first_not_of('0') != fraction.npos;
  return -(value / units_per_second) - (has_rest ? 1 : 0);
}

void check_pattern(const std::string& pattern) {
  bool has_year = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') continue;
    if (++i == pattern.size() || pattern_letters.find(pattern[i]) == pattern_letters.npos)
      throw UsageError(
          fmt::format("--time-format {}: a pattern may hold %Y %m %d %H %M %S %f %y %b %z %T %F %% and text", pattern));
    has_year = has_year || pattern[i] == 'Y' || pattern[i] == 'y' || pattern[i] == 'F';
  }
  if (!has_year) throw UsageError(fmt::format("--time-format {}: a pattern must hold the year, %Y or %y", pattern));
}

}  // namespace

TimeFormat::TimeFormat(const std::string& text) {
  if (text == "auto") return;
  if (text == "iso") {
    kind_ = Kind::iso;
  } else if (text == "unix" || text == "unix_ms" || text == "unix_us" || text == "unix_ns") {
    kind_ = Kind::unix;
    units_per_second_ = text == "unix" ? 1 : text == "unix_ms" ? 1'000 : text == "unix_us" ? 1'000'000 : 1'000'000'000;
  } else if (text.find('%') != text.npos) {
    check_pattern(text);
    kind_ = Kind::pattern;
    pattern_ = text;
  } else {
    throw UsageError(fmt::format(
        "--time-format {}: give auto, unix, unix_ms, unix_us, unix_ns, iso, or a pattern such as '%Y/%m/%d %H:%M'",
        text));
  }
}

std::optional<std::int64_t> TimeFormat::parse(std::string_view text) const {
  if (kind_ == Kind::pattern) return parse_pattern(pattern_, text);
  if (kind_ == Kind::unix || (kind_ == Kind::automatic && is_number(text))) return parse_unix(text, units_per_second_);
  return parse_iso(text);
}

bool TimeFormat::reads_seconds(std::string_view text) const {
  return units_per_second_ == 1 && (kind_ == Kind::unix || (kind_ == Kind::automatic && is_number(text)));
}

}  // namespace ringscan
