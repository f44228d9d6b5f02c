#include "ledger/amount_keys.hpp"

#include <algorithm>

namespace ringscan {
namespace {

template <class T>
const T& checked(const AmountKeysView& keys, const T& value) {
  if (keys.guard != nullptr) keys.guard->need(&value, sizeof(T));
  return value;
}

// How many of the ascending values come before the first for which `is_beyond` holds.
template <class T, class IsBeyond>
std::size_t count_before(const AmountKeysView& keys, std::span<const T> values, IsBeyond is_beyond) {
  const auto first = std::partition_point(values.begin(), values.end(),
                                          [&](const T& value) { return !is_beyond(checked(keys, value)); });
  return std::size_t(first - values.begin());
}

// How far keys above the first `count` wide amounts are moved up.
std::uint64_t shift_after(const AmountKeysView& keys, std::size_t count) {
  if (count == 0) return 0;
  return checked(keys, keys.wide_keys[count - 1]) - order_code(checked(keys, keys.wide_amounts[count - 1]));
}

std::size_t count_at_most(const AmountKeysView& keys, const Amount& bound) {
  return count_before(keys, keys.wide_amounts, [&](const Amount& amount) { return amount > bound; });
}

}  // namespace

Amount AmountKeysView::amount(AmountKey key) const {
  const std::size_t below = count_before(*this, wide_keys, [&](AmountKey wide) { return wide >= key; });
  if (below < wide_keys.size() && wide_keys[below] == key) return checked(*this, wide_amounts[below]);
  return amount_of_even_code(key - shift_after(*this, below));
}

AmountKey AmountKeysView::last_key_at_most(const Amount& bound) const {
  const OrderCode code = order_code(bound);
  const std::size_t count = count_at_most(*this, bound);
  const std::uint64_t shift = shift_after(*this, count);
  // An even code is one amount. An odd one is a range of amounts: those of the ledger up to `bound` are the last of
  // `count`; where there is none, the answer is what lies just below the range.
  const bool reaches_code = stands_for_one_amount(code) || (count > 0 && order_code(wide_amounts[count - 1]) == code);
  return code + shift - (reaches_code ? 0 : 1);
}

bool AmountKeysView::shifted() const { return shift_after(*this, wide_keys.size()) != 0; }

AmountKeys::AmountKeys(std::vector<Amount> wide) {
  if (!std::ranges::is_sorted(wide)) std::ranges::sort(wide);
  wide.erase(std::unique(wide.begin(), wide.end()), wide.end());
  wide.shrink_to_fit();
  amounts_ = std::move(wide);
  keys_.reserve(amounts_.size());
  std::uint64_t shift = 0;
  OrderCode last = 0;  // even, so no wide amount's
  for (const Amount& amount : amounts_.span()) {
    const OrderCode code = order_code(amount);
    shift += code == last;
    last = code;
    keys_.push_back(code + shift);
  }
}

AmountKey AmountKeys::key(const Amount& amount) const {
  const std::size_t count = count_at_most(view(), amount);
  return order_code(amount) + shift_after(view(), count);
}

}  // namespace ringscan
