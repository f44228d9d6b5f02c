// How farms of the generator differ from each other: what --difficulty stands for, and what --farm-traits changes. The
// table of these settings, with their values for each difficulty, is in farm_profile.cpp.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringscan {

enum class Difficulty { easy, medium, hard };
std::string_view name(Difficulty difficulty);
std::optional<Difficulty> parse_difficulty(std::string_view text);

struct Range {  // both included
  std::uint32_t first = 0, last = 0;
};

// Drawn for each farm, worker or reward, uniformly.
struct FarmProfile {
  // A farm's size and rhythm.
  Range workers, merchants, delegations;
  Range fake_percent;   // of its merchants' sales; the others are honest
  Range tasks;          // of a worker at a merchant
  Range attendance;     // percent of the farm's merchants at which a worker buys
  Range longest_hours;  // from a purchase to its reward; for the basic model from the money to the purchase
  Range gain_permille;  // by which a reward exceeds the price
  Range campaign_days;  // from the first fake purchase to the last, while nothing drips
  Range moonlight;      // percent of workers who are people of the background as well
  // Percent of rewards that are ...
  Range split, batched, unpaid;
  // Percent of farms that ...
  Range drip;       // buy three times as slowly
  Range payroll;    // pay salaries to honest people from the accounts that pay the rewards
  Range exchange;   // (advanced model) pay through an exchange instead of delegations
  Range prefunded;  // (advanced model) fund the delegations before the purchases
  Range swept;      // pay all rewards in one go after the last purchase
  Range shared;     // (advanced model) share a delegation with the advanced farm planted before
};

FarmProfile farm_profile(Difficulty difficulty);

// Changes settings: "NAME=N,NAME=FIRST-LAST,...". Throws UsageError for what the table does not know or allow.
void change_profile(FarmProfile& profile, std::string_view text);

// The table as text, a line a setting, for people.
std::string describe_profiles();

}  // namespace ringscan
