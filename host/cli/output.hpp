// Where a command's answer goes: stdout, or a file that appears whole or not at all.
#pragma once
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/output.hpp"

namespace ringscan {

class Output {
 public:
  // No path, or "-": stdout. A file that exists already is an OutputError here, before any work is done.
  Output(const std::optional<std::string>& path, bool overwrite);
  Sink& sink();
  void commit();
  // True where people would see the bytes.
  bool is_terminal() const { return !file_ && isatty(STDOUT_FILENO) == 1; }

 private:
  std::unique_ptr<OutputFile> file_;
  StdoutSink stdout_;
};

// Text for stdout that is no result: help, versions. Fails as a result does: OutputError, BrokenPipe.
void print_to_stdout(std::string_view text);

// The format asked for, else the one that the path's suffix names, else the first of `formats`.
std::string output_format(const std::optional<std::string>& asked, const std::optional<std::string>& path,
                          const std::vector<std::string>& formats);

}  // namespace ringscan
