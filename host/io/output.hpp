// Bytes out. A file appears whole or not at all: it is written beside its place under a name of its own, and moved
// there by commit(), once it is on the disk.
//
// Every failure is an OutputError with the system's reason; the file that was there before is then untouched.
#pragma once
#include <string>

#include "io/file_descriptor.hpp"
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
