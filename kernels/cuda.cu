// The backends `cuda` and `cuda-pairs`: the pipelines over DeviceSpace, and why they cannot run where they cannot.
#include "kernels/cuda.hpp"

#include "kernels/device_space.cuh"
// The pipelines' templates find the device's primitives above by argument.
#include "kernels/join_backend.hpp"

namespace ringscan {
namespace kernels {

__global__ void probe_kernel() {}

void throw_cuda_error(cudaError_t status, const char* what) {
  std::string sentence = std::string("the CUDA device failed while ") + what + ": " + cudaGetErrorString(status);
  if (status == cudaErrorMemoryAllocation)
    sentence += "; use --backend cpu, or cut the ledger with --start, --end or --assets";
  else
    sentence += "; use --backend cpu, and see the driver's log for the device's state";
  cudaGetLastError();  // an error that is not sticky must not surface again
  throw Unavailable(sentence);
}

namespace {

std::string why_unavailable() {
  int devices = 0;
  cudaError_t status = cudaGetDeviceCount(&devices);
  cudaGetLastError();
  if (status == cudaErrorInsufficientDriver)
    return "the NVIDIA driver is missing or older than this build's CUDA runtime: install or update the driver";
  if (status == cudaErrorNoDevice || (status == cudaSuccess && devices == 0)) return "there is no CUDA device";
  if (status != cudaSuccess) return std::string("the CUDA driver answers: ") + cudaGetErrorString(status);
  cudaFuncAttributes attributes;
  status = cudaFuncGetAttributes(&attributes, probe_kernel);
  cudaGetLastError();
  if (status == cudaErrorNoKernelImageForDevice || status == cudaErrorInvalidDeviceFunction ||
      status == cudaErrorUnsupportedPtxVersion)
    return "this build has no code for this device: build again with -DCMAKE_CUDA_ARCHITECTURES=native";
  if (status != cudaSuccess) return std::string("the CUDA device answers: ") + cudaGetErrorString(status);
  int pools = 0, device = 0;
  if (cudaGetDevice(&device) != cudaSuccess ||
      cudaDeviceGetAttribute(&pools, cudaDevAttrMemoryPoolsSupported, device) != cudaSuccess || pools == 0)
    return "this device or driver has no memory pools";
  return "";
}

std::unique_ptr<Backend> make(std::string_view name, Form form, const BackendOptions& options) {
  const std::string why_not = why_cuda_is_unavailable();
  if (!why_not.empty()) throw Unavailable("backend " + std::string(name) + ": " + why_not + "; use --backend cpu");
  check(cudaSetDevice(options.device), "choosing the device; --device counts from 0");
  DeviceSpace space;
  space.keep_freed_memory();
  return std::make_unique<JoinBackend<DeviceSpace>>(name, form, options, std::move(space));
}

}  // namespace
}  // namespace kernels

std::string why_cuda_is_unavailable() {
  static const std::string answer = kernels::why_unavailable();
  return answer;
}

std::unique_ptr<Backend> make_cuda(const BackendOptions& options) {
  return kernels::make("cuda", kernels::Form::resident, options);
}

std::unique_ptr<Backend> make_cuda_streamed(const BackendOptions& options) {
  return kernels::make("cuda", kernels::Form::streamed, options);
}

std::unique_ptr<Backend> make_cuda_device_partition(const BackendOptions& options) {
  return kernels::make("cuda", kernels::Form::partition_on_device, options);
}

std::unique_ptr<Backend> make_cuda_host_partition(const BackendOptions& options) {
  return kernels::make("cuda", kernels::Form::partition_on_host, options);
}

std::unique_ptr<Backend> make_cuda_pairs(const BackendOptions& options) {
  return kernels::make("cuda-pairs", kernels::Form::every_pair, options);
}

}  // namespace ringscan
