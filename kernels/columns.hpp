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

// Owns the columns of one ledger.
template <class Space>
class ResidentLedger {
 public:
  ResidentLedger(Space& space, const LedgerView& ledger)
      : from_(upload(space, ledger.from)),
        to_(upload(space, ledger.to)),
        time_(upload(space, ledger.time)),
        amount_(upload(space, ledger.amount)),
        wallet_account_(upload(space, ledger.wallet_account)),
        size_(ledger.size()) {}
  Columns view() const {
    return {from_.data(), to_.data(), time_.data(), amount_.data(), wallet_account_.data(), size_};
  }

 private:
  template <class T>
  using Buffer = typename Space::template Buffer<T>;
  Buffer<Wallet> from_, to_;
  Buffer<std::uint32_t> time_;
  Buffer<AmountKey> amount_;
  Buffer<Account> wallet_account_;
  std::uint64_t size_;
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
