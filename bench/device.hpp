// What only the device's side can tell the harness. device_absent.cpp stands in where no CUDA backend is built, and
// answers nothing: a figure that was not measured is not printed.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ringscan::bench {

struct DeviceCopy {
  std::uint64_t bytes;  // read and written
  double seconds;
};

// One copy from device memory to device memory, larger than any cache.
std::optional<DeviceCopy> time_device_copy();

// Of the last call of a CUDA backend: phases in seconds, names ending in `_s` (sort_s, copy_s, kernels_s, ...), and
// `bytes_moved`, the bytes of device memory that it read and wrote. Empty for other backends.
std::vector<std::pair<std::string, double>> take_device_counters();

}  // namespace ringscan::bench
