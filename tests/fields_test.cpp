// Proves that amounts, times, addresses and units are read exactly or refused: no rounding, no wrapping, no guess.
// Times are checked against the C library's calendar, amounts against digits moved by hand.
#include <gtest/gtest.h>

#include <ctime>
#include <random>

#include "files.hpp"
#include "io/errors.hpp"
#include "read/fields.hpp"
#include "read/read_ledger.hpp"
#include "read/times.hpp"

namespace ringscan::testing {
namespace {

// The amount in digits, or what is wrong with it.
std::string amount_of(std::string_view text, unsigned places = 0) {
  Amount amount;
  const std::string_view problem = parse_amount(text, places, amount);
  return problem.empty() ? to_string(amount) : std::string(problem);
}

constexpr std::string_view largest = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
const std::string too_large = "is 2^256 or more", too_fine = "has a digit beyond the smallest unit";

TEST(Amounts, AreReadExactly) {
  for (const auto& [text, digits] :
       std::initializer_list<std::pair<std::string, std::string>>{{"0", "0"},
                                                                  {"7", "7"},
                                                                  {"0007", "7"},
                                                                  {"804264913889669500", "804264913889669500"},
                                                                  {std::string(largest), std::string(largest)},
                                                                  {std::string(200, '0') + "12", "12"},
                                                                  {"1.0", "1"},
                                                                  {"1.", "1"},
                                                                  {"5.000", "5"},
                                                                  {"0.0", "0"},
                                                                  {"1,999,000", "1999000"},
                                                                  {"12,345.00", "12345"},
                                                                  {"1e3", "1000"},
                                                                  {"1E+3", "1000"},
                                                                  {"1.5e1", "15"},
                                                                  {"150e-1", "15"},
                                                                  {"1e0", "1"},
                                                                  {"0e999999999999", "0"},
                                                                  {"0.000e-99999999999999999999", "0"},
                                                                  {"1e77", "1" + std::string(77, '0')},
                                                                  {"0x10", "16"},
                                                                  {"0xFf", "255"},
                                                                  {"0x" + std::string(64, 'f'), std::string(largest)},
                                                                  {"0x" + std::string(100, '0') + "1", "1"}})
    EXPECT_EQ(amount_of(text), digits) << text;
}

TEST(Amounts, AreScaledExactly) {
  EXPECT_EQ(amount_of("313.75", 18), "313750000000000000000");
  EXPECT_EQ(amount_of("97.37215046999999", 18), "97372150469999990000");
  EXPECT_EQ(amount_of("0.000000000000000001", 18), "1");
  EXPECT_EQ(amount_of(".5", 1), "5");
  EXPECT_EQ(amount_of("1,999,000.5", 18), "1999000500000000000000000");
  EXPECT_EQ(amount_of("1e-08", 18), "10000000000");
  EXPECT_EQ(amount_of("1.5E+18", 0), "1500000000000000000");
  EXPECT_EQ(amount_of("0.10000", 1), "1");
  EXPECT_EQ(amount_of("0x10", 2), "1600");
  EXPECT_EQ(amount_of("1e-18", 18), "1");
  EXPECT_EQ(amount_of("0." + std::string(76, '0') + "1", 77), "1");
  EXPECT_EQ(amount_of("1", 77), "1" + std::string(77, '0'));
  EXPECT_EQ(amount_of("115792089237316195423570985008687907853269984665640564039457.584007913129639935", 18), largest);
}

TEST(Amounts, AreRefusedBeyondTheUnitOrTheRange) {
  for (const char* text : {"1.5", "1e-1", "0.1", "15e-1", "1e-99999999999999999999"})
    EXPECT_EQ(amount_of(text), too_fine);
  EXPECT_EQ(amount_of("0.0000000000000000001", 18), too_fine);
  EXPECT_EQ(amount_of("1" + std::string(300, '0') + ".01"), too_fine);
  std::string above(largest);
  above.back() = '6';
  for (const std::string& text :
       {above, "1" + std::string(78, '0'), std::string("1e78"), std::string("2e77"),
        std::string("1e99999999999999999999"), "0x1" + std::string(64, '0'), std::string(5000, '9'),
        std::string(largest) + "0", "9." + std::string(99, '9') + "e99"})
    EXPECT_EQ(amount_of(text), too_large) << text;
  EXPECT_EQ(amount_of("2", 77), too_large);
  EXPECT_EQ(amount_of(largest, 1), too_large);
}

TEST(Amounts, AreRefusedWhereMalformed) {
  for (const char* text : {" 1",       "1 ",       "+1",      "abc", "1a",   ".",     "1.2.3",  "e5",    "1e",
                           "1e+",      "1e1.5",    "0x",      "0xg", "0X10", "1,00",  "1,0000", ",100",  "100,",
                           "1,000,00", "1000,000", "1.000,5", "nan", "inf",  "1_000", "٣",      "0x1.8", "1e0x1"})
    EXPECT_EQ(amount_of(text), "is not an amount") << text;
  for (const char* text : {"-1", "-0", "-1e5"}) EXPECT_EQ(amount_of(text), "is negative");
  EXPECT_TRUE(contains(amount_of(""), "is empty"));
  EXPECT_EQ(amount_of(std::string_view("1\0", 2)), "is not an amount");
}

TEST(Amounts, AgreeWithDigitsMovedByHand) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 20'000; ++round) {
    std::string digits = std::to_string(random() >> random() % 60);
    const unsigned places = unsigned(random() % 20), point = unsigned(random() % (places + 1));
    const std::string expected = to_string(*times_power_of_ten(*parse_digits(digits), places - point));
    std::string text = std::string(point + 1 > digits.size() ? point + 1 - digits.size() : 0, '0') + digits;
    if (point > 0) text.insert(text.size() - point, 1, '.');
    EXPECT_EQ(amount_of(text, places), expected) << text << " " << places;
    const int shift = int(random() % 40) - 20;
    EXPECT_EQ(amount_of(digits + "e" + std::to_string(shift - int(point)), places + 20),
              to_string(*times_power_of_ten(*parse_digits(digits), unsigned(int(places - point) + 20 + shift))));
  }
}

TEST(Amounts, SeemRoundedWhereManyDigitsHaveAnExponent) {
  EXPECT_TRUE(looks_like_a_rounded_double("1.2345678901234567E22"));
  for (const char* text : {"1e-08", "12345678901234567890", "0x1234567890123456789e", "", "e"})
    EXPECT_FALSE(looks_like_a_rounded_double(text)) << text;
}

std::optional<std::int64_t> time_of(std::string_view text, const std::string& format = "auto") {
  return TimeFormat(format).parse(text);
}

TEST(Times, AreFloored) {
  for (const auto& [text, format, seconds] : std::initializer_list<std::tuple<const char*, const char*, std::int64_t>>{
           {"1488775107", "auto", 1488775107},
           {"1488775107.999", "auto", 1488775107},
           {"0", "unix", 0},
           {"-1", "auto", -1},
           {"-1.5", "auto", -2},
           {"-1.0", "auto", -1},
           {"-0.5", "auto", -1},
           {"+5", "unix", 5},
           {"1488775107999", "unix_ms", 1488775107},
           {"-1", "unix_ms", -1},
           {"-1000", "unix_ms", -1},
           {"-1000.1", "unix_ms", -2},
           {"1999999", "unix_us", 1},
           {"-1", "unix_ns", -1},
           {"9223372036854775807", "unix_ns", 9223372036},
           {"1969-12-31T23:59:59.5Z", "auto", -1},
           {"1970-01-01 00:00:00.999", "iso", 0},
           {"1969-12-31 23:59:59", "iso", -1}})
    EXPECT_EQ(time_of(text, format), seconds) << text << " " << format;
}

TEST(Times, AreReadFromIso8601) {
  constexpr std::int64_t moment = 1438918233;  // 2015-08-07 03:30:33 UTC
  for (const char* text : {"2015-08-07 03:30:33 UTC", "2015-08-07T03:30:33Z", "2015-08-07T03:30:33",
                           "2015-08-07 03:30:33", "2015-08-07 03:30:33UTC", "2015-08-07 03:30:33.000 UTC",
                           "2015-08-07T03:30:33.123456789Z", "2015-08-07T05:30:33+02:00", "2015-08-07T05:30:33+0200",
                           "2015-08-07 05:30:33+02", "2015-08-06T22:00:33-05:30", "2015-08-07 03:30:33 +00:00"})
    EXPECT_EQ(time_of(text), moment) << text;
  EXPECT_EQ(time_of("2015-08-07T03:30"), moment - 33);
  EXPECT_EQ(time_of("1970-01-02"), 86'400);
  EXPECT_EQ(time_of("2000-02-29"), 951'782'400);
  EXPECT_EQ(time_of("0000-01-01"), -62'167'219'200);
  for (const char* text : {"",
                           " ",
                           "2017-02-30",
                           "2017-02-29",
                           "1900-02-29",
                           "2017-13-01",
                           "2017-00-01",
                           "2017-01-00",
                           "2017-04-31",
                           "2017-01-01T24:00:00",
                           "2017-01-01T23:60:00",
                           "2017-01-01T23:59:60",
                           "2017-1-1",
                           "2017-01-01T",
                           "2017-01-01 12",
                           "2017-01-01T12:00:00.",
                           "2017-01-01T12:00:00 ",
                           "2017-01-01T12:00:00+",
                           "2017-01-01T12:00:00+1",
                           "2017-01-01T12:00:00+24:00",
                           "2017-01-01T12:00:00+01:60",
                           "2017-01-01T12:00:00Zx",
                           "2017-01-01T12:00:00 CET",
                           "01/02/2017",
                           "yesterday",
                           "1e9",
                           "1.2.3",
                           ".",
                           "-",
                           "--1",
                           "1 ",
                           "9223372036854775808",
                           "0x10",
                           ".5"})
    EXPECT_EQ(time_of(text), std::nullopt) << text;
  EXPECT_EQ(time_of("2017-01-01", "unix"), std::nullopt);
  EXPECT_EQ(time_of("1488775107", "iso"), std::nullopt);
}

TEST(Times, AgreeWithTheCalendarOfTheCLibrary) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 20'000; ++round) {
    const std::time_t time = std::time_t(random() % 300'000'000'000) - 62'000'000'000;  // the years 5 to 9511
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1,
                  parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    ASSERT_EQ(time_of(text), time) << text;
  }
}

TEST(Times, AreReadByPatterns) {
  EXPECT_EQ(time_of("2022/09/01 00:20", "%Y/%m/%d %H:%M"), 1661991600);
  EXPECT_EQ(time_of("1/9/2022 0:20", "%d/%m/%Y %H:%M"), 1661991600);
  EXPECT_EQ(time_of("31/12/24 23:59:59.25", "%d/%m/%y %T.%f"), 1735689599);
  EXPECT_EQ(time_of("01-JAN-1970 +0100", "%d-%b-%Y %z"), -3600);
  EXPECT_EQ(time_of("100% 1970-01-01", "100%% %F"), 0);
  EXPECT_EQ(time_of("68", "%y"), 3092601600) << "2068";
  EXPECT_EQ(time_of("69", "%y"), -31536000) << "1969";
  for (const char* text : {"2022/09/01 00:20:00", "2022/09/01 00:20 ", "2022/09/01", "2022/02/30 00:00", ""})
    EXPECT_EQ(time_of(text, "%Y/%m/%d %H:%M"), std::nullopt) << text;
  for (const char* format : {"%Q", "%Y %", "%H:%M", "unix_m", "", "ISO"}) EXPECT_THROW(TimeFormat{format}, UsageError);
}

TEST(Times, OfTheCommandLineFollowTheAxis) {
  EXPECT_EQ(parse_time("2017-03-06", TimeAxis::seconds), 1488758400);
  EXPECT_EQ(parse_time("12600000", TimeAxis::block), 12600000);
  for (const char* text : {"2017-03-06", "-1", "1.5", "", "9223372036854775808"})
    EXPECT_EQ(parse_time(text, TimeAxis::step), std::nullopt) << text;
}

TEST(Texts, AreCanonical) {
  EXPECT_EQ(canonical_account("0xABCDEF0123456789abcdefABCDEF0123456789aB"),
            "0xabcdef0123456789abcdefabcdef0123456789ab");
  for (const std::string& same : std::initializer_list<std::string>{
           "0xABCDEF", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "", "0X" + std::string(40, 'A'),
           "0x" + std::string(39, 'A') + "G", "0x" + std::string(39, 'A') + "@", "0x" + std::string(39, 'A') + "\x11",
           "0x" + std::string(41, 'A')})
    EXPECT_EQ(canonical_account(same), same);
  EXPECT_EQ(trimmed(" \ta b\t "), "a b");
  EXPECT_EQ(shown("a\x1b[31m\n"), "'a\\x1b[31m\\x0a'");
  EXPECT_EQ(shown(std::string(61, 'x')), "'" + std::string(60, 'x') + "…'");
}

TEST(Counts, AreDigitsOnly) {
  EXPECT_EQ(parse_count("18446744073709551615"), 18446744073709551615u);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "1.0", "18446744073709551616"})
    EXPECT_EQ(parse_count(text), std::nullopt) << text;
}

TEST(Units, HaveTheirPlaces) {
  EXPECT_EQ(places_of_unit("raw"), 0u);
  EXPECT_EQ(places_of_unit("wei"), 0u);
  EXPECT_EQ(places_of_unit("satoshi"), 0u);
  EXPECT_EQ(places_of_unit("ether"), 18u);
  EXPECT_EQ(places_of_unit("btc"), 8u);
  EXPECT_EQ(places_of_unit("decimals:77"), 77u);
  for (const char* unit : {"", "eth", "decimals", "decimals:", "decimals:78", "decimals:-1", "decimals:1.5"})
    EXPECT_EQ(places_of_unit(unit), std::nullopt) << unit;
}

}  // namespace
}  // namespace ringscan::testing
