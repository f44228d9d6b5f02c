// One section of a packed ledger on its way into the file, from its first byte to its last.
#pragma once
#include <string>
#include <string_view>

#include "io/output.hpp"
#include "packed/format.hpp"

namespace ringscan::packed {

class SectionWriter {
 public:
  SectionWriter(OutputFile& file, std::uint64_t offset) : file_(&file), offset_(offset) {}
  void append(std::string_view bytes) {
    const bool is_long = bytes.size() >= buffer_bytes / 2;
    if (is_long || buffer_.size() + bytes.size() > buffer_bytes) flush();
    if (is_long) return write(bytes);
    if (buffer_.capacity() < buffer_bytes) buffer_.reserve(buffer_bytes);
    buffer_.append(bytes);
  }
  template <class T>
  void append(std::span<const T> values) {
    append(bytes_of(values));
  }
  // After the last byte: the section's line of the table, without a place if it is empty.
  SectionEntry finish(std::size_t width) {
    flush();
    return {written_ == 0 ? 0 : offset_, written_, std::uint32_t(width), 0};
  }

 private:
  static constexpr std::size_t buffer_bytes = std::size_t{1} << 17;

  void write(std::string_view bytes) {
    file_->write_at(offset_ + written_, bytes);
    written_ += bytes.size();
  }
  void flush() {
    write(buffer_);
    buffer_.clear();
  }

  OutputFile* file_;
  std::uint64_t offset_, written_ = 0;
  std::string buffer_;
};

}  // namespace ringscan::packed
