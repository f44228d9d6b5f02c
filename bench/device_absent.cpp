// Stands in where no CUDA backend is built.
#include "device.hpp"

namespace ringscan::bench {

std::optional<DeviceCopy> time_device_copy() { return std::nullopt; }

std::vector<std::pair<std::string, double>> take_device_counters() { return {}; }

}  // namespace ringscan::bench
