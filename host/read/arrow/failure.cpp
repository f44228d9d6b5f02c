#include "read/arrow/failure.hpp"

#include <fmt/format.h>

namespace ringscan {
namespace {

// Reasons can hold bytes of the file.
std::string one_line(std::string_view reason) {
  constexpr std::size_t longest = 200;
  std::string line(reason.substr(0, std::min(reason.find('\n'), longest)));
  for (char& byte : line)
    if (byte < ' ' || byte > '~') byte = '?';
  return line;
}

}  // namespace

void fail(const std::string& file, std::string_view reason) {
  throw BadInput(fmt::format("{} is damaged, cut off or of a kind that cannot be read: {}", file, one_line(reason)));
}

void fail(const std::string& file, const arrow::Status& status) {
  if (status.IsOutOfMemory())
    throw Unavailable(
        fmt::format("there is not enough memory to read {}, or it is damaged: {}", file, one_line(status.message())));
  fail(file, status.message());
}

}  // namespace ringscan
