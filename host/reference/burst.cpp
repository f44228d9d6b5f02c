#include "reference/burst.hpp"

#include <algorithm>

#include "ledger/amount.hpp"

namespace ringscan {
namespace {

// A natural number, 32 bits a limb, least significant first.
class BigNumber {
 public:
  void multiply(std::uint64_t factor) {
    // factor = high * 2^32 + low
    const std::vector<std::uint32_t> before = limbs_;
    multiply_small(std::uint32_t(factor));
    std::vector<std::uint32_t> low = std::move(limbs_);
    limbs_ = before;
    multiply_small(std::uint32_t(factor >> 32));
    limbs_.insert(limbs_.begin(), 0);
    add(low);
  }
  friend bool operator<(const BigNumber& a, const BigNumber& b) {
    if (a.limbs_.size() != b.limbs_.size()) return a.limbs_.size() < b.limbs_.size();
    return std::lexicographical_compare(a.limbs_.rbegin(), a.limbs_.rend(), b.limbs_.rbegin(), b.limbs_.rend());
  }

 private:
  void multiply_small(std::uint32_t factor) {
    std::uint64_t carry = 0;
    for (std::uint32_t& limb : limbs_) {
      carry += std::uint64_t{limb} * factor;
      limb = std::uint32_t(carry);
      carry >>= 32;
    }
    limbs_.push_back(std::uint32_t(carry));
    trim();
  }
  void add(const std::vector<std::uint32_t>& other) {
    limbs_.resize(std::max(limbs_.size(), other.size()));
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < limbs_.size(); ++i) {
      carry += std::uint64_t{limbs_[i]} + (i < other.size() ? other[i] : 0);
      limbs_[i] = std::uint32_t(carry);
      carry >>= 32;
    }
    limbs_.push_back(std::uint32_t(carry));
    trim();
  }
  void trim() {
    while (!limbs_.empty() && limbs_.back() == 0) limbs_.pop_back();
  }

  std::vector<std::uint32_t> limbs_ = {1};
};

// k / E = k S / (n min(D, S)) for S = t_n - t_1 + 1.
struct Window {
  std::int64_t first;
  std::uint64_t length, purchases;
};

class Definition {
 public:
  explicit Definition(const std::vector<std::int64_t>& times)
      : times_(times), span_(std::uint64_t(times.back() - times.front()) + 1) {}

  // The earliest of the windows [t_i, t_i + length] with most purchases.
  Window fullest(std::uint64_t length) const {
    Window best{times_.front(), length, 0};
    for (const std::int64_t first : times_) {
      std::uint64_t purchases = 0;
      for (const std::int64_t time : times_) purchases += first <= time && time <= first + std::int64_t(length);
      if (purchases > best.purchases) best = {first, length, purchases};
    }
    return best;
  }

  bool counts(const Window& window) const {
    return window.purchases >= 10 && ringscan::multiply(Amount{window.purchases}, Amount{span_}) >=
                                         ringscan::multiply(Amount{2 * times_.size()}, Amount{shorter(window)});
  }

  // k ln(k / E) is greater: (k / E)^k is, with all divisors on the other side.
  bool rises_faster(const Window& one, const Window& other) const {
    BigNumber left, right;
    for (std::uint64_t i = 0; i < one.purchases; ++i) {
      left.multiply(one.purchases);
      left.multiply(span_);
      right.multiply(times_.size());
      right.multiply(shorter(one));
    }
    for (std::uint64_t i = 0; i < other.purchases; ++i) {
      right.multiply(other.purchases);
      right.multiply(span_);
      left.multiply(times_.size());
      left.multiply(shorter(other));
    }
    return right < left;
  }

 private:
  std::uint64_t shorter(const Window& window) const { return std::min(window.length, span_); }

  const std::vector<std::int64_t>& times_;
  std::uint64_t span_;
};

}  // namespace

std::optional<Interval> burst_by_definition(const std::vector<std::int64_t>& times) {
  if (times.empty()) return std::nullopt;
  constexpr std::uint64_t hour = 3600, day = 24 * hour;
  const Definition definition(times);
  std::optional<Window> best;
  for (const std::uint64_t length : {hour, 6 * hour, day, 3 * day, 7 * day, 14 * day, 30 * day}) {
    const Window window = definition.fullest(length);
    if (definition.counts(window) && (!best || definition.rises_faster(window, *best))) best = window;
  }
  if (!best) return std::nullopt;
  return Interval{best->first - 1, best->first + std::int64_t(best->length) + 1};
}

}  // namespace ringscan
