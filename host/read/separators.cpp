#include "read/separators.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // g++ 12 warns of its own immintrin.h
#endif
#include <immintrin.h>
#endif

namespace ringscan {
namespace {

constexpr char quote = '"', line_feed = '\n';
constexpr char nothing = 'x';      // that is looked for
constexpr std::size_t width = 64;  // bytes looked at together: one bit each of a word
// Of memory, also beyond the text: what fetches by itself stops at each page's end. 1, 2 and 4 KiB do alike.
constexpr std::size_t prefetch_distance = 2048;

// One bit for each of 64 bytes. `quotes` are those of which the first is asked for.
struct Masks {
  std::uint64_t separators = 0, line_feeds = 0, quotes = 0;
};

}  // namespace

// Writes what is found. How places are written is the caller's: a vector each, or one after another.
class SeparatorWriter {
 public:
  SeparatorWriter(Separators& found, std::size_t text_size) : found_(found) {
    if (found.capacity_ < text_size + width) {  // every byte may be one, and whole words are written
      found.capacity_ = text_size + width;
      found.places_ = std::make_unique_for_overwrite<std::uint32_t[]>(found.capacity_);
      found.line_feeds_ = std::make_unique_for_overwrite<std::uint32_t[]>(found.capacity_);
    }
    found.first_quote_ = Separators::no_quote;
    place_ = found.places_.get();
    line_feed_ = found.line_feeds_.get();
  }

  // `write(out, all, base)` puts base + i to `out` for each bit i of `all`; it may write up to 64 places.
  template <class Write>
  [[gnu::always_inline]] void add(std::uint32_t base, const Masks& masks, const Write& write) {
    const std::uint64_t all = masks.separators | masks.line_feeds;
    std::uint64_t feeds = masks.line_feeds;
    do {  // mostly none or one: without a branch
      const std::uint64_t lowest = feeds & (~feeds + 1);
      *line_feed_ = std::uint32_t(place_ - found_.places_.get()) + std::uint32_t(std::popcount(all & (lowest - 1)));
      line_feed_ += feeds != 0;
      feeds ^= lowest;
    } while (feeds != 0);
    write(place_, all, base);
    place_ += std::popcount(all);
    if (masks.quotes != 0 && found_.first_quote_ == Separators::no_quote)
      found_.first_quote_ = base + std::uint32_t(std::countr_zero(masks.quotes));
  }

  ~SeparatorWriter() {
    found_.count_ = std::size_t(place_ - found_.places_.get());
    found_.line_count_ = std::size_t(line_feed_ - found_.line_feeds_.get());
  }

 private:
  Separators& found_;
  std::uint32_t *place_, *line_feed_;
};

namespace {

// Four at a time, whether they are there or not: most words have few bits, and a loop to the last would guess wrongly.
inline void write_places(std::uint32_t* out, std::uint64_t all, std::uint32_t base) {
  while (all != 0) {
    for (unsigned i = 0; i < 4; ++i, all &= all - 1) *out++ = base + std::uint32_t(std::countr_zero(all));
  }
}

// The bytes of eight that equal `wanted`, a byte eight times, as eight bits.
std::uint64_t equal_bytes(std::uint64_t bytes, std::uint64_t wanted) {
  constexpr std::uint64_t low_bits = 0x7f7f7f7f7f7f7f7fu;
  const std::uint64_t differing = bytes ^ wanted;
  const std::uint64_t zeros = ~(((differing & low_bits) + low_bits) | differing | low_bits);  // 0x80 where a byte is 0
  return ((zeros >> 7) * 0x0102040810204080u) >> 56;
}

constexpr std::uint64_t each = 0x0101010101010101u;  // times a byte: eight of it

// What is looked for: its bits, of eight bytes in a word, of 32 and of 64.
struct CsvMarks {
  char delimiter;

  Masks of_8(std::uint64_t eight) const {
    return {equal_bytes(eight, each * std::uint8_t(delimiter)), equal_bytes(eight, each * std::uint8_t(line_feed)),
            equal_bytes(eight, each * std::uint8_t(quote))};
  }
#if defined(__x86_64__)
  __attribute__((target("avx2"))) Masks of_32(__m256i bytes) const {
    const auto equal = [&](char wanted) __attribute__((target("avx2"))) {
      return std::uint32_t(_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(wanted))));
    };
    return {equal(delimiter), equal(line_feed), equal(quote)};
  }
  __attribute__((target("avx512f,avx512bw"))) Masks of_64(__m512i bytes) const {
    return {_mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(delimiter)),
            _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(line_feed)),
            _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(quote))};
  }
#endif
};

struct JsonMarks {
  static constexpr char backslash = '\\', first_printable = ' ';

  Masks of_8(std::uint64_t eight) const {
    const std::uint64_t not_ascii = ((eight >> 7 & each) * 0x0102040810204080u) >> 56;
    return {equal_bytes(eight, each * std::uint8_t(quote)) | equal_bytes(eight, each * std::uint8_t(backslash)) |
                equal_bytes(eight & each * 0xe0, 0) | not_ascii,
            equal_bytes(eight, each * std::uint8_t(line_feed)), 0};
  }
#if defined(__x86_64__)
  // Bytes that are not ASCII are negative.
  __attribute__((target("avx2"))) Masks of_32(__m256i bytes) const {
    const __m256i quotes = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(quote)),
                  backslashes = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(backslash)),
                  others = _mm256_cmpgt_epi8(_mm256_set1_epi8(first_printable), bytes),
                  feeds = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(line_feed));
    const __m256i any = _mm256_or_si256(_mm256_or_si256(quotes, backslashes), others);
    return {std::uint32_t(_mm256_movemask_epi8(any)), std::uint32_t(_mm256_movemask_epi8(feeds)), 0};
  }
  __attribute__((target("avx512f,avx512bw"))) Masks of_64(__m512i bytes) const {
    return {_mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(quote)) |
                _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(backslash)) |
                _mm512_cmplt_epi8_mask(bytes, _mm512_set1_epi8(first_printable)),
            _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(line_feed)), 0};
  }
#endif
};

void add_bits(Masks& masks, const Masks& more, unsigned shift) {
  masks.separators |= more.separators << shift;
  masks.line_feeds |= more.line_feeds << shift;
  masks.quotes |= more.quotes << shift;
}

template <class Marks>
Masks masks_of(const char* bytes, const Marks& marks) {
  Masks masks;
  for (unsigned i = 0; i < width; i += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, bytes + i, sizeof eight);
    if constexpr (std::endian::native == std::endian::big) eight = __builtin_bswap64(eight);
    add_bits(masks, marks.of_8(eight), i);
  }
  return masks;
}

// From `place` on: whatever the vectors left.
template <class Marks>
void add_rest(std::string_view text, std::size_t place, const Marks& marks, SeparatorWriter& writer) {
  for (; place + width <= text.size(); place += width)
    writer.add(std::uint32_t(place), masks_of(text.data() + place, marks), write_places);
  if (place == text.size()) return;
  std::array<char, width> last;
  last.fill(nothing);
  std::memcpy(last.data(), text.data() + place, text.size() - place);
  writer.add(std::uint32_t(place), masks_of(last.data(), marks), write_places);
}

#if defined(__x86_64__)
template <class Marks>
__attribute__((target("avx2,bmi,bmi2,popcnt"))) std::size_t add_avx2(std::string_view text, const Marks& marks,
                                                                     SeparatorWriter& writer) {
  std::size_t place = 0;
  for (; place + width <= text.size(); place += width) {
    __builtin_prefetch(text.data() + place + prefetch_distance);
    Masks masks = marks.of_32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + place)));
    add_bits(masks, marks.of_32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + place + 32))), 32);
    writer.add(std::uint32_t(place), masks, write_places);
  }
  return place;
}

constexpr auto numbers_below_64 = [] {
  std::array<char, width> numbers{};
  for (unsigned i = 0; i < width; ++i) numbers[i] = char(i);
  return numbers;
}();

// The places of the bits, sixteen at a time, by moving the numbers of the set ones together.
__attribute__((target("avx512f,avx512bw,avx512vbmi2"))) inline void write_places_together(std::uint32_t* out,
                                                                                          std::uint64_t all,
                                                                                          std::uint32_t base) {
  const __m512i numbers = _mm512_maskz_compress_epi8(all, _mm512_loadu_si512(numbers_below_64.data()));
  const __m512i bases = _mm512_set1_epi32(int(base));
  const auto put = [&](unsigned quarter, __m128i sixteen) __attribute__((target("avx512f"))) {
    _mm512_storeu_si512(out + 16 * quarter, _mm512_add_epi32(_mm512_cvtepu8_epi32(sixteen), bases));
  };
  put(0, _mm512_castsi512_si128(numbers));
  if (std::popcount(all) <= 16) return;
  put(1, _mm512_extracti32x4_epi32(numbers, 1));
  put(2, _mm512_extracti32x4_epi32(numbers, 2));
  put(3, _mm512_extracti32x4_epi32(numbers, 3));
}

template <class Marks>
__attribute__((target("avx512f,avx512bw,avx512vbmi2,bmi,bmi2,popcnt"))) std::size_t add_avx512(
    std::string_view text, const Marks& marks, SeparatorWriter& writer) {
  std::size_t place = 0;
  for (; place + width <= text.size(); place += width) {
    __builtin_prefetch(text.data() + place + prefetch_distance);
    writer.add(std::uint32_t(place), marks.of_64(_mm512_loadu_si512(text.data() + place)), write_places_together);
  }
  return place;
}
#endif

template <class Marks>
void find(std::string_view text, const Marks& marks, Separators& found, Vectors with) {
  SeparatorWriter writer(found, text.size());
  std::size_t place = 0;
#if defined(__x86_64__)
  if (with == Vectors::avx512) place = add_avx512(text, marks, writer);
  if (with == Vectors::avx2) place = add_avx2(text, marks, writer);
#else
  (void)with;
#endif
  add_rest(text, place, marks, writer);
}

}  // namespace

Vectors fastest_vectors() {
#if defined(__x86_64__)
  static const Vectors fastest = __builtin_cpu_supports("avx512vbmi2") ? Vectors::avx512
                                 : __builtin_cpu_supports("avx2")      ? Vectors::avx2
                                                                       : Vectors::none;
  return fastest;
#else
  return Vectors::none;
#endif
}

void find_separators(std::string_view text, char delimiter, Separators& found, Vectors with) {
  find(text, CsvMarks{delimiter}, found, with);
}

void find_json_marks(std::string_view text, Separators& found, Vectors with) { find(text, JsonMarks{}, found, with); }

}  // namespace ringscan
