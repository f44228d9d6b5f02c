// Where output bytes go. A sink buffers; what is written may fail only at a later call, so whoever owns a sink ends it:
// OutputFile by commit(), StdoutSink by flush().
#pragma once
#include <string_view>

namespace ringscan {

class Sink {
 public:
  virtual ~Sink() = default;
  // Throws OutputError with the system's reason, or BrokenPipe where nobody reads stdout any more.
  virtual void write(std::string_view bytes) = 0;
};

}  // namespace ringscan
