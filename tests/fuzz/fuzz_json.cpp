// JSON lines do not depend on the bytes that arrive together, nor on how their marks are found, nor on whether lines
// are flat, and nothing behind the text is looked at. Which columns there are depends on the first block.
#include "read/json_lines.hpp"
#include "read/schemas.hpp"
#include "records.hpp"

using namespace ringscan;
using namespace ringscan::fuzz;

namespace {

// Blanks around lines mean nothing, and no line is flat with them.
std::string with_blanks(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '\n' ? " \n " : std::string(1, c);
  return result + ' ';
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  const std::size_t piece = 1 + input.ConsumeIntegral<std::uint8_t>(),
                    block = 1 + input.ConsumeIntegral<std::uint16_t>();
  const std::vector<char> text = input.ConsumeRemainingBytes<char>();
  const std::string_view bytes(text.data(), text.size());
  constexpr std::size_t beyond_the_text = 8192;
  for (const std::size_t block_size : {block, beyond_the_text}) {
    Pieces whole(bytes), pieces(bytes, piece);
    const std::string expected = records_or_refusal(
        [&] { return std::make_unique<JsonLinesSource>(TextBlocks(bytes, "text", block_size), is_column_name); });
    require_same(
        expected,
        records_or_refusal(
            [&] { return std::make_unique<JsonLinesSource>(TextBlocks(bytes, "text", block_size), is_column_name); },
            true),
        "columns have the same records");
    if (block_size == block) continue;  // a source is cut where its bytes end, a mapped text is not
    for (const Vectors vectors : {Vectors::none, Vectors::avx2})
      if (vectors < fastest_vectors())
        require_same(expected, records_or_refusal([&] {
                       return std::make_unique<JsonLinesSource>(TextBlocks(bytes, "text", block_size), is_column_name,
                                                                vectors);
                     }),
                     "marks are found alike");
    if (const std::string blanks = with_blanks(bytes); blanks.size() < beyond_the_text)
      require_same(expected, records_or_refusal([&] {
                     return std::make_unique<JsonLinesSource>(TextBlocks(blanks, "text", block_size), is_column_name);
                   }),
                   "flat lines are read like others");
    for (Pieces* source : {&whole, &pieces})
      require_same(expected, records_or_refusal([&] {
                     return std::make_unique<JsonLinesSource>(TextBlocks(*source, block_size), is_column_name);
                   }),
                   "a text in pieces is read as a whole");
  }
  return 0;
}
