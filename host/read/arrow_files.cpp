#include "read/arrow_files.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>

#include "io/errors.hpp"
#include "io/file_descriptor.hpp"
#include "read/arrow/module.hpp"

namespace ringscan {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

constexpr std::array magics = {"PAR1"sv, "ARROW1"sv, "\xff\xff\xff\xff"sv};
constexpr std::size_t stream_magic = 2;
constexpr std::size_t longest_magic = 6;
constexpr char module_file[] = "libringscan_arrow.so";

std::string first_bytes(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string bytes(longest_magic, '\0');
  const ssize_t size = file.is_open() ? ::pread(file.get(), bytes.data(), bytes.size(), 0) : 0;
  bytes.resize(size > 0 ? std::size_t(size) : 0);
  return bytes;
}

[[noreturn]] void unavailable(const std::string& why) {
  throw Unavailable(fmt::format(
      "this build cannot read Parquet and Arrow files ({}): install Arrow's C++ libraries or Python's pyarrow "
      "and build again, or convert the file to CSV",
      why));
}

// Beside the program, or where an installation has it.
OpenArrow* load_module() {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& path : {folder / module_file, folder / "../lib/ringscan" / module_file}) {
    if (!fs::exists(path, error)) continue;
    void* const module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) unavailable(::dlerror());
    void* const symbol = ::dlsym(module, open_arrow_symbol);
    if (symbol == nullptr) unavailable(fmt::format("{} is of another version", path.string()));
    return reinterpret_cast<OpenArrow*>(symbol);
  }
  unavailable(fmt::format("{} is not beside the program", module_file));
}

std::unique_ptr<RecordSource> open(const ArrowInput& input) {
  static OpenArrow* const open_arrow = load_module();
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
