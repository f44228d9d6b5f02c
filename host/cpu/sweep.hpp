// The plain rule for all receivers at once, in one pass from the last transaction to the first: M[w] is the most that
// wallet w receives later, a purchase is a hit if M[from] > amount. O(N) time, one word a wallet, immune to hot
// accounts.
#pragma once
#include <algorithm>
#include <vector>

#include "backend.hpp"

namespace ringscan::cpu {

// Calls hit(row) for each row, last to first, whose sender receives more than its amount strictly later from somebody
// who may pay rewards: pays(row). A whole group of equal times is tested before it is applied.
template <class Pays, class Hit>
void sweep(const BackendOptions& options, const LedgerView& ledger, Pays pays, Hit hit) {
  constexpr Row prefetch_distance = 32;
  std::vector<AmountKey> later_maximum(ledger.wallet_count());
  for (Row end = ledger.size(); end > 0;) {
    options.stop_if_asked();
    Row first = end - 1;
    while (first > 0 && ledger.time[first - 1] == ledger.time[end - 1]) --first;
    for (Row row = end; row-- > first;) {
      if (row >= prefetch_distance) {
        __builtin_prefetch(&later_maximum[to_index(ledger.from[row - prefetch_distance])]);
        __builtin_prefetch(&later_maximum[to_index(ledger.to[row - prefetch_distance])], 1);
      }
      if (later_maximum[to_index(ledger.from[row])] > ledger.amount[row]) hit(row);
    }
    for (Row row = end; row-- > first;) {
      AmountKey& most = later_maximum[to_index(ledger.to[row])];
      most = std::max(most, pays(row) ? ledger.amount[row] : AmountKey{0});
    }
    end = first;
  }
}

}  // namespace ringscan::cpu
