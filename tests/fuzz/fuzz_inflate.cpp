// What a compressed stream holds, or that it is refused, does not depend on the bytes that arrive together, nor on the
// room that there is for what comes out.
#include <memory>

#include "fuzz.hpp"
#include "io/gzip.hpp"
#include "io/zstd.hpp"

using namespace ringscan;
using namespace ringscan::fuzz;

namespace {

constexpr std::size_t most_inflated = 4 << 20;

struct Outcome {
  std::string content, refusal;
};

Outcome inflated(bool is_zstd, std::string_view compressed, std::size_t piece, std::size_t room_size) {
  Pieces pieces(compressed, piece);
  std::unique_ptr<ByteSource> source;
  if (is_zstd)
    source = std::make_unique<UnzstdSource>(pieces);
  else
    source = std::make_unique<GunzipSource>(pieces);
  Outcome outcome;
  try {
    const std::unique_ptr<char[]> room(new char[room_size]);
    while (outcome.content.size() < most_inflated) {
      const std::size_t size = source->read({room.get(), room_size});
      require(size <= room_size, "no more comes out than there is room for");
      if (size == 0) break;
      outcome.content.append(room.get(), size);
    }
  } catch (const BadInput& refusal) {
    outcome.refusal = refusal.what();
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  const bool is_zstd = input.ConsumeBool();
  const std::size_t piece = 1 + input.ConsumeIntegral<std::uint8_t>();
  const std::size_t room = 1 + input.ConsumeIntegral<std::uint16_t>();
  const std::vector<char> compressed = input.ConsumeRemainingBytes<char>();
  const std::string_view bytes(compressed.data(), compressed.size());
  const Outcome whole = inflated(is_zstd, bytes, 1 << 20, 1 << 20), cut = inflated(is_zstd, bytes, piece, room);
  if (whole.content.size() >= most_inflated || cut.content.size() >= most_inflated) return 0;
  // Which of its faults is found first may differ.
  require(whole.refusal.empty() == cut.refusal.empty(), "a stream in pieces is refused alike", whole.refusal,
          cut.refusal);
  const std::size_t shorter = std::min(whole.content.size(), cut.content.size());
  require(whole.content.compare(0, shorter, cut.content, 0, shorter) == 0, "a stream in pieces has the same content");
  require(!whole.refusal.empty() || whole.content.size() == cut.content.size(), "and as much of it");
  return 0;
}
