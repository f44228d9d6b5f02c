// Upper tails of counts as -log10, so that none underflows. Exact sums of the distributions' terms; relative error of a
// logarithm below 1e-9 (tests compare with exact fractions). Own code: Boost.Math would be a dependency for two sums.
#pragma once
#include <cstdint>

namespace ringscan::discover {

// -log10 P(X >= count) for X ~ Poisson(mean). 0 for count 0; infinity for a mean of 0 and count > 0.
double poisson_tail(std::uint64_t count, double mean);
// -log10 P(X >= count) for X ~ Binomial(trials, chance), 0 < chance < 1, count <= trials.
double binomial_tail(std::uint64_t count, std::uint64_t trials, double chance);

}  // namespace ringscan::discover
