// Random integers that are the same on every machine and with every compiler: xoshiro256** (Blackman, Vigna 2018),
// seeded through the finaliser of splitmix64. The distributions of <random> are not used: what they draw is up to the
// library.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ringscan {

// The finaliser of splitmix64: a bijection of 64-bit values, so distinct inputs stay distinct.
constexpr std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) word = seed = mix(seed);
  }

  constexpr std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Uniform in [0, count), count > 0; without bias.
  constexpr std::uint64_t below(std::uint64_t count) {
    if (count == 1) return 0;
    const int unused_bits = std::countl_zero(count - 1);
    for (;;)
      if (const std::uint64_t value = next() >> unused_bits; value < count) return value;
  }
  // Uniform in [first, last].
  constexpr std::uint64_t between(std::uint64_t first, std::uint64_t last) { return first + below(last - first + 1); }
  constexpr bool chance_percent(std::uint64_t percent) { return below(100) < percent; }
  // In [0, count), i with a probability that falls as 1 / (i + 1): an octave, then a place in it.
  constexpr std::uint64_t zipf_below(std::uint64_t count) {
    const auto octaves = static_cast<std::uint64_t>(std::bit_width(count));
    for (;;) {
      const std::uint64_t octave = std::uint64_t{1} << below(octaves);
      if (const std::uint64_t value = octave - 1 + below(octave); value < count) return value;
    }
  }
  // In [0, count), count below 2^32, small numbers more often: count * u^power for a uniform u below 1, so that the
  // density falls as i^(1/power - 1). Degrees drawn so have a tail of exponent 1 + power / (power - 1).
  constexpr std::uint64_t skewed_below(std::uint64_t count, int power) {
    const std::uint64_t uniform = next() >> 32;
    std::uint64_t product = uniform;
    for (int i = 1; i < power; ++i) product = product * uniform >> 32;
    return product * count >> 32;
  }
  // How many coins in a row fall on heads, at most `most`.
  constexpr std::uint64_t heads(int most) {
    return static_cast<std::uint64_t>(std::countr_zero(next() | std::uint64_t{1} << most));
  }

  template <class Value>
  void shuffle(std::vector<Value>& values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace ringscan
