#include "discover/calibration.hpp"

#include <tbb/parallel_sort.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "discover/trade_graph.hpp"

namespace ringscan {
namespace discover {
namespace {

constexpr std::uint64_t reports_allowed = 1, in_ledgers = 20;

}  // namespace

Permutation::Permutation(const LedgerView& given, std::uint64_t period, const std::vector<bool>& is_left_out)
    : ledger_(given.checked()) {
  const bool keys_are_codes = !ledger_.amounts.shifted();
  for (Row row = 0; row < ledger_.size(); ++row) {
    if (is_left_out[row]) continue;
    const double amount = nearest_double(ledger_.amounts, keys_are_codes, ledger_.amount[row]);
    const int magnitude = amount > 0 ? 1 + std::ilogb(amount) : 0;
    places_.push_back({ledger_.from[row], std::uint32_t(ledger_.time[row] / std::max<std::uint64_t>(1, period)),
                       std::uint32_t(magnitude), std::uint32_t(row)});
  }
  tbb::parallel_sort(places_.begin(), places_.end());
}

std::vector<Wallet> Permutation::receivers(std::uint64_t replicate) const {
  // Sorting the members of a group by random keys draws one of its orders; the engine's words are the standard's.
  std::mt19937_64 random(replicate);
  std::vector<std::pair<std::uint64_t, std::uint32_t>> drawn(places_.size());  // key, row
  std::vector<Wallet> receivers(ledger_.from.begin(), ledger_.from.end());
  for (std::size_t begin = 0, end = 0; begin < places_.size(); begin = end) {
    const auto is_same = [&](const Place& a, const Place& b) {
      return std::tuple(a.payer, a.period, a.magnitude) == std::tuple(b.payer, b.period, b.magnitude);
    };
    for (end = begin; end < places_.size() && is_same(places_[begin], places_[end]); ++end)
      drawn[end] = {random(), places_[end].row};
    std::sort(drawn.begin() + std::ptrdiff_t(begin), drawn.begin() + std::ptrdiff_t(end));
    for (std::size_t i = begin; i < end; ++i) receivers[places_[i].row] = ledger_.to[drawn[i].second];
  }
  return receivers;
}

}  // namespace discover

std::uint64_t Calibration::reports(double score) const {
  std::uint64_t count = 0;
  for (const std::vector<double>& own : scores)
    count += std::uint64_t(std::ranges::count_if(own, [&](double other) { return other >= score; }));
  return count;
}

double Calibration::cut() const {
  std::vector<double> all;
  for (const std::vector<double>& own : scores) all.insert(all.end(), own.begin(), own.end());
  std::ranges::sort(all, std::greater());
  const std::size_t allowed = discover::reports_allowed * scores.size() / discover::in_ledgers;
  return all.size() <= allowed ? 0 : (std::floor(1000 * all[allowed]) + 1) / 1000;
}

double Calibration::exceedance(double score) const {
  const auto reached = std::ranges::count_if(
      scores, [&](const std::vector<double>& own) { return !own.empty() && own.front() >= score; });
  return scores.empty() ? 0 : double(reached) / double(scores.size());
}

}  // namespace ringscan
