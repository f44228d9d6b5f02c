// The 64-bit keys by which every hot loop compares amounts: within one ledger, a < b exactly if key(a) < key(b), for
// all amounts up to 2^256 - 1, with nothing left undecided.
//
// The order code decides all but amounts that share an odd code. Those of one ledger are known once it has been read,
// and the code space has room above its largest code: so each further amount of an odd code moves every larger code up
// by one. A key is its amount's code plus the number of such further amounts below it. Where no odd code stands for two
// amounts of the ledger, keys and codes are the same.
//
// The distinct odd-coded ("wide") amounts stay as a side table, 40 bytes each however often they occur, which gives
// each key its exact amount back.
#pragma once
#include <span>
#include <vector>

#include "ledger/amount.hpp"
#include "ledger/column.hpp"
#include "ledger/guard.hpp"

namespace ringscan {

using AmountKey = std::uint64_t;

// A view of the side table: both spans ascending, of one length.
struct AmountKeysView {
  std::span<const AmountKey> wide_keys;
  std::span<const Amount> wide_amounts;
  const Guard* guard = nullptr;  // of a table in a file

  // The amount of a key that stands in the ledger. O(log wide amounts).
  Amount amount(AmountKey key) const;
  // The largest key whose amount, were it in the ledger, is at most `bound`: amount(k) <= bound exactly if k <= this,
  // for every key k of the ledger.
  AmountKey last_key_at_most(const Amount& bound) const;
  // True if a key differs from its amount's order code.
  bool shifted() const;
};

class AmountKeys {
 public:
  AmountKeys() = default;
  // `wide`: the ledger's odd-coded amounts, in any order, with repetitions.
  explicit AmountKeys(std::vector<Amount> wide);
  // The two spans of a view, and who vouches for them.
  AmountKeys(Column<AmountKey> keys, Column<Amount> amounts, const Guard* guard = nullptr)
      : keys_(std::move(keys)), amounts_(std::move(amounts)), guard_(guard) {}

  AmountKeysView view() const { return {keys_, amounts_, guard_}; }
  // The key of an amount given to the constructor, or of any amount with an even code.
  AmountKey key(const Amount& amount) const;

 private:
  Column<AmountKey> keys_;
  Column<Amount> amounts_;
  const Guard* guard_ = nullptr;
};

}  // namespace ringscan
