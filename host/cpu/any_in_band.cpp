#include "cpu/any_in_band.hpp"

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include <algorithm>

namespace ringscan::cpu {
namespace {

struct InBand {
  const AmountKey* keys;
  std::uint64_t low, width;
  [[gnu::always_inline]] bool operator()(std::size_t i) const { return keys[i] - low <= width; }
#ifdef __x86_64__
  struct Wide;
#endif
};
struct InBandOf {
  InBand in_band;
  const std::uint64_t* pairs;
  std::uint64_t wanted;
  [[gnu::always_inline]] bool operator()(std::size_t i) const { return in_band(i) & (pairs[i] == wanted); }
#ifdef __x86_64__
  struct Wide;
#endif
};
#ifdef __x86_64__
struct InBand::Wide {
  const AmountKey* keys;
  __m512i low, width;
  __attribute__((target("avx512f"), always_inline)) explicit Wide(const InBand& of)
      : keys(of.keys), low(_mm512_set1_epi64((long long)of.low)), width(_mm512_set1_epi64((long long)of.width)) {}
  __attribute__((target("avx512f"), always_inline)) __mmask8 fits(std::size_t i, __mmask8 these) const {
    const __m512i above = _mm512_sub_epi64(_mm512_maskz_loadu_epi64(these, keys + i), low);
    return _mm512_mask_cmple_epu64_mask(these, above, width);
  }
};
struct InBandOf::Wide {
  InBand::Wide in_band;
  const std::uint64_t* pairs;
  __m512i wanted;
  __attribute__((target("avx512f"), always_inline)) explicit Wide(const InBandOf& of)
      : in_band(of.in_band), pairs(of.pairs), wanted(_mm512_set1_epi64((long long)of.wanted)) {}
  __attribute__((target("avx512f"), always_inline)) __mmask8 fits(std::size_t i, __mmask8 these) const {
    return _mm512_mask_cmpeq_epi64_mask(in_band.fits(i, these), _mm512_maskz_loadu_epi64(these, pairs + i), wanted);
  }
};
#endif

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
// g++ makes no use of masks: written out, it takes half the time.
template <class Fits>
__attribute__((target("avx512f"))) std::size_t search_avx512(std::size_t count, const Fits& fits) {
  constexpr std::size_t lanes = 8;
  const typename Fits::Wide wide(fits);
  const auto of = [&](std::size_t i) __attribute__((target("avx512f"), always_inline)) {
    const std::size_t left = count - std::min(count, i);
    return wide.fits(i, left >= lanes ? __mmask8(0xff) : __mmask8((1u << left) - 1));
  };
  for (std::size_t i = 0; i < count; i += 4 * lanes)
    if ((of(i) | of(i + lanes) | of(i + 2 * lanes) | of(i + 3 * lanes)) != 0) return i;
  return count;
}
template <class Fits>
__attribute__((target("avx2"))) std::size_t search_avx2(std::size_t count, const Fits& fits) {
  return search(count, fits);
}
#endif
template <class Fits>
std::size_t search_plain(std::size_t count, const Fits& fits) {
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
