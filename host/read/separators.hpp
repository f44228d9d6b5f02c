// Where the fields and lines of a text end: the part of reading CSV and JSON lines that touches every byte, in vectors
// where the machine has them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace ringscan {

// Places of a text below 4 GiB, ascending. Used again and again, so that room is taken once.
class Separators {
 public:
  static constexpr std::uint32_t no_quote = ~std::uint32_t{0};

  std::span<const std::uint32_t> places() const { return {places_.get(), count_}; }  // of separators and line feeds
  // Which of places() are line feeds, by index.
  std::span<const std::uint32_t> line_feeds() const { return {line_feeds_.get(), line_count_}; }
  std::uint32_t first_quote() const { return first_quote_; }  // place of the first double quote, or no_quote

 private:
  friend class SeparatorWriter;
  std::unique_ptr<std::uint32_t[]> places_, line_feeds_;
  std::size_t capacity_ = 0, count_ = 0, line_count_ = 0;
  std::uint32_t first_quote_ = no_quote;
};

// How to look; all give the same. `fastest` is what this machine has.
enum class Vectors { none, avx2, avx512 };
Vectors fastest_vectors();

// Replaces what `found` holds. O(text): 12 GB/s of one core with 64-byte vectors where few bytes are separators.
void find_separators(std::string_view text, char delimiter, Separators& found, Vectors with = fastest_vectors());
// The same for JSON lines: the separators are quotes, and each byte that has no place in a plain string: a backslash, a
// control character, a byte that is not ASCII. first_quote() says nothing.
void find_json_marks(std::string_view text, Separators& found, Vectors with = fastest_vectors());

}  // namespace ringscan
