#include "generate/farm_profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "io/errors.hpp"

namespace ringscan {

namespace {

struct Setting {
  std::string_view name;
  Range FarmProfile::*range;
  Range easy, medium, hard;
  Range allowed;
  std::string_view meaning;
};

constexpr Range percent{0, 100};

// Sizes, shares, delays, splits, batches, unpaid tasks and payrolls are those of the published measurements of
// discovery; the rest was chosen here.
constexpr std::array<Setting, 19> settings = {{
    // clang-format off
    {"workers", &FarmProfile::workers, {20, 80}, {12, 60}, {8, 40}, {1, 100'000}, "workers of a farm"},
    {"merchants", &FarmProfile::merchants, {1, 2}, {1, 4}, {1, 6}, {1, 1'000}, "merchants of a farm"},
    {"delegations", &FarmProfile::delegations, {1, 1}, {1, 2}, {2, 4}, {1, 1'000}, "delegations of an advanced farm, which take turns"},
    {"fake", &FarmProfile::fake_percent, {60, 95}, {30, 80}, {8, 50}, {1, 100}, "percent of the merchants' sales that are fake"},
    {"tasks", &FarmProfile::tasks, {1, 4}, {1, 3}, {1, 3}, {1, 100}, "tasks of a worker at a merchant"},
    {"attendance", &FarmProfile::attendance, {80, 100}, {50, 100}, {40, 100}, {1, 100}, "percent of the merchants at which a worker buys"},
    {"delay", &FarmProfile::longest_hours, {4, 48}, {24, 168}, {48, 432}, {1, 480}, "hours from a purchase to its reward, at most"},
    {"gain", &FarmProfile::gain_permille, {20, 150}, {10, 150}, {8, 150}, {1, 1'000}, "permille by which a reward exceeds the price"},
    {"campaign", &FarmProfile::campaign_days, {3, 10}, {5, 14}, {5, 14}, {1, 365}, "days from the first fake purchase to the last"},
    {"moonlight", &FarmProfile::moonlight, {50, 50}, {60, 60}, {70, 70}, percent, "percent of workers who lead an ordinary life too"},
    {"split", &FarmProfile::split, {0, 0}, {10, 10}, {30, 30}, percent, "percent of rewards that are paid in two or three parts"},
    {"batched", &FarmProfile::batched, {0, 0}, {10, 10}, {30, 30}, percent, "percent of rewards that pay for several tasks"},
    {"unpaid", &FarmProfile::unpaid, {0, 0}, {0, 0}, {6, 6}, percent, "percent of tasks without a reward"},
    {"drip", &FarmProfile::drip, {0, 0}, {0, 0}, {40, 40}, percent, "percent of farms with campaigns three times as long"},
    {"payroll", &FarmProfile::payroll, {0, 0}, {0, 0}, {35, 35}, percent, "percent of farms whose payers also pay honest salaries"},
    {"exchange", &FarmProfile::exchange, {0, 0}, {0, 0}, {8, 8}, percent, "percent of advanced farms that pay through an exchange"},
    {"prefunded", &FarmProfile::prefunded, {0, 0}, {10, 10}, {25, 25}, percent, "percent of advanced farms that fund the delegations before the purchases"},
    {"swept", &FarmProfile::swept, {0, 0}, {0, 0}, {4, 4}, percent, "percent of farms that pay all rewards in one go after the last purchase"},
    {"shared", &FarmProfile::shared, {0, 0}, {0, 0}, {8, 8}, percent, "percent of advanced farms that share a delegation with another"},
    // clang-format on
}};

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string in_words(Range range) {
  return range.first == range.last ? fmt::format("{}", range.first) : fmt::format("{}-{}", range.first, range.last);
}

Range parse_range(const Setting& setting, std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = number(text.substr(0, dash));
  const auto last = dash == text.npos ? first : number(text.substr(dash + 1));
  if (!first || !last || *first > *last || *first < setting.allowed.first || *last > setting.allowed.last)
    throw UsageError(fmt::format("the farm trait {} is a number or a range such as {}, within {}, not '{}'",
                                 setting.name, in_words(setting.hard), in_words(setting.allowed), text));
  return {*first, *last};
}

}  // namespace

std::string_view name(Difficulty difficulty) {
  switch (difficulty) {
    case Difficulty::easy:
      return "easy";
    case Difficulty::medium:
      return "medium";
    case Difficulty::hard:
      return "hard";
  }
  return {};
}

std::optional<Difficulty> parse_difficulty(std::string_view text) {
  for (const Difficulty difficulty : {Difficulty::easy, Difficulty::medium, Difficulty::hard})
    if (text == name(difficulty)) return difficulty;
  return std::nullopt;
}

FarmProfile farm_profile(Difficulty difficulty) {
  FarmProfile profile;
  for (const Setting& setting : settings)
    profile.*setting.range = difficulty == Difficulty::easy     ? setting.easy
                             : difficulty == Difficulty::medium ? setting.medium
                                                                : setting.hard;
  return profile;
}

void change_profile(FarmProfile& profile, std::string_view text) {
  while (!text.empty()) {
    const std::string_view change = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), change.size() + 1));
    const std::size_t equals = change.find('=');
    const auto setting = std::ranges::find(settings, change.substr(0, equals), &Setting::name);
    if (equals == change.npos || setting == settings.end())
      throw UsageError(fmt::format("'{}' changes no farm trait; they are\n{}", change, describe_profiles()));
    profile.*setting->range = parse_range(*setting, change.substr(equals + 1));
  }
}

std::string describe_profiles() {
  std::string text = fmt::format("  {:<12}{:>8}{:>8}{:>8}\n", "", "easy", "medium", "hard");
  for (const Setting& setting : settings)
    fmt::format_to(std::back_inserter(text), "  {:<12}{:>8}{:>8}{:>8}  {}\n", setting.name, in_words(setting.easy),
                   in_words(setting.medium), in_words(setting.hard), setting.meaning);
  return text;
}

}  // namespace ringscan
