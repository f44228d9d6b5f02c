#include "io/gzip.hpp"

#include <fmt/format.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "io/errors.hpp"

namespace ringscan {
namespace {
constexpr std::size_t compressed_bytes = 256 * 1024;
constexpr std::size_t most_at_once = std::size_t{1} << 30;  // ISA-L counts in 32 bits
constexpr std::uint8_t first_magic_byte = 0x1f;
}  // namespace

struct GunzipSource::State {
  inflate_state stream;
  std::array<char, compressed_bytes> compressed;
  bool inside_member = false;
  bool any_member = false;
};

GunzipSource::GunzipSource(ByteSource& compressed)
    : compressed_(compressed), state_(std::make_unique_for_overwrite<State>()) {
  isal_inflate_init(&state_->stream);
}

GunzipSource::~GunzipSource() = default;

bool GunzipSource::refill() {
  const std::size_t size = compressed_.read(state_->compressed);
  state_->stream.next_in = reinterpret_cast<std::uint8_t*>(state_->compressed.data());
  state_->stream.avail_in = static_cast<std::uint32_t>(size);
  return size > 0;
}

// To the first byte of the next member; false at the end of the input.
bool GunzipSource::start_member() {
  inflate_state& stream = state_->stream;
  for (;; ++stream.next_in, --stream.avail_in) {
    if (stream.avail_in == 0 && !refill()) return false;
    if (*stream.next_in != 0 || !state_->any_member) break;
  }
  if (*stream.next_in != first_magic_byte)
    throw BadInput(fmt::format("{} is damaged: bytes that are not gzip follow its gzip stream", name()));
  isal_inflate_reset(&stream);
  stream.crc_flag = ISAL_GZIP;
  state_->inside_member = state_->any_member = true;
  return true;
}

std::size_t GunzipSource::read(std::span<char> room) {
  inflate_state& stream = state_->stream;
  room = room.first(std::min(room.size(), most_at_once));
  if (room.empty()) return 0;
  while (state_->inside_member || start_member()) {
    stream.next_out = reinterpret_cast<std::uint8_t*>(room.data());
    stream.avail_out = static_cast<std::uint32_t>(room.size());
    // Called without input too: what did not fit into the last room is still inside.
    const int status = isal_inflate(&stream);
    if (status < 0)
      throw BadInput(fmt::format("{} is damaged: {}", name(),
                                 status == ISAL_INCORRECT_CHECKSUM ? "the checksum of its gzip stream does not match"
                                                                   : "its gzip stream cannot be inflated"));
    state_->inside_member = stream.block_state != ISAL_BLOCK_FINISH;
    const std::size_t inflated = room.size() - stream.avail_out;
    if (inflated > 0) return inflated;
    if (state_->inside_member && stream.avail_in == 0 && !refill())
      throw BadInput(fmt::format("{} is cut off: gzip stream ends early", name()));
  }
  return 0;
}

}  // namespace ringscan
