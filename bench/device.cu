#include <algorithm>

#include "device.hpp"
#include "kernels/cuda.hpp"
#include "kernels/device_space.cuh"

namespace ringscan::bench {

namespace {

void check(cudaError_t status) { kernels::check(status, "timing a copy"); }

// Seconds of the second of two copies.
double seconds_of_copy(kernels::DeviceSpace& space, char* to, const char* from, std::uint64_t bytes,
                       cudaMemcpyKind kind) {
  cudaEvent_t begin = nullptr, end = nullptr;
  check(cudaEventCreate(&begin));
  check(cudaEventCreate(&end));
  float milliseconds = 0;
  for (const bool timed : {false, true}) {  // the first is the warm-up
    check(cudaEventRecord(begin, space.stream.get()));
    check(cudaMemcpyAsync(to, from, bytes, kind, space.stream.get()));
    check(cudaEventRecord(end, space.stream.get()));
    kernels::synchronize(space);
    if (timed) check(cudaEventElapsedTime(&milliseconds, begin, end));
  }
  cudaEventDestroy(begin);
  cudaEventDestroy(end);
  return milliseconds / 1e3;
}

}  // namespace

std::optional<DeviceCopy> time_device_copy() {
  if (!why_cuda_is_unavailable().empty()) return std::nullopt;
  constexpr std::uint64_t bytes = std::uint64_t{1} << 30;
  kernels::DeviceSpace space;
  kernels::DeviceSpace::Buffer<char> from(space, bytes), to(space, bytes);
  kernels::fill(space, from.data(), bytes, char{1});
  return DeviceCopy{2 * bytes, seconds_of_copy(space, to.data(), from.data(), bytes, cudaMemcpyDeviceToDevice)};
}

std::optional<DeviceCopy> time_link_copy() {
  if (!why_cuda_is_unavailable().empty()) return std::nullopt;
  constexpr std::uint64_t bytes = std::uint64_t{1} << 28;
  kernels::DeviceSpace space;
  kernels::DeviceSpace::Pinned<char> from(space, bytes);
  kernels::DeviceSpace::Buffer<char> to(space, bytes);
  std::fill_n(from.data(), bytes, char{1});
  return DeviceCopy{bytes, seconds_of_copy(space, to.data(), from.data(), bytes, cudaMemcpyHostToDevice)};
}

std::optional<double> peak_comparisons() {
  if (!why_cuda_is_unavailable().empty()) return std::nullopt;
  // CUDA C++ Programming Guide, "Throughput of Native Arithmetic Instructions": compare, minimum, maximum.
  constexpr double lanes = 64;
  int device = 0, multiprocessors = 0, kilohertz = 0;
  check(cudaGetDevice(&device));
  check(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, device));
  check(cudaDeviceGetAttribute(&kilohertz, cudaDevAttrClockRate, device));
  return multiprocessors * lanes * kilohertz * 1e3;
}

}  // namespace ringscan::bench
