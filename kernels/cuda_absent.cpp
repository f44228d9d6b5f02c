// Stands in where no CUDA backend is built.
#include "kernels/cuda.hpp"

namespace ringscan {

std::string why_cuda_is_unavailable() { return "not built yet"; }

std::unique_ptr<Backend> make_cuda(const BackendOptions&) {
  throw Unavailable("backend cuda: " + why_cuda_is_unavailable() + "; use --backend cpu");
}

std::unique_ptr<Backend> make_cuda_pairs(const BackendOptions&) {
  throw Unavailable("backend cuda-pairs: " + why_cuda_is_unavailable() + "; use --backend cpu");
}

}  // namespace ringscan
