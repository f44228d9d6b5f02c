// Which is the first place from `begin` on whose value lies in a band? For values in any order, O(log n) a question.
//
// The places, listed by ascending value, make one sequence; a band is a stretch of it, and the answer the smallest
// place in that stretch that is at least `begin`: "range next value", which a wavelet matrix answers by one descent and
// one step back (F. Claude, G. Navarro, A. Ordóñez, "The wavelet matrix", Information Systems 2015). 8 bytes a value,
// and a quarter of a byte for each of its log2(n) levels.
#pragma once
#include <utility>

#include "kernels/columns.hpp"
#include "rules/predicates.hpp"

namespace ringscan::kernels {

struct BandIndexView {
  const AmountKey* sorted_values;
  const std::uint64_t* bits;   // by level, then 64 places a word
  const std::uint64_t* ranks;  // ones of the level before each word
  std::uint64_t size, words;   // words of a level
  int levels;

  // `size` if there is none.
  RINGSCAN_HD std::uint64_t first_from(std::uint64_t begin, const rules::Band& band) const {
    const std::uint64_t low = partition_point(0, size, [&](std::uint64_t i) { return sorted_values[i] < band.low; });
    const std::uint64_t high =
        partition_point(low, size, [&](std::uint64_t i) { return sorted_values[i] <= band.high; });
    return next_place(low, high, begin);
  }

 private:
  RINGSCAN_HD std::uint64_t ones_before(int level, std::uint64_t i) const {
    const std::uint64_t word = std::uint64_t(level) * words + i / 64;
    return ranks[word] + popcount(bits[word] & ((std::uint64_t{1} << i % 64) - 1));
  }

  // The smallest place that is at least `least` in the stretch [low, high). Level 0 holds the highest bit.
  RINGSCAN_HD std::uint64_t next_place(std::uint64_t low, std::uint64_t high, std::uint64_t least) const {
    if (low >= high || least >= size) return size;
    std::uint64_t turn_low = 0, turn_high = 0, turn_prefix = 0;  // the last branch that only holds larger places
    int turn_level = -1;
    std::uint64_t prefix = 0;
    int level = 0;
    bool follows_least = true;
    while (level < levels) {
      const std::uint64_t ones_low = ones_before(level, low), ones_high = ones_before(level, high);
      const std::uint64_t zeros = size - ones_before(level, size);
      const std::uint64_t bit = std::uint64_t{1} << (levels - 1 - level);
      const bool has_zero = high - low > ones_high - ones_low, has_one = ones_high > ones_low;
      bool to_one;
      if (follows_least) {
        to_one = (least & bit) != 0;
        if (!to_one && has_one)
          turn_low = zeros + ones_low, turn_high = zeros + ones_high, turn_prefix = prefix | bit,
          turn_level = level + 1;
        if (to_one ? !has_one : !has_zero) {  // nothing here: back to the last turn, and from there the smallest
          if (turn_level < 0) return size;
          low = turn_low, high = turn_high, prefix = turn_prefix, level = turn_level;
          follows_least = false;
          continue;
        }
      } else {
        to_one = !has_zero;
      }
      if (to_one)
        low = zeros + ones_low, high = zeros + ones_high, prefix |= bit;
      else
        low -= ones_low, high -= ones_high;
      ++level;
    }
    return prefix;
  }
};

namespace band_index {

// Word `i` of a level: the places' bits, and how many are set.
struct PackBits {
  const std::uint64_t* places;
  std::uint64_t size;
  int bit;
  std::uint64_t* bits;
  std::uint64_t* counts;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    std::uint64_t word = 0;
    for (std::uint64_t j = 0; j < 64 && 64 * i + j < size; ++j) word |= (places[64 * i + j] >> bit & 1) << j;
    bits[i] = word;
    counts[i] = popcount(word);
  }
};

// Zeros first, then ones, each in the order in which they stood.
struct PartitionByBit {
  const std::uint64_t* in;
  const std::uint64_t* bits;
  const std::uint64_t* ranks;
  std::uint64_t size;
  std::uint64_t* out;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    const auto ones_before = [&](std::uint64_t j) {
      return ranks[j / 64] + popcount(bits[j / 64] & ((std::uint64_t{1} << j % 64) - 1));
    };
    const bool one = (bits[i / 64] >> i % 64 & 1) != 0;
    const std::uint64_t zeros = size - ones_before(size);
    out[one ? zeros + ones_before(i) : i - ones_before(i)] = in[i];
  }
};

}  // namespace band_index

template <class Space>
class BandIndex {
  template <class T>
  using Buffer = typename Space::template Buffer<T>;

 public:
  BandIndex(Space& space, const AmountKey* values, std::uint64_t size)
      : size_(size),
        words_(size / 64 + 1),
        levels_(bits_for(size)),
        sorted_values_(space, size),
        bits_(space, words_ * std::uint64_t(levels_)),
        ranks_(space, words_ * std::uint64_t(levels_)) {
    Buffer<std::uint64_t> places(space, size), next(space, size), counts(space, words_);
    for_each_index(space, size, Iota{next.data()});
    sort_pairs(space, values, sorted_values_.data(), next.data(), places.data(), size, 64);
    for (int level = 0; level < levels_; ++level) {
      std::uint64_t* bits = bits_.data() + words_ * std::uint64_t(level);
      std::uint64_t* ranks = ranks_.data() + words_ * std::uint64_t(level);
      for_each_index(space, words_,
                     band_index::PackBits{places.data(), size, levels_ - 1 - level, bits, counts.data()});
      exclusive_sum(space, counts.data(), ranks, words_);
      for_each_index(space, size, band_index::PartitionByBit{places.data(), bits, ranks, size, next.data()});
      std::swap(places, next);
    }
  }
  BandIndexView view() const { return {sorted_values_.data(), bits_.data(), ranks_.data(), size_, words_, levels_}; }

 private:
  std::uint64_t size_, words_;
  int levels_;
  Buffer<AmountKey> sorted_values_;
  Buffer<std::uint64_t> bits_, ranks_;
};

}  // namespace ringscan::kernels
