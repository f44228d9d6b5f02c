// For tests that need files: a directory that is gone afterwards, gzip and zstd made by the
// compressors of ISA-L and libzstd, a text in pieces.
#pragma once
#include <gtest/gtest.h>
#include <isa-l/igzip_lib.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "io/input.hpp"

namespace ringscan::testing {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "ringscan-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(std::string_view name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

  // Makes the folders on the way too; returns the path.
  std::string write(std::string_view name, std::string_view content) const {
    const std::filesystem::path path = path_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary).write(content.data(), std::streamsize(content.size()));
    return path.string();
  }

 private:
  std::filesystem::path path_;
};

inline std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string gzipped(std::string_view text) {
  std::string bytes(text.size() + text.size() / 8 + 1024, '\0');
  isal_zstream stream;
  isal_deflate_stateless_init(&stream);
  stream.gzip_flag = IGZIP_GZIP;
  stream.end_of_stream = 1;
  stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  stream.avail_in = std::uint32_t(text.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(bytes.data());
  stream.avail_out = std::uint32_t(bytes.size());
  EXPECT_EQ(isal_deflate_stateless(&stream), COMP_OK);
  bytes.resize(stream.total_out);
  return bytes;
}

// One frame, with a checksum.
inline std::string zstd_of(std::string_view text, int level = 3, int window_log = 0) {
  std::string bytes(ZSTD_compressBound(text.size()), '\0');
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  bytes.resize(ZSTD_compress2(context, bytes.data(), bytes.size(), text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return bytes;
}

// What an exception says, so that a test can ask for its words; "" if the call throws nothing of this type.
template <class Exception, class Call>
std::string message_of(Call&& call) {
  try {
    call();
  } catch (const Exception& error) {
    return error.what();
  }
  return "";
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// Hands out a text in pieces of a fixed size.
class Pieces final : public ByteSource {
 public:
  explicit Pieces(std::string text, std::size_t piece = 1 << 20) : text_(std::move(text)), piece_(piece) {}
  std::size_t read(std::span<char> room) override {
    const std::size_t size = std::min({room.size(), piece_, text_.size() - taken_});
    std::copy_n(text_.data() + taken_, size, room.data());
    taken_ += size;
    return size;
  }
  const std::string& name() const override { return name_; }

 private:
  std::string text_, name_ = "text";
  std::size_t piece_, taken_ = 0;
};

}  // namespace ringscan::testing
