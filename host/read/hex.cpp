#include "read/hex.hpp"

#include <array>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ringscan {
namespace {

constexpr std::size_t address_size = 42;
constexpr std::uint8_t no_digit = 0x80;
constexpr std::array<std::uint8_t, 256> digit_values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::uint8_t i = 0; i < 16; ++i) {
    values[std::uint8_t("0123456789abcdef"[i])] = i;
    values[std::uint8_t("0123456789ABCDEF"[i])] = i;
  }
  return values;
}();

bool may_be_address(std::string_view text) { return text.size() == address_size && text[0] == '0' && text[1] == 'x'; }

#if defined(__x86_64__)
__attribute__((target("avx2"))) inline __m256i between(__m256i bytes, char first, char last) {
  return _mm256_and_si256(_mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(char(first - 1))),
                          _mm256_cmpgt_epi8(_mm256_set1_epi8(char(last + 1)), bytes));
}

// Where each byte of `digits` is a hex digit, all bits are set; `values` gets what they stand for.
__attribute__((target("avx2"))) inline __m256i digit_value(__m256i digits, __m256i& values) {
  const __m256i lower = _mm256_or_si256(digits, _mm256_set1_epi8(0x20));
  const __m256i is_letter = between(lower, 'a', 'f');
  values = _mm256_add_epi8(_mm256_and_si256(digits, _mm256_set1_epi8(0x0f)),
                           _mm256_and_si256(is_letter, _mm256_set1_epi8(9)));
  return _mm256_or_si256(is_letter, between(digits, '0', '9'));
}

__attribute__((target("avx2"))) inline bool decode_avx2(const char* digits, std::uint8_t* bytes) {
  // 32 digits, and the last 16 of the 40 once more; two digits make a byte.
  const __m256i front = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(digits));
  const __m256i back = _mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(digits + 24)));
  __m256i front_values, back_values;
  const int front_valid = _mm256_movemask_epi8(digit_value(front, front_values));
  const int back_valid = _mm256_movemask_epi8(digit_value(back, back_values)) & 0xffff;
  const __m256i weights = _mm256_set1_epi16(0x0110);
  const __m256i pairs = _mm256_maddubs_epi16(front_values, weights), last = _mm256_maddubs_epi16(back_values, weights);
  const __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi16(pairs, last), 0b11011000);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(bytes), _mm256_castsi256_si128(packed));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(bytes + 12), _mm256_extracti128_si256(packed, 1));
  return front_valid == -1 && back_valid == 0xffff;
}

__attribute__((target("avx2"))) void decode_all_avx2(std::span<const std::string_view> texts, std::uint8_t* bytes,
                                                     std::size_t step, std::span<std::uint8_t> is_address) {
  for (std::size_t i = 0; i < texts.size(); ++i)
    is_address[i] = may_be_address(texts[i]) && decode_avx2(texts[i].data() + 2, bytes + i * step);
}
#endif

bool decode_bytewise(const char* digits, std::uint8_t* bytes) {
  unsigned seen = 0;
  for (unsigned i = 0; i < 20; ++i) {
    const unsigned high = digit_values[std::uint8_t(digits[2 * i])],
                   low = digit_values[std::uint8_t(digits[2 * i + 1])];
    seen |= high | low;
    bytes[i] = std::uint8_t(high << 4 | low);
  }
  return (seen & no_digit) == 0;
}

}  // namespace

bool decode_address(const char* digits, std::uint8_t* bytes, Vectors with) {
#if defined(__x86_64__)
  if (with != Vectors::none) return decode_avx2(digits, bytes);
#else
  (void)with;
#endif
  return decode_bytewise(digits, bytes);
}

void decode_addresses(std::span<const std::string_view> texts, std::uint8_t* bytes, std::size_t step,
                      std::span<std::uint8_t> is_address, Vectors with) {
#if defined(__x86_64__)
  if (with != Vectors::none) return decode_all_avx2(texts, bytes, step, is_address);
#else
  (void)with;
#endif
  for (std::size_t i = 0; i < texts.size(); ++i)
    is_address[i] = may_be_address(texts[i]) && decode_bytewise(texts[i].data() + 2, bytes + i * step);
}

}  // namespace ringscan
