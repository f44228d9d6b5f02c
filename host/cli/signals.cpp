#include "cli/signals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <string_view>

#include "io/errors.hpp"

namespace ringscan {

std::atomic<bool> interrupted_by_user = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

void throw_if_interrupted() {
  if (interrupted_by_user.load(std::memory_order_relaxed)) throw Interrupted();
}

void handle_signals() {
  // Where the shell closed one of the standard streams, the next file opened would become it.
  for (const int stream : {0, 1, 2})
    if (::fcntl(stream, F_GETFD) < 0) ::open("/dev/null", stream == 0 ? O_RDONLY : O_WRONLY);
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted_by_user.store(true, std::memory_order_relaxed); };
  action.sa_flags = int(SA_RESETHAND);  // and no SA_RESTART: a read that waits for stdin wakes up
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // A mapped file that was cut has no bytes where it had some: nothing can go on from here.
  std::signal(SIGBUS, [](int) {
    constexpr std::string_view message = "ringscan: a file was cut short, or its disk failed, while it was read\n";
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, message.data(), message.size());
    ::_exit(4);
  });
}

}  // namespace ringscan
