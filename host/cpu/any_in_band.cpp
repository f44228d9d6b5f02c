#include "cpu/any_in_band.hpp"

namespace ringscan::cpu {
namespace {

struct InBand {
  const AmountKey* keys;
  std::uint64_t low, width;
  [[gnu::always_inline]] bool operator()(std::size_t i) const { return keys[i] - low <= width; }
};
struct InBandOf {
  InBand in_band;
  const std::uint64_t* pairs;
  std::uint64_t wanted;
  [[gnu::always_inline]] bool operator()(std::size_t i) const { return in_band(i) & (pairs[i] == wanted); }
};

template <std::size_t size, class Fits>
[[gnu::always_inline]] inline bool fits_any(std::size_t begin, Fits fits) {
  std::uint64_t any = 0;
  for (std::size_t i = 0; i < size; ++i) any |= std::uint64_t{fits(begin + i)};
  return any != 0;
}
template <class Fits>
[[gnu::always_inline]] inline std::size_t search(std::size_t count, Fits fits) {
  constexpr std::size_t long_piece = 32, short_piece = 8;
  std::size_t i = 0;
  for (; i + long_piece <= count; i += long_piece)
    if (fits_any<long_piece>(i, fits)) return i;
  for (; i + short_piece <= count; i += short_piece)
    if (fits_any<short_piece>(i, fits)) return i;
  for (; i < count; ++i)
    if (fits(i)) return i;
  return count;
}

#ifdef __x86_64__
template <class Fits>
__attribute__((target("avx512f"))) std::size_t search_avx512(std::size_t count, Fits fits) {
  return search(count, fits);
}
template <class Fits>
__attribute__((target("avx2"))) std::size_t search_avx2(std::size_t count, Fits fits) {
  return search(count, fits);
}
#endif
template <class Fits>
std::size_t search_plain(std::size_t count, Fits fits) {
  return search(count, fits);
}

template <class Fits>
const auto widest_search = [] {
#ifdef __x86_64__
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return search_avx512<Fits>;
  if (__builtin_cpu_supports("avx2")) return search_avx2<Fits>;
#endif
  return search_plain<Fits>;
}();

}  // namespace

std::size_t any_in_band(const AmountKey* keys, std::size_t count, rules::Band band) {
  return widest_search<InBand>(count, InBand{keys, band.low, band.high - band.low});
}
std::size_t any_in_band_of(const AmountKey* keys, const std::uint64_t* pairs, std::uint64_t wanted, std::size_t count,
                           rules::Band band) {
  return widest_search<InBandOf>(count, InBandOf{{keys, band.low, band.high - band.low}, pairs, wanted});
}

}  // namespace ringscan::cpu
