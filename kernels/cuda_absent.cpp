// Stands in where the build found no CUDA compiler.
#include "kernels/cuda.hpp"

namespace ringscan {
namespace {

std::unique_ptr<Backend> refuse(const char* name) {
  throw Unavailable("backend " + std::string(name) + ": " + why_cuda_is_unavailable() + "; use --backend cpu");
}

}  // namespace

std::string why_cuda_is_unavailable() { return "this build has no CUDA code, as no nvcc was found"; }
std::unique_ptr<Backend> make_cuda(const BackendOptions&) { return refuse("cuda"); }
std::unique_ptr<Backend> make_cuda_streamed(const BackendOptions&) { return refuse("cuda"); }
std::unique_ptr<Backend> make_cuda_device_partition(const BackendOptions&) { return refuse("cuda"); }
std::unique_ptr<Backend> make_cuda_host_partition(const BackendOptions&) { return refuse("cuda"); }
std::unique_ptr<Backend> make_cuda_pairs(const BackendOptions&) { return refuse("cuda-pairs"); }

}  // namespace ringscan
