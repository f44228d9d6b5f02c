// Ctrl-C asks the running command to stop at its next convenience; a second one ends the process at once.
#pragma once
#include <atomic>

namespace ringscan {

// Set by SIGINT and SIGTERM; long work looks at it and throws Interrupted.
extern std::atomic<bool> interrupted_by_user;
void throw_if_interrupted();

// Installs the handlers, and ignores SIGPIPE: a broken pipe is an error of the write.
void handle_signals();

}  // namespace ringscan
