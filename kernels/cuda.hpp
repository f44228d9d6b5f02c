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
// For benchmarks and tests, the same but: the ledger always passes through; to count, rows are sorted by receiver too,
// instead of swept; and host code does so.
std::unique_ptr<Backend> make_cuda_streamed(const BackendOptions& options);
std::unique_ptr<Backend> make_cuda_device_partition(const BackendOptions& options);
std::unique_ptr<Backend> make_cuda_host_partition(const BackendOptions& options);
std::unique_ptr<Backend> make_cuda_pairs(const BackendOptions& options);

}  // namespace ringscan
