#include <algorithm>

#include "device.hpp"
#include "kernels/cuda.hpp"
#include "kernels/device_space.cuh"

namespace ringscan::bench {

std::optional<DeviceCopy> time_device_copy() {
  if (!why_cuda_is_unavailable().empty()) return std::nullopt;
  constexpr std::uint64_t bytes = std::uint64_t{1} << 30;
  kernels::DeviceSpace space;
  const auto check = [](cudaError_t status) { kernels::check(status, "timing a copy"); };
  kernels::DeviceSpace::Buffer<char> from(space, bytes), to(space, bytes);
  kernels::fill(space, from.data(), bytes, char{1});
  cudaEvent_t begin = nullptr, end = nullptr;
  check(cudaEventCreate(&begin));
  check(cudaEventCreate(&end));
  float milliseconds = 0;
  for (const bool timed : {false, true}) {  // the first is the warm-up
    check(cudaEventRecord(begin, space.stream.get()));
    check(cudaMemcpyAsync(to.data(), from.data(), bytes, cudaMemcpyDeviceToDevice, space.stream.get()));
    check(cudaEventRecord(end, space.stream.get()));
    kernels::synchronize(space);
    if (timed) check(cudaEventElapsedTime(&milliseconds, begin, end));
  }
  cudaEventDestroy(begin);
  cudaEventDestroy(end);
  return DeviceCopy{2 * bytes, milliseconds / 1e3};
}

}  // namespace ringscan::bench
