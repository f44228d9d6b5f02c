#include "read/arrow/byte_stream.hpp"

#include <arrow/buffer.h>
#include <arrow/status.h>

#include <algorithm>
#include <cstring>

namespace ringscan {
namespace {
constexpr std::size_t first_piece = std::size_t{1} << 20;
}

std::size_t ByteStream::read(char* out, std::size_t size) {
  std::size_t filled = std::min(size, peeked_.size());
  std::memcpy(out, peeked_.data(), filled);
  peeked_.erase(0, filled);
  while (filled < size) {
    const std::size_t more = source_->read({out + filled, size - filled});
    if (more == 0) break;
    filled += more;
  }
  hit_end_ = filled < size;
  told_ += std::int64_t(filled);
  return filled;
}

std::string ByteStream::peek(std::size_t size) {
  std::string bytes(size, '\0');
  bytes.resize(read(bytes.data(), size));
  told_ = 0;
  return peeked_ = bytes;
}

std::shared_ptr<arrow::Buffer> ByteStream::read_all() {
  std::string bytes;
  for (std::size_t filled = 0;; filled = bytes.size()) {
    bytes.resize(std::max(first_piece, 2 * filled));
    bytes.resize(filled + read(bytes.data() + filled, bytes.size() - filled));
    if (hit_end_) return arrow::Buffer::FromString(std::move(bytes));
  }
}

arrow::Result<std::int64_t> ByteStream::Read(std::int64_t size, void* out) {
  try {
    return std::int64_t(read(static_cast<char*>(out), std::size_t(size)));
  } catch (...) {
    thrown_ = std::current_exception();
    return arrow::Status::IOError("the source failed");
  }
}

arrow::Result<std::shared_ptr<arrow::Buffer>> ByteStream::Read(std::int64_t size) {
  ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(0));
  while (buffer->size() < size) {
    const std::int64_t filled = buffer->size();
    const std::int64_t piece = std::min(size - filled, std::max(std::int64_t(first_piece), filled));
    ARROW_RETURN_NOT_OK(buffer->Resize(filled + piece, false));
    ARROW_ASSIGN_OR_RAISE(const std::int64_t found, Read(piece, buffer->mutable_data() + filled));
    ARROW_RETURN_NOT_OK(buffer->Resize(filled + found, false));
    if (found < piece) break;
  }
  return std::shared_ptr<arrow::Buffer>(std::move(buffer));
}

}  // namespace ringscan
