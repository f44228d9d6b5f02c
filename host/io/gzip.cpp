#include "io/gzip.hpp"

#include <fmt/format.h>
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "io/errors.hpp"

namespace ringscan {
namespace {
constexpr std::size_t compressed_bytes = 256 * 1024;
constexpr std::size_t most_at_once = std::size_t{1} << 30;  // ISA-L counts in 32 bits
constexpr std::uint8_t first_magic_byte = 0x1f, second_magic_byte = 0x8b, deflate = 8;
enum HeaderFlags : std::uint8_t { has_checksum = 2, has_extra = 4, has_name = 8, has_comment = 16, unknown = 0xe0 };
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
  skip_header();
  isal_inflate_reset(&stream);
  stream.crc_flag = ISAL_GZIP_NO_HDR_VER;
  state_->inside_member = state_->any_member = true;
  return true;
}

// RFC 1952. Not left to ISA-L, which takes a header for damaged if it comes in two parts.
void GunzipSource::skip_header() {
  inflate_state& stream = state_->stream;
  std::uint32_t checksum = 0;
  const auto next = [&]() -> std::uint8_t {
    if (stream.avail_in == 0 && !refill()) throw BadInput(fmt::format("{} is cut off: gzip stream ends early", name()));
    --stream.avail_in;
    checksum = crc32_gzip_refl(checksum, stream.next_in, 1);
    return *stream.next_in++;
  };
  const auto next_two = [&] {
    const unsigned low = next();
    return low + 256u * next();
  };
  const bool is_gzip = next() == first_magic_byte && next() == second_magic_byte && next() == deflate;
  const unsigned flags = is_gzip ? next() : unsigned{unknown};
  if ((flags & unknown) != 0)
    throw BadInput(fmt::format("{} is damaged: its gzip stream has no header that can be read", name()));
  constexpr int time_and_system = 6;
  for (int i = 0; i < time_and_system; ++i) next();
  if ((flags & has_extra) != 0)
    for (unsigned left = next_two(); left > 0; --left) next();
  for (const unsigned text : {has_name, has_comment})
    while ((flags & text) != 0 && next() != 0) {
    }
  const unsigned sum = checksum & 0xffff;
  if ((flags & has_checksum) != 0 && next_two() != sum)
    throw BadInput(fmt::format("{} is damaged: the checksum of its gzip stream does not match", name()));
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
