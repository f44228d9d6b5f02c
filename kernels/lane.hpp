#pragma once

namespace ringscan::kernels {

// A space's two queues of work, each run in its order: kernels and their memory, and copies from pinned host memory.
enum class Lane { compute, copies };

}  // namespace ringscan::kernels
