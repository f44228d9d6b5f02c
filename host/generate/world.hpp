// The background of a ledger with --difficulty: who is there, when people are awake, what things cost. Stories
// (stories.hpp) and farms pay each other in it.
//
// Amounts are in gwei here, which leaves room for billions of ether in 64 bits. What is not a round number of thousand
// gwei gets nine more digits that follow from it, so that equal stays equal, more stays more, and ledgers hold round
// and unround amounts of wei.
//
// Here as in the other parts: at most one draw to an argument list or operand pair, whose order C++ leaves open.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "generate/plan.hpp"

namespace ringscan {

using Gwei = std::uint64_t;
inline constexpr Gwei gwei_a_milliether = 1'000'000;
inline constexpr Gwei gwei_an_ether = 1'000 * gwei_a_milliether;
inline constexpr std::uint64_t blocks_an_hour = blocks_a_day / 24;

Amount wei_of(Gwei amount);
// `amount` to one or two significant digits, as people type it.
Gwei rounded(Gwei amount, unsigned digits);
constexpr Gwei permille_of(Gwei amount, std::uint64_t permille) {
  return amount / 1'000 * permille + amount % 1'000 * permille / 1'000;
}

struct Span {  // of blocks, both included, counted from the ledger's first
  std::uint64_t first, last;
};

// In braces, so that what its members draw is drawn in this order on every compiler.
struct Payment {
  AccountNumber from, to;
  Gwei amount;
  std::uint64_t block;
};

class World {
 public:
  // The ledger's first accounts are the people, so that their numbers tell their communities. Makes the people and the
  // institutions that many stories share.
  explicit World(Plan& plan);

  Plan& plan() { return plan_; }
  Random& random() { return plan_.random; }
  const std::vector<AccountNumber>& people() const { return people_; }

  // People by how active they are, a power law; institutions by how popular they are, a steeper one.
  AccountNumber person() { return people_[random().skewed_below(people_.size(), 2)]; }
  AccountNumber neighbour(AccountNumber person_of_the_community);
  // One exchange has half of all customers.
  AccountNumber exchange() {
    return exchanges_[random().chance_percent(50) ? 0 : random().zipf_below(exchanges_.size())];
  }
  AccountNumber shop() { return shops_[random().skewed_below(shops_.size(), 3)]; }
  std::uint64_t market() { return random().zipf_below(markets_.size()); }
  AccountNumber market_account(std::uint64_t market) const { return markets_[market].account; }
  // At most `count` different people, by how active they are, in random order; at least one.
  std::vector<AccountNumber> crowd(std::uint64_t count);
  // From `least` on, twice as much half as often; at most `most`, where that is more than `least`.
  std::uint64_t size(std::uint64_t least, std::uint64_t most);

  // When: all in the rhythm of day and week, people's and of days on which everyone is busy.
  std::uint64_t awake(Span span);
  std::uint64_t any_time() { return awake(all_); }
  Span all() const { return all_; }
  // A stretch of `blocks` blocks somewhere in the ledger, or the whole ledger where it is shorter.
  Span stretch(std::uint64_t blocks);
  // Up to `blocks` blocks from `block` on, at least a minute later: soon more often than late.
  std::uint64_t later(std::uint64_t block, std::uint64_t blocks);

  // How much.
  Gwei any_amount();
  Gwei price_at(AccountNumber shop);  // by its price list: round prices, or converted from another currency
  Gwei noisy(Gwei amount, std::uint64_t permille);
  Gwei after_market(std::uint64_t market, Gwei amount, std::uint64_t bought, std::uint64_t sold) const;

  // Pays, if there is an amount and two accounts, the block is in the ledger, and the story has rows left: what would
  // happen after the ledger's end is not in the ledger, and a story longer than its share of the rows breaks off.
  std::optional<TransactionKey> pay(const Payment& payment);
  // A purchase and, now and then, its refund (mostly less, sometimes equal, rarely more) or what the shop buys itself.
  void sale(AccountNumber customer, AccountNumber shop, Span when);

  // Rows that the story may still pay.
  std::uint64_t left() const { return left_; }
  void allow(std::uint64_t rows) { left_ = rows; }

  // A new account with a part in the story that is being told; truth.json lists it.
  AccountNumber actor(std::string_view role);
  std::vector<AccountNumber> actors(std::string_view role, std::uint64_t count);
  void cast(AccountNumber account, std::string_view role);
  void begin_story(std::string_view story) { story_ = story; }
  void begin_instance() { ++instance_; }

 private:
  struct Market {
    AccountNumber account;
    std::vector<std::uint32_t> prices;  // a day
  };

  Plan& plan_;
  Span all_;
  std::vector<AccountNumber> people_, exchanges_, shops_;
  std::vector<Market> markets_;
  std::vector<std::uint8_t> busy_percent_;  // a day
  std::uint64_t communities_;
  std::uint64_t left_ = 0;
  std::string_view story_;
  std::uint32_t instance_ = 0;
};

}  // namespace ringscan
