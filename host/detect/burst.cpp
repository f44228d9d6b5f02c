#include "detect/burst.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace ringscan {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t hour = 3600, day = 24 * hour;
constexpr std::array<std::uint64_t, 7> lengths = {hour, 6 * hour, day, 3 * day, 7 * day, 14 * day, 30 * day};
constexpr std::uint64_t least_purchases = 10;
constexpr unsigned fraction_bits = 120;
constexpr std::uint64_t errors_of_a_score = 8;  // four logarithms, each wrong by less than 2^-119: in units of 2^-120

// log2(x) in units of 2^-120, short of it by less than two; x > 0. The mantissa is squared, and each doubling of it is
// a bit; what rounding it to 256 bits loses counts half as much with each further bit.
Wide log2(std::uint64_t x) {
  const unsigned whole = unsigned(std::bit_width(x)) - 1;
  Amount mantissa;  // 2^255 is 1
  mantissa.limbs[3] = x << (63 - whole);
  Wide result = whole;
  for (unsigned bit = 0; bit < fraction_bits; ++bit) {
    const Product square = multiply(mantissa, mantissa);
    const bool is_two = square.limbs[7] >> 63 != 0;
    for (std::size_t i = 0; i < 4; ++i)
      mantissa.limbs[i] = is_two ? square.limbs[i + 4] : square.limbs[i + 4] << 1 | square.limbs[i + 3] >> 63;
    result = 2 * result + is_two;
  }
  return result;
}

// The window of one length with most purchases.
struct Window {
  std::uint64_t length = 0, first = 0, purchases = 0;
};

Window fullest(std::span<const std::uint32_t> times, std::uint64_t length) {
  Window best{length, 0, 0};
  std::size_t end = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    while (end < times.size() && times[end] <= times[i] + length) ++end;
    if (end - i > best.purchases) best.first = times[i], best.purchases = end - i;
  }
  return best;
}

// k log2(k / E) as k, and log2(k / E) in units of 2^-120.
struct Score {
  std::uint64_t purchases = 0;
  Wide logarithm = 0;

  // Above the other one beyond all errors.
  bool is_above(const Score& other) const {
    const std::uint64_t errors = errors_of_a_score * (purchases + other.purchases);
    return times_purchases(0) > other.times_purchases(errors);
  }

 private:
  Amount times_purchases(std::uint64_t more) const {
    Amount product;
    product.limbs[0] = std::uint64_t(logarithm);
    product.limbs[1] = std::uint64_t(logarithm >> 64);
    multiply_add(product, purchases, more);  // far below 2^256
    return product;
  }
};

}  // namespace

std::optional<Interval> find_burst(std::span<const std::uint32_t> times, std::int64_t first_time) {
  if (times.size() < least_purchases) return std::nullopt;
  const std::uint64_t n = times.size(), span = std::uint64_t{times.back()} - times.front() + 1;
  std::optional<Window> best;
  Score best_score;
  for (const std::uint64_t length : lengths) {
    const Window window = fullest(times, length);
    // k >= 2 E; where the window is as long as all purchases take, E = n
    if (length >= span || window.purchases < least_purchases || Wide{window.purchases} * span < Wide{2 * n} * length)
      continue;
    const Score score{window.purchases, log2(window.purchases) + log2(span) - log2(n) - log2(length)};
    if (best && !score.is_above(best_score)) continue;
    best = window;
    best_score = score;
  }
  if (!best) return std::nullopt;
  const std::int64_t first = first_time + std::int64_t(best->first);
  return Interval{first - 1, first + std::int64_t(best->length) + 1};
}

namespace {

// The times of each merchant's purchases, ascending; nothing if the indexes are not there or too long.
std::optional<std::vector<std::vector<std::uint32_t>>> times_by_index(const LedgerView& ledger,
                                                                      std::span<const Account> merchants) {
  if (!ledger.receipts_of.is_present() || !ledger.wallets_of.is_present()) return std::nullopt;
  constexpr std::uint64_t cost_of_an_entry = 4;  // in rows looked at one after another
  std::vector<std::vector<Wallet>> wallets(merchants.size());
  std::uint64_t entries = 0;
  for (std::size_t m = 0; m < merchants.size(); ++m) {
    ledger.wallets_of.read(merchants[m], wallets[m]);
    for (const Wallet wallet : wallets[m]) entries += ledger.receipts_of.count(wallet);
  }
  if (cost_of_an_entry * entries > ledger.size()) return std::nullopt;
  std::vector<std::vector<std::uint32_t>> times(merchants.size());
  std::vector<Entry> purchases;
  for (std::size_t m = 0; m < merchants.size(); ++m) {
    purchases.clear();
    for (const Wallet wallet : wallets[m]) ledger.receipts_of.read(wallet, purchases);
    for (const Entry& purchase : purchases) times[m].push_back(purchase.time);
    if (wallets[m].size() > 1) std::ranges::sort(times[m]);
  }
  return times;
}

std::vector<std::vector<std::uint32_t>> times_by_rows(const LedgerView& seen, std::span<const Account> merchants) {
  const LedgerView ledger = seen.checked();
  std::vector<std::uint32_t> of_account(ledger.account_count);  // a place in `times`, which begins with nobody's
  for (std::size_t m = 0; m < merchants.size(); ++m) of_account[to_index(merchants[m])] = std::uint32_t(m + 1);
  std::vector<std::uint32_t> of_wallet(ledger.wallet_count());
  for (std::size_t w = 0; w < of_wallet.size(); ++w) of_wallet[w] = of_account[to_index(ledger.wallet_account[w])];
  std::vector<std::vector<std::uint32_t>> times(merchants.size() + 1);
  for (Row row = 0; row < ledger.size(); ++row)
    if (const std::uint32_t m = of_wallet[to_index(ledger.to[row])]; m != 0) times[m].push_back(ledger.time[row]);
  times.erase(times.begin());
  return times;
}

}  // namespace

std::vector<std::optional<Interval>> find_bursts(const LedgerView& ledger, std::span<const Account> merchants) {
  if (merchants.empty()) return {};
  std::optional<std::vector<std::vector<std::uint32_t>>> times = times_by_index(ledger, merchants);
  if (!times) times = times_by_rows(ledger, merchants);
  std::vector<std::optional<Interval>> bursts;
  for (const std::vector<std::uint32_t>& of_merchant : *times)
    bursts.push_back(find_burst(of_merchant, ledger.first_time));
  return bursts;
}

}  // namespace ringscan
