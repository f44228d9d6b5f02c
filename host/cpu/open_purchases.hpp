// Purchases that a sweep leaves open, and the wallets on both sides of them: a bit a row and two a wallet, of which
// those that are set are touched. Threads may add at once.
#pragma once
#include <atomic>

#include "io/pages.hpp"
#include "ledger/ledger.hpp"

namespace ringscan::cpu {

class OpenPurchases {
 public:
  explicit OpenPurchases(const LedgerView& ledger) {
    rows_.resize(ledger.size() / 64 + 1);
    customers_.resize(ledger.wallet_count() / 64 + 1);
    merchants_.resize(ledger.wallet_count() / 64 + 1);
  }
  void add(Row row, Wallet customer, Wallet merchant) {
    set(rows_, row);
    set(customers_, to_index(customer));
    set(merchants_, to_index(merchant));
    if (is_empty_.load(std::memory_order_relaxed)) is_empty_ = false;
  }
  bool is_empty() const { return is_empty_; }
  bool holds(Row row) const { return has(rows_, row); }
  bool are_of(Wallet customer) const { return has(customers_, to_index(customer)); }
  bool are_at(Wallet merchant) const { return has(merchants_, to_index(merchant)); }

 private:
  static void set(PagedArray<std::uint64_t>& bits, std::size_t i) {
    std::atomic_ref(bits[i / 64]).fetch_or(std::uint64_t{1} << i % 64, std::memory_order_relaxed);
  }

  static bool has(const PagedArray<std::uint64_t>& bits, std::size_t i) { return bits[i / 64] >> i % 64 & 1; }

  PagedArray<std::uint64_t> rows_, customers_, merchants_;
  std::atomic<bool> is_empty_ = true;
};

}  // namespace ringscan::cpu
