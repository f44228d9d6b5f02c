#include "read/arrow_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>

#include "io/arrow_module.hpp"
#include "io/file_descriptor.hpp"
#include "read/arrow/module.hpp"

namespace ringscan {
namespace {

using namespace std::string_view_literals;

constexpr std::array magics = {"PAR1"sv, "ARROW1"sv, "\xff\xff\xff\xff"sv};
constexpr std::size_t stream_magic = 2;
constexpr std::size_t longest_magic = 6;

std::string first_bytes(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string bytes(longest_magic, '\0');
  const ssize_t size = file.is_open() ? ::pread(file.get(), bytes.data(), bytes.size(), 0) : 0;
  bytes.resize(size > 0 ? std::size_t(size) : 0);
  return bytes;
}

std::unique_ptr<RecordSource> open(const ArrowInput& input) {
  static OpenArrow* const open_arrow = reinterpret_cast<OpenArrow*>(
      arrow_function(open_arrow_symbol, "read Parquet and Arrow files", "convert the file to CSV"));
  return std::unique_ptr<RecordSource>(open_arrow(input));
}

}  // namespace

bool begins_as_arrow(std::string_view first_bytes) {
  for (const std::string_view magic : magics)
    if (first_bytes.starts_with(magic)) return true;
  return false;
}

bool is_arrow_file(const std::string& path) { return begins_as_arrow(first_bytes(path)); }

std::unique_ptr<RecordSource> open_arrow_file(const std::string& path) {
  if (!first_bytes(path).starts_with(magics[stream_magic])) return open({path, nullptr});
  return open({{}, std::make_shared<Input>(path, std::function<void()>(), ArrowBytes::accepted)});
}

std::unique_ptr<RecordSource> open_arrow_stream(ByteSource& stream) {
  return open({{}, std::shared_ptr<ByteSource>(std::shared_ptr<void>(), &stream)});
}

}  // namespace ringscan
