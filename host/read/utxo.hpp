// Transactions of coins (Bitcoin and its kin): inputs spend earlier outputs, outputs are paid to addresses. A ledger of
// payments needs an edge model:
//
//   Each output is a payment of its whole value from each sender to its account. In the model all_pairs every account
//   of the inputs is a sender; in the model entities they are one, the one whose name is the smallest stands for them
//   until all are known to be one account (Entities), and what they spent together is told. An output to an account of
//   the inputs is change: a payment of that account to itself, once.
//
// An output without an address (shielded) has no receiver; a transaction without an address in its inputs (coinbase,
// shielded) has no sender. An output of several addresses (bare multisig) belongs to an account of its own, whose name
// is theirs in byte order with '+' between them, so that no value counts twice. A nonstandard output keeps the name
// that the export gave it; such scripts may be anybody's, so they are not told as spent together with others.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "read/read_ledger.hpp"

namespace ringscan {

struct CoinPayment {
  std::string_view from, to;  // "" for none
  Amount amount;
  std::uint64_t number = 0;  // of the payment in its transaction, from 0: a log index
};

// One transaction after another -> its payments. O(bytes) to parse, then O(1) a payment; memory is the largest
// transaction, not its pairs.
class CoinTransaction {
 public:
  // `address_key`: "addresses" (arrays, bitcoin-etl) or "address" (one text, AWS); `places` of the values, rounded to
  // the smallest unit if they were printed from doubles.
  CoinTransaction(UtxoModel model, std::string_view address_key, unsigned places, bool is_rounded);
  ~CoinTransaction();
  CoinTransaction(CoinTransaction&&) noexcept;

  // What is wrong with it, and in which of the two.
  struct Problem {
    enum class Where { nowhere, inputs, outputs } where = Where::nowhere;
    std::string what;
    bool ends_reading = false;  // it is not this transaction that is wrong, but the export
  };
  // Inputs and outputs as raw JSON, "" or null for none. Views last until the next call.
  Problem read(std::string_view inputs, std::string_view outputs, bool is_coinbase);

  // False at the end. At least one payment a transaction; amount 0 and from = to included.
  bool next(CoinPayment& payment);

  // The accounts that one owner must hold, with the model entities; ascending, none or more than one of them.
  std::span<const std::string_view> spent_together() const { return spent_together_; }

 private:
  struct Coin;
  struct Parsers;
  Problem read_coins(std::string_view json, bool are_inputs, std::vector<Coin>& coins);
  std::string_view account_of(std::vector<std::string_view>& addresses);
  bool is_sender(std::string_view account) const;

  UtxoModel model_;
  std::string_view address_key_;
  unsigned places_;
  bool is_rounded_;
  std::unique_ptr<Parsers> parsers_;
  std::vector<Coin> inputs_, outputs_;
  std::deque<std::string> joint_names_;
  std::vector<std::string_view> senders_;  // distinct, ascending
  std::vector<std::string_view> spent_together_;
  std::string_view payer_;  // with the model entities
  std::size_t output_ = 0, sender_ = 0;
  std::uint64_t number_ = 0;
};

// Accounts that are one, for the model entities: union-find over dense ids. 4 bytes an account; join() is O(log
// accounts) in the worst case and O(1) mostly. The outcome does not depend on the order of the joins.
class Entities {
 public:
  // Ids that were not met before are accounts of their own.
  void join(std::uint32_t a, std::uint32_t b);
  void join(std::span<const std::uint32_t> spent_together);

  // By id, for `count` ids: the id whose name is the smallest of its entity. `is_less(a, b)` compares the names of two
  // ids, which must differ. O(count).
  template <class IsLess>
  std::vector<std::uint32_t> representatives(std::size_t count, IsLess is_less);

 private:
  std::uint32_t root(std::uint32_t id);
  void grow(std::size_t count);
  std::vector<std::uint32_t> parent_;
};

template <class IsLess>
std::vector<std::uint32_t> Entities::representatives(std::size_t count, IsLess is_less) {
  grow(count);
  std::vector<std::uint32_t> smallest(count);
  for (std::uint32_t id = 0; id < count; ++id) smallest[id] = id;
  for (std::uint32_t id = 0; id < count; ++id) {
    std::uint32_t& of_root = smallest[root(id)];
    if (id != of_root && is_less(id, of_root)) of_root = id;
  }
  for (std::uint32_t id = 0; id < count; ++id)
    if (root(id) != id) smallest[id] = smallest[root(id)];
  return smallest;
}

}  // namespace ringscan
