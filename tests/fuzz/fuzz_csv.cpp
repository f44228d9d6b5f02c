// The records of a CSV text do not depend on the bytes that arrive together, on where blocks are cut, on how separators
// are found, nor on whether they are read as columns.
#include "read/csv.hpp"
#include "records.hpp"

using namespace ringscan;
using namespace ringscan::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  const std::size_t piece = 1 + input.ConsumeIntegral<std::uint8_t>(),
                    block = 1 + input.ConsumeIntegral<std::uint8_t>();
  const std::vector<char> text = input.ConsumeRemainingBytes<char>();
  const std::string_view bytes(text.data(), text.size());
  const std::string expected =
      records_or_refusal([&] { return std::make_unique<CsvSource>(TextBlocks(bytes, "text"), Vectors::none); });
  for (const Vectors vectors : {Vectors::none, Vectors::avx2, Vectors::avx512}) {
    if (vectors > fastest_vectors()) continue;
    for (const bool by_columns : {false, true})
      require_same(
          expected,
          records_or_refusal([&] { return std::make_unique<CsvSource>(TextBlocks(bytes, "text", block), vectors); },
                             by_columns),
          "a text in blocks is read as a whole");
    Pieces pieces(bytes, piece);
    require_same(expected,
                 records_or_refusal([&] { return std::make_unique<CsvSource>(TextBlocks(pieces, block), vectors); }),
                 "a text in pieces is read as a whole");
  }
  return 0;
}
