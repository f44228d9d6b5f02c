#include "detect/check_burst.hpp"

#include <algorithm>
#include <cmath>

#include "ledger/amount.hpp"

namespace ringscan {

bool is_burst(const std::vector<std::int64_t>& times, const std::optional<Interval>& claimed) {
  constexpr long double tolerance = 1e-12L;
  constexpr std::int64_t hour = 3600, day = 24 * hour;
  if (times.empty()) return !claimed;
  const std::int64_t span = times.back() - times.front() + 1;
  long double greatest = 0, score_of_claimed = 0;
  for (const std::int64_t length : {hour, 6 * hour, day, 3 * day, 7 * day, 14 * day, 30 * day}) {
    std::ptrdiff_t most = 0;
    std::int64_t first = 0;
    for (auto begin = times.begin(); begin != times.end(); ++begin) {
      const std::ptrdiff_t purchases = std::upper_bound(begin, times.end(), *begin + length) - begin;
      if (purchases > most) most = purchases, first = *begin;
    }
    const std::int64_t shorter = std::min(length, span);
    if (most < 10 || multiply(Amount{std::uint64_t(most)}, Amount{std::uint64_t(span)}) <
                         multiply(Amount{2 * times.size()}, Amount{std::uint64_t(shorter)}))
      continue;
    const auto k = static_cast<long double>(most);
    const long double expected = static_cast<long double>(times.size()) * shorter / span;
    const long double score = k * std::log(k / expected);
    greatest = std::max(greatest, score);
    if (claimed == Interval{first - 1, first + length + 1}) score_of_claimed = score;
  }
  return claimed ? score_of_claimed > 0 && score_of_claimed >= greatest * (1 - tolerance) : greatest == 0;
}

}  // namespace ringscan
