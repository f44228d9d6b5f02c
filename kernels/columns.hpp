// The ledger's hot columns where a pipeline can read them, and small helpers of every pipeline.
#pragma once
#include <bit>
#include <utility>

#include "backend.hpp"
#include "kernels/portability.hpp"

namespace ringscan::kernels {

inline constexpr std::uint32_t no_merchant = ~std::uint32_t{0};

// A view: trivially copyable, so functors carry it onto the device.
struct Columns {
  const Wallet* from;
  const Wallet* to;
  const std::uint32_t* time;
  const AmountKey* amount;
  const Account* wallet_account;  // by wallet
  std::uint64_t size;
};

// The columns where they are, for pipelines that run on the host.
inline Columns columns_of(const LedgerView& ledger) {
  (void)ledger.checked();
  return {ledger.from.data(),           ledger.to.data(), ledger.time.data(), ledger.amount.data(),
          ledger.wallet_account.data(), ledger.size()};
}

template <class Space, class T>
typename Space::template Buffer<T> upload(Space& space, std::span<const T> values) {
  typename Space::template Buffer<T> buffer(space, values.size());
  copy_in(space, buffer.data(), values);
  return buffer;
}

struct TakeRow {
  Columns rows;
  Row first;
  const std::uint64_t* places;
  Wallet* from;
  Wallet* to;
  std::uint32_t* time;
  AmountKey* amount;
  Row* original;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    const std::uint64_t place = places[i];
    from[i] = rows.from[place];
    to[i] = rows.to[place];
    time[i] = rows.time[place];
    amount[i] = rows.amount[place];
    original[i] = first + place;
  }
};

// Owns the columns of one ledger, or of those of its rows that a question looks at.
template <class Space>
class ResidentLedger {
 public:
  ResidentLedger(Space& space, const LedgerView& ledger)
      : from_(upload(space, ledger.from)),
        to_(upload(space, ledger.to)),
        time_(upload(space, ledger.time)),
        amount_(upload(space, ledger.amount)),
        wallet_account_(upload(space, ledger.wallet_account)),
        original_(space, 0),
        size_(ledger.size()) {}
  // `rows` of a ledger, ascending, still to be filled in; their wallets are the ledger's.
  ResidentLedger(Space& space, std::uint64_t rows, typename Space::template Buffer<Account> wallet_account)
      : from_(space, rows),
        to_(space, rows),
        time_(space, rows),
        amount_(space, rows),
        wallet_account_(std::move(wallet_account)),
        original_(space, rows),
        size_(rows),
        is_part_(true) {}
  Columns view() const {
    return {from_.data(), to_.data(), time_.data(), amount_.data(), wallet_account_.data(), size_};
  }
  // By row, its row in the whole ledger; null if this is the whole.
  const Row* original() const { return is_part_ ? original_.data() : nullptr; }

  // rows[places[i]] of a stretch of the whole ledger becomes row first_here + i; the stretch begins with row `first`.
  void take(Space& space, const Columns& rows, Row first, const typename Space::template Buffer<std::uint64_t>& places,
            Row first_here) {
    for_each_index(space, places.size(),
                   TakeRow{rows, first, places.data(), from_.data() + first_here, to_.data() + first_here,
                           time_.data() + first_here, amount_.data() + first_here, original_.data() + first_here});
  }

 private:
  template <class T>
  using Buffer = typename Space::template Buffer<T>;
  Buffer<Wallet> from_, to_;
  Buffer<std::uint32_t> time_;
  Buffer<AmountKey> amount_;
  Buffer<Account> wallet_account_;
  Buffer<Row> original_;
  std::uint64_t size_;
  bool is_part_ = false;
};

// How many low bits can differ among numbers below `end`.
inline int bits_for(std::uint64_t end) { return std::max(1, int(std::bit_width(end == 0 ? 0 : end - 1))); }

struct Iota {
  std::uint64_t* out;
  RINGSCAN_HD void operator()(std::uint64_t i) const { out[i] = i; }
};

// The indices below n that the functor of make_flag(flags) marks: functor(i) writes flags[i].
template <class Space, class MakeFlag>
typename Space::template Buffer<std::uint64_t> select_where(Space& space, std::uint64_t n, MakeFlag make_flag) {
  typename Space::template Buffer<std::uint8_t> flags(space, n);
  for_each_index(space, n, make_flag(flags.data()));
  typename Space::template Buffer<std::uint64_t> selected(space, count_set(space, flags.data(), n));
  select_indices(space, flags.data(), n, selected.data());
  return selected;
}

// keys[i] = the number of column[rows[i]]
struct WalletKeys {
  const Wallet* column;
  const Row* rows;
  std::uint32_t* keys;
  RINGSCAN_HD void operator()(std::uint64_t i) const { keys[i] = std::uint32_t(column[rows[i]]); }
};

// Rows sorted by the wallet that `column` names, then as they were. O(n) radix passes over the bits in use.
template <class Space>
typename Space::template Buffer<Row> sorted_by(Space& space, const Wallet* column, std::uint64_t wallet_count,
                                               const typename Space::template Buffer<Row>& rows) {
  const std::uint64_t n = rows.size();
  typename Space::template Buffer<std::uint32_t> keys(space, n), keys_out(space, n);
  typename Space::template Buffer<Row> sorted(space, n);
  for_each_index(space, n, WalletKeys{column, rows.data(), keys.data()});
  sort_pairs(space, keys.data(), keys_out.data(), rows.data(), sorted.data(), n, bits_for(wallet_count));
  return sorted;
}

}  // namespace ringscan::kernels
