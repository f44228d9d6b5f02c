#include "io/zstd.hpp"

#include <fmt/format.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <array>
#include <new>

#include "io/errors.hpp"

namespace ringscan {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t compressed_bytes = 256 * 1024;
constexpr std::size_t longest_frame_header = 18;  // RFC 8878, 3.1.1, with the magic
constexpr int largest_window_log = 31;
constexpr std::string_view frame_magic = "\x28\xb5\x2f\xfd"sv, skippable_magic_end = "\x2a\x4d\x18"sv;

struct FreeStream {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

std::string problem_of(ZSTD_ErrorCode code) {
  switch (code) {
    case ZSTD_error_prefix_unknown:
    case ZSTD_error_version_unsupported:
      return "is damaged: bytes that are not zstd follow its zstd stream";
    case ZSTD_error_checksum_wrong:
      return "is damaged: the checksum of its zstd stream does not match";
    case ZSTD_error_frameParameter_windowTooLarge:
      return "is compressed by zstd with a window above 2 GiB: decompress it first, or compress it with a smaller one";
    case ZSTD_error_dictionary_wrong:
      return "is compressed by zstd with a dictionary, which is not in the file: decompress it first";
    default:
      return "is damaged: its zstd stream cannot be decompressed";
  }
}

}  // namespace

bool begins_as_zstd(std::string_view bytes) {
  const bool is_skippable = bytes.size() >= 4 && (bytes[0] & 0xf0) == 0x50 && bytes.substr(1, 3) == skippable_magic_end;
  return is_skippable || bytes.starts_with(frame_magic);
}

struct UnzstdSource::State {
  std::unique_ptr<ZSTD_DStream, FreeStream> stream{ZSTD_createDStream()};
  std::array<char, compressed_bytes> compressed;
  ZSTD_inBuffer in{compressed.data(), 0, 0};
  bool inside_frame = false;
  unsigned long long announced = ZSTD_CONTENTSIZE_UNKNOWN, inflated = 0;  // bytes of the frame
};

UnzstdSource::UnzstdSource(ByteSource& compressed) : compressed_(compressed), state_(new State) {
  if (state_->stream == nullptr) throw std::bad_alloc();
  ZSTD_DCtx_setParameter(state_->stream.get(), ZSTD_d_windowLogMax, largest_window_log);
}

UnzstdSource::~UnzstdSource() = default;

bool UnzstdSource::refill() {
  ZSTD_inBuffer& in = state_->in;
  std::array<char, compressed_bytes>& bytes = state_->compressed;
  std::copy(bytes.begin() + in.pos, bytes.begin() + in.size, bytes.begin());
  in.size -= in.pos;
  in.pos = 0;
  const std::size_t more = compressed_.read(std::span(bytes).subspan(in.size));
  in.size += more;
  return more > 0;
}

bool UnzstdSource::begin_frame() {
  ZSTD_inBuffer& in = state_->in;
  while (in.size - in.pos < longest_frame_header && refill()) continue;
  state_->announced = ZSTD_getFrameContentSize(state_->compressed.data() + in.pos, in.size - in.pos);
  if (state_->announced == ZSTD_CONTENTSIZE_ERROR) state_->announced = ZSTD_CONTENTSIZE_UNKNOWN;  // left to libzstd
  state_->inflated = 0;
  return in.pos < in.size;
}

std::size_t UnzstdSource::read(std::span<char> room) {
  if (room.empty()) return 0;
  ZSTD_inBuffer& in = state_->in;
  while (true) {
    // Inside a frame also without input: what did not fit into the last room is still there.
    if (!state_->inside_frame && !begin_frame()) return 0;
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    const std::size_t status = ZSTD_decompressStream(state_->stream.get(), &out, &in);
    if (ZSTD_isError(status)) {
      if (ZSTD_getErrorCode(status) == ZSTD_error_memory_allocation) throw std::bad_alloc();
      throw BadInput(fmt::format("{} {}", name(), problem_of(ZSTD_getErrorCode(status))));
    }
    state_->inside_frame = status != 0;
    state_->inflated += out.pos;
    // libzstd itself compares them only where a frame is whole in memory or ends with a block that is not empty.
    if (status == 0 && state_->announced != ZSTD_CONTENTSIZE_UNKNOWN && state_->announced != state_->inflated)
      throw BadInput(fmt::format("{} is damaged: a zstd frame holds {} bytes and announces {}", name(),
                                 state_->inflated, state_->announced));
    if (out.pos > 0) return out.pos;
    if (state_->inside_frame && in.pos == in.size && !refill())
      throw BadInput(fmt::format("{} is cut off: zstd stream ends early", name()));
  }
}

}  // namespace ringscan
