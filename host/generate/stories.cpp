#include "generate/stories.hpp"

#include <algorithm>
#include <array>

namespace ringscan {

namespace {

// Shares chosen so that every story has a few institutions in 400,000 rows and the large ones are hubs; they add up to
// 1000. Nobody has published those of a chain; bench/quality/realism.py lays the outcome beside real ledgers.
constexpr std::array<Story, 21> table = {{
    {"friends", 110, play_friends},
    {"private_loans", 20, play_private_loans},
    {"payroll", 40, play_payroll},
    {"canteens", 30, play_canteens},
    {"reimbursements", 25, play_reimbursements},
    {"funders", 15, play_funders},
    {"shops", 165, play_shops},
    {"escrow", 45, play_escrow},
    {"gas_stations", 20, play_gas_stations},
    {"launches", 15, play_launches},
    {"failed_launches", 15, play_failed_launches},
    {"airdrops", 30, play_airdrops},
    {"exchanges", 160, play_exchanges},
    {"deposit_addresses", 80, play_deposit_addresses},
    {"markets", 80, play_markets},
    {"arbitrage", 20, play_arbitrage},
    {"casinos", 40, play_casinos},
    {"lending", 40, play_lending},
    {"staking", 15, play_staking},
    {"forwarders", 20, play_forwarders},
    {"pass_through", 15, play_pass_through},
}};

}  // namespace

std::span<const Story> stories() { return table; }

std::vector<std::string> story_names() {
  std::vector<std::string> names;
  for (const Story& story : table) names.emplace_back(story.name);
  return names;
}

void tell_stories(World& world, std::uint64_t transactions, std::string_view emphasised) {
  const auto weight_of = [&](const Story& story) { return story.permille + (story.name == emphasised ? 500 : 0); };
  std::uint64_t total = 0, weights = 0, told = 0;
  for (const Story& story : table) total += weight_of(story);
  for (const Story& story : table) {
    weights += weight_of(story);
    const std::uint64_t until = transactions * weights / total;
    world.begin_story(story.name);
    world.allow(until - told);
    while (world.left() > 0) {
      world.begin_instance();
      story.play(world);
    }
    told = until;
  }
}

}  // namespace ringscan
