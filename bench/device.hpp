// What only the device's side can tell the harness. device_absent.cpp stands in where no CUDA backend is built, and
// answers nothing: a figure that was not measured is not printed.
#pragma once
#include <cstdint>
#include <optional>

namespace ringscan::bench {

struct DeviceCopy {
  std::uint64_t bytes;  // read and written
  double seconds;
};

// One copy from device memory to device memory, larger than any cache.
std::optional<DeviceCopy> time_device_copy();
// One copy from pinned host memory to the device; `bytes` are those that pass the link.
std::optional<DeviceCopy> time_link_copy();
// Comparisons of 32 bits a second that the device's multiprocessors can do at their highest clock.
std::optional<double> peak_comparisons();

}  // namespace ringscan::bench
