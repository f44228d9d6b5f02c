// The pipelines over HostSpace as a backend: what tests run where there is no GPU. Not in the list of backends.
#pragma once
#include <memory>

#include "kernels/host_space.hpp"
#include "kernels/join_backend.hpp"

namespace ringscan::kernels {

using HostJoin = JoinBackend<HostSpace>;

std::unique_ptr<HostJoin> make_host_join(Form form, const BackendOptions& options = {}, HostSpace space = {},
                                         StepTuning tuning = {});

}  // namespace ringscan::kernels
