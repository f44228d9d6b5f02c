#include "discover/tails.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace ringscan::discover {
namespace {

// ln n!: the product, or Stirling's series, whose next term is below 1e-13 from 16 on. (std::lgamma writes a global.)
double log_factorial(std::uint64_t n) {
  if (n < 16) {
    double product = 1;
    for (std::uint64_t i = 2; i <= n; ++i) product *= double(i);
    return std::log(product);
  }
  const double x = double(n), y = 1 / (x * x);
  return (x + 0.5) * std::log(x) - x + 0.5 * std::log(2 * std::numbers::pi) +
         (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y / 1680))) / x;
}

// -log10 of first * (1 + r(1) + r(1) r(2) + ...), where `ratio` gives the terms' ratios until they no longer count.
template <class Ratio>
double tail_from(double log_first, Ratio ratio) {
  double term = 1, sum = 1;
  for (std::uint64_t i = 0; term > sum * 1e-17; ++i) {
    const double r = ratio(i);
    if (r <= 0) break;
    sum += term *= r;
  }
  return -(log_first + std::log(sum)) / std::numbers::ln10;
}

// -log10 of 1 - 10^-x.
double of_complement(double x) { return -std::log1p(-std::pow(10, -x)) / std::numbers::ln10; }

}  // namespace

double poisson_tail(std::uint64_t count, double mean) {
  if (count == 0) return 0;
  if (mean <= 0) return std::numeric_limits<double>::infinity();
  const auto log_term = [&](std::uint64_t n) { return double(n) * std::log(mean) - mean - log_factorial(n); };
  // From the far end, where terms fall: up from `count` above the mean, else down from count - 1.
  if (double(count) >= mean)
    return tail_from(log_term(count), [&](std::uint64_t i) { return mean / double(count + 1 + i); });
  return of_complement(tail_from(log_term(count - 1),
                                 [&](std::uint64_t i) { return i + 1 >= count ? 0 : double(count - 1 - i) / mean; }));
}

double binomial_tail(std::uint64_t count, std::uint64_t trials, double chance) {
  if (count == 0) return 0;
  const double odds = chance / (1 - chance);
  const auto log_term = [&](std::uint64_t n) {
    return log_factorial(trials) - log_factorial(n) - log_factorial(trials - n) + double(n) * std::log(chance) +
           double(trials - n) * std::log1p(-chance);
  };
  if (double(count) >= chance * double(trials))
    return tail_from(log_term(count), [&](std::uint64_t i) {
      return count + i >= trials ? 0 : double(trials - count - i) / double(count + 1 + i) * odds;
    });
  return of_complement(tail_from(log_term(count - 1), [&](std::uint64_t i) {
    return i + 1 >= count ? 0 : double(count - 1 - i) / (double(trials - count + 2 + i) * odds);
  }));
}

}  // namespace ringscan::discover
