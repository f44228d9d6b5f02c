// Texts -> whole seconds since 1970-01-01 UTC, rounded down, in the proleptic Gregorian calendar without leap seconds.
// No locale and no time zone of the machine has a part in it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringscan {

class TimeFormat {
 public:
  // auto (a number is unix, anything else iso), unix, unix_ms, unix_us, unix_ns (signs and fractions allowed), iso, or
  // a pattern of %Y %m %d %H %M %S %f %y %b %z %T %F %% and literal text. Throws UsageError for another text.
  explicit TimeFormat(const std::string& text);

  // nullopt for a text that is not wholly such a time, for dates that do not exist, and beyond 64 bits.
  // ISO 8601 is a date, alone or with `T` or a blank and a time of day: "2017-03-06", "2017-03-06T04:40",
  // "2017-03-06 04:40:07.123 UTC", "2017-03-06T04:40:07+01:00"; without a zone it is UTC. Patterns are UTC too.
  std::optional<std::int64_t> parse(std::string_view text) const;
  // True where parse() reads this text as a plain number of seconds.
  bool reads_seconds(std::string_view text) const;

 private:
  enum class Kind { automatic, unix, iso, pattern };
  Kind kind_ = Kind::automatic;
  std::int64_t units_per_second_ = 1;
  std::string pattern_;
};

// A number of seconds beyond this (the year 5138) is more likely one of milliseconds.
inline constexpr std::int64_t likely_milliseconds = 100'000'000'000;

}  // namespace ringscan
