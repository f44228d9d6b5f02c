// The ways a run can fail that its user can do something about. Each message is one plain sentence that says what to
// do; cli/ prints it and ends with the exit code of the type (DESIGN: the command line). Everything else is a defect.
#pragma once
#include <stdexcept>
#include <string>

namespace ringscan {

struct UsageError : std::runtime_error {  // 2: the command line asks for something that has no meaning
  using std::runtime_error::runtime_error;
};
struct BadInput : std::runtime_error {  // 3: a file was read and is not what it should be
  using std::runtime_error::runtime_error;
};
struct MissingInput : std::runtime_error {  // 4: a file is not there or cannot be read
  using std::runtime_error::runtime_error;
};
struct Unavailable : std::runtime_error {  // 5: a backend, a device or memory is not to be had
  using std::runtime_error::runtime_error;
};
struct OutputError : std::runtime_error {  // 6: an output exists already or cannot be written
  using std::runtime_error::runtime_error;
};
struct Interrupted : std::runtime_error {  // 130: Ctrl-C
  Interrupted() : std::runtime_error("interrupted") {}
};
struct BrokenPipe : std::runtime_error {  // 0: whoever read stdout has seen enough
  BrokenPipe() : std::runtime_error("broken pipe") {}
};

}  // namespace ringscan
