// Bytes out. A file appears whole or not at all: it is written beside its place under a name of its own, and moved
// there by commit(), once it is on the disk.
//
// Every failure is an OutputError with the system's reason; the file that was there before is then untouched.
#pragma once
#include <atomic>
#include <cstdint>
#include <string>

#include "io/file_descriptor.hpp"
#include "io/mapped_file.hpp"
#include "io/sink.hpp"

namespace ringscan {

// 64 KiB in front of an open file.
class BufferedWriter {
 public:
  explicit BufferedWriter(std::string name) : name_(std::move(name)) {}
  void write(int file, std::string_view bytes);
  void flush(int file);
  void end_quietly_on_broken_pipe() { pipe_may_break_ = true; }

 private:
  void write_all(int file, std::string_view bytes);

  std::string name_, buffer_;
  bool pipe_may_break_ = false;
};

class OutputFile final : public Sink {
 public:
  // An existing file is an OutputError unless it may be overwritten. What cannot be renamed (a device, a pipe,
  // /dev/stdout) is written to directly.
  OutputFile(const std::string& path, bool overwrite);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() override;

  void write(std::string_view bytes) override;
  // Writes at an offset, past what write() has buffered; from any thread. Only files that can be renamed have offsets.
  void write_at(std::uint64_t offset, std::string_view bytes);
  // Cuts the file, or lengthens it with zeros.
  void resize(std::uint64_t size);
  // What has been written at an offset, mapped until the mapping is destroyed.
  MappedFile written() const { return MappedFile(file_.get(), path_); }
  // Makes the file appear. Without it the destructor leaves no trace.
  void commit();

 private:
  void open_directly();
  void open_temporary(unsigned mode);

  std::string path_;       // where it will be, links resolved
  std::string temporary_;  // "" when written directly, and after commit()
  bool overwrite_;
  FileDescriptor file_;
  BufferedWriter writer_;
};

// Removes what killed runs left beside `path`: temporary files whose process is gone and that nobody holds open for
// writing elsewhere. O(files of the folder).
void remove_leftovers(const std::string& path);

// A file without a name in the folder of `path`, for what does not fit into memory: written first, then mapped. It is
// gone when it is closed, and after a crash.
class Spool {
 public:
  explicit Spool(const std::string& path);
  void write(std::string_view bytes) { size_ += bytes.size(), writer_.write(file_.get(), bytes); }
  std::uint64_t size() const { return size_; }
  // All that was written.
  MappedFile mapped();

 private:
  std::string path_;
  FileDescriptor file_;
  BufferedWriter writer_;
  std::uint64_t size_ = 0;
};

// The same for what many threads write and read in pieces of their own.
class PieceSpool {
 public:
  explicit PieceSpool(const std::string& path);
  // Appends a piece, from any thread; returns where it begins.
  std::uint64_t put(std::string_view bytes);
  // Bytes that were put, into `room`.
  void get(std::uint64_t offset, char* room, std::size_t size) const;
  std::uint64_t size() const { return size_; }

 private:
  std::string path_;
  FileDescriptor file_;
  std::atomic<std::uint64_t> size_ = 0;
};

// Throws BrokenPipe when whoever reads has gone; main ignores SIGPIPE.
class StdoutSink final : public Sink {
 public:
  explicit StdoutSink(int file = STDOUT_FILENO) : file_(file), writer_("stdout") {
    writer_.end_quietly_on_broken_pipe();
  }
  void write(std::string_view bytes) override { writer_.write(file_, bytes); }
  void flush() { writer_.flush(file_); }

 private:
  int file_;
  BufferedWriter writer_;
};

}  // namespace ringscan
