#include "io/arrow_module.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>

#include "io/errors.hpp"

namespace ringscan {
namespace {

namespace fs = std::filesystem;

constexpr char module_file[] = "libringscan_arrow.so";

struct Found {
  void* function = nullptr;
  std::string why_not;
};

// Beside the program, or where an installation has it.
Found find(const char* name) {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& path : {folder / module_file, folder / "../lib/ringscan" / module_file}) {
    if (!fs::exists(path, error)) continue;
    void* const module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);  // never closed: its types outlive its calls
    if (module == nullptr) return {nullptr, ::dlerror()};
    void* const function = ::dlsym(module, name);
    if (function == nullptr) return {nullptr, fmt::format("{} is of another version", path.string())};
    return {function, {}};
  }
  return {nullptr, fmt::format("{} is not beside the program", module_file)};
}

}  // namespace

void* arrow_function(const char* name, std::string_view to_do, std::string_view instead) {
  const Found found = find(name);
  if (found.function != nullptr) return found.function;
  throw Unavailable(
      fmt::format("this build cannot {} ({}): install Arrow's C++ libraries or Python's pyarrow and build again, or {}",
                  to_do, found.why_not, instead));
}

}  // namespace ringscan
