// The backends by name, and what `auto` means.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backend.hpp"

namespace ringscan {

struct BackendEntry {
  std::string_view name;
  std::unique_ptr<Backend> (*make)(const BackendOptions& options);
  std::string (*why_unavailable)();  // one sentence, or empty
};

const std::vector<BackendEntry>& backends();

struct ChosenBackend {
  std::unique_ptr<Backend> backend;
  std::string reason;  // why `auto` took it; empty if it was asked for by name
};

// `auto` is the GPU if there is one that this build can use, else `cpu`. A name is that backend or an exception:
// UsageError if there is none of that name, Unavailable with the reason if it cannot run here.
ChosenBackend choose_backend(std::string_view name, const BackendOptions& options);

// Asks the chosen backend; where `auto` took a device and it turns out that this cannot hold the work, says so on
// stderr unless `quiet`, and asks `cpu`, which is the chosen one from then on.
void ask_chosen(ChosenBackend& chosen, const BackendOptions& options, bool quiet,
                const std::function<void(Backend&)>& ask);

}  // namespace ringscan
