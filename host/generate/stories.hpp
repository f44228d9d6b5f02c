// The innocent stories of the background. Each is one function that plays a story once, from beginning to end, in the
// given world: an institution with its customers, or a few people. The table in stories.cpp has their names and their
// shares of the rows.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "generate/world.hpp"

namespace ringscan {

struct Story {
  std::string_view name;
  std::uint32_t permille;  // of the background's rows
  void (*play)(World& world);
};
std::span<const Story> stories();
std::vector<std::string> story_names();

// Exactly `transactions` payments: every story again and again until its share of them is used up. One story may be
// emphasised (its name, else empty): it gets a third of the rows, the others their shares of the rest.
void tell_stories(World& world, std::uint64_t transactions, std::string_view emphasised);

// The same salaries on every payday, `period` blocks apart, and now and then a bonus.
void pay_salaries(World& world, AccountNumber employer, const std::vector<AccountNumber>& employees,
                  std::uint64_t period);

// Among people (stories_of_people.cpp).
void play_friends(World& world);
void play_private_loans(World& world);
void play_payroll(World& world);
void play_canteens(World& world);
void play_reimbursements(World& world);
void play_funders(World& world);
// Trade (stories_of_trade.cpp).
void play_shops(World& world);
void play_escrow(World& world);
void play_gas_stations(World& world);
void play_launches(World& world);
void play_failed_launches(World& world);
void play_airdrops(World& world);
// Money (stories_of_money.cpp).
void play_exchanges(World& world);
void play_deposit_addresses(World& world);
void play_markets(World& world);
void play_arbitrage(World& world);
void play_casinos(World& world);
void play_lending(World& world);
void play_staking(World& world);
void play_forwarders(World& world);
void play_pass_through(World& world);

}  // namespace ringscan
