#include "kernels/host_backend.hpp"

namespace ringscan::kernels {

std::unique_ptr<HostJoin> make_host_join(Form form, const BackendOptions& options, HostSpace space, StepTuning tuning) {
  return std::make_unique<HostJoin>("host-join", form, options, std::move(space), tuning);
}

}  // namespace ringscan::kernels
