#include "cpu/last_payments.hpp"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace ringscan::cpu {

std::size_t LastPayments::next_plain(const ReceiptColumns& receipts, std::size_t begin, std::size_t end,
                                     rules::Band band, Wallet merchant) const {
  for (std::size_t i = begin; i < end; ++i)
    if (band.holds(receipts.keys[i]) && earliest_[place(merchant, receipts.payers[i])] < receipts.times[i]) return i;
  return end;
}

#ifdef __x86_64__
__attribute__((target("avx512f"))) std::size_t LastPayments::next_avx512(const ReceiptColumns& receipts,
                                                                         std::size_t begin, std::size_t end,
                                                                         rules::Band band, Wallet merchant) const {
  constexpr std::size_t lanes = 16;
  const __m512i low = _mm512_set1_epi64((long long)band.low),
                width = _mm512_set1_epi64((long long)(band.high - band.low)),
                of_merchant = _mm512_set1_epi32(int(std::uint32_t(merchant) * of_payer)),
                factor = _mm512_set1_epi32(int(of_both)), all_ones = _mm512_set1_epi32(-1);
  const __m128i shift = _mm_cvtsi32_si128(int(shift_));
  for (std::size_t i = begin; i < end; i += lanes) {
    const std::uint32_t these = end - i >= lanes ? 0xffff : (1u << (end - i)) - 1;
    const auto low_half = __mmask8(these), high_half = __mmask8(these >> 8);
    const __m512i first = _mm512_maskz_loadu_epi64(low_half, receipts.keys + i),
                  second = _mm512_maskz_loadu_epi64(high_half, receipts.keys + i + lanes / 2);
    const std::uint32_t in_band =
        std::uint32_t{_mm512_mask_cmple_epu64_mask(low_half, _mm512_sub_epi64(first, low), width)} |
        std::uint32_t{_mm512_mask_cmple_epu64_mask(high_half, _mm512_sub_epi64(second, low), width)} << 8;
    if (in_band == 0) continue;
    const auto fits_band = __mmask16(in_band);
    const __m512i payers = _mm512_maskz_loadu_epi32(fits_band, receipts.payers + i),
                  times = _mm512_maskz_loadu_epi32(fits_band, receipts.times + i),
                  places = _mm512_maskz_srl_epi32(
                      fits_band, _mm512_mullo_epi32(_mm512_xor_si512(payers, of_merchant), factor), shift),
                  paid = _mm512_mask_i32gather_epi32(all_ones, fits_band, places, earliest_.data(), 4);
    const std::uint32_t fits = _mm512_mask_cmplt_epu32_mask(fits_band, paid, times);
    if (fits != 0) return i + std::size_t(std::countr_zero(fits));
  }
  return end;
}
#endif

std::size_t LastPayments::next(const ReceiptColumns& receipts, std::size_t begin, std::size_t end, rules::Band band,
                               Wallet merchant) const {
#ifdef __x86_64__
  static const bool has_avx512 = [] { return __builtin_cpu_init(), __builtin_cpu_supports("avx512f") != 0; }();
  if (has_avx512) return next_avx512(receipts, begin, end, band, merchant);
#endif
  return next_plain(receipts, begin, end, band, merchant);
}

}  // namespace ringscan::cpu
