// Bytes in: what the user names -> files, and one file -> its bytes, inflated where its content says gzip or zstd.
//
// Throws MissingInput, with the system's reason, for what is not there or cannot be read, and BadInput for compressed
// files that are damaged, cut off, or of a kind that this build does not read.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_descriptor.hpp"

namespace ringscan {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills as much of `room` as is at hand, at least one byte; 0 only at the end, or if there is no room.
  virtual std::size_t read(std::span<char> room) = 0;
  // For messages.
  virtual const std::string& name() const = 0;
};

// Files for what the user named, in that order: a file is itself; a directory all files below it, sorted by path,
// without those whose name or folder begins with a dot; a glob, where no file has that very name, its matches in order;
// `-` stdin. Names are not opened here. An empty directory and a glob without a match are MissingInput.
std::vector<std::string> expand_inputs(const std::vector<std::string>& inputs);

// The sizes of all files together; 0 if one of them has no size (stdin, a pipe).
std::uint64_t total_size(const std::vector<std::string>& files);

// Of Parquet and Arrow: are they BadInput, or handed out as they are stored to who looks at first_bytes()?
enum class ArrowBytes { refused, accepted };

class Input final : public ByteSource {
 public:
  // `on_signal` is called where a signal interrupted a read, and may throw; otherwise the read is resumed.
  explicit Input(const std::string& path, std::function<void()> on_signal = {}, ArrowBytes arrow = ArrowBytes::refused);
  ~Input() override;

  std::size_t read(std::span<char> room) override;
  const std::string& name() const override;
  std::string_view compression() const { return compression_; }  // "", "gzip" or "zstd"
  std::string_view first_bytes() const;                          // up to 8, as the file is stored
  std::uint64_t bytes_consumed() const;                          // of the file as it is stored

 private:
  class File;
  std::unique_ptr<File> file_;
  std::string_view compression_;
  std::unique_ptr<ByteSource> inflated_;  // reads from file_
};

// All bytes of an input. Throws as Input does.
std::string read_whole(const std::string& path);

}  // namespace ringscan
