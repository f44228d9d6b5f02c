// All that host/ sees of the GPU backends.
#pragma once
#include <memory>
#include <string>

#include "backend.hpp"

namespace ringscan {

// Why `cuda` and `cuda-pairs` cannot run here, in one sentence; empty if they can.
std::string why_cuda_is_unavailable();
// Throw Unavailable with that sentence.
std::unique_ptr<Backend> make_cuda(const BackendOptions& options);
// The same, but with rows sorted and partitioned by receiver on the host; for benchmarks.
std::unique_ptr<Backend> make_cuda_host_partition(const BackendOptions& options);
std::unique_ptr<Backend> make_cuda_pairs(const BackendOptions& options);

}  // namespace ringscan
