// Stands in where no CUDA backend is built.
#include "device.hpp"

namespace ringscan::bench {

std::optional<DeviceCopy> time_device_copy() { return std::nullopt; }
std::optional<DeviceCopy> time_link_copy() { return std::nullopt; }
std::optional<double> peak_comparisons() { return std::nullopt; }

}  // namespace ringscan::bench
