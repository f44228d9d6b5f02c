#include "cli/backends.hpp"

#include <fmt/core.h>

#include "cli/options.hpp"
#include "cpu/cpu.hpp"
#include "kernels/cuda.hpp"
#include "reference/reference.hpp"

namespace ringscan {

const std::vector<BackendEntry>& backends() {
  static const auto always = [] { return std::string(); };
  static const std::vector<BackendEntry> all = {
      {"cuda", make_cuda, why_cuda_is_unavailable},
      {"cuda-pairs", make_cuda_pairs, why_cuda_is_unavailable},
      {"cpu", make_cpu, always},
      {"reference", make_reference, always},
  };
  return all;
}

ChosenBackend choose_backend(std::string_view name, const BackendOptions& options) {
  if (name == "auto") {
    const std::string why_not = why_cuda_is_unavailable();
    if (why_not.empty()) return {make_cuda(options), "cuda (a device that this build has code for)"};
    return {make_cpu(options), "cpu (cuda: " + why_not + ")"};
  }
  std::vector<std::string> names = {"auto"};
  for (const BackendEntry& entry : backends()) {
    if (entry.name == name) return {entry.make(options), ""};
    names.emplace_back(entry.name);
  }
  throw UsageError("there is no backend '" + std::string(name) + "'" + suggestion(name, names) + one_of(names));
}

void ask_chosen(ChosenBackend& chosen, const BackendOptions& options, bool quiet,
                const std::function<void(Backend&)>& ask) {
  try {
    ask(*chosen.backend);
  } catch (const Unavailable& error) {
    if (chosen.reason.empty() || chosen.backend->name() == "cpu") throw;  // asked for by name: never another
    if (!quiet) fmt::print(stderr, "ringscan: backend cpu ({})\n", error.what());
    chosen = choose_backend("cpu", options);
    ask(*chosen.backend);
  }
}

}  // namespace ringscan
