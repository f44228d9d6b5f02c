// The backend `cpu`: partition, suffix maximum and range search over the rows that a question can touch, with oneTBB.
#pragma once
#include <memory>

#include "backend.hpp"

namespace ringscan {

std::unique_ptr<Backend> make_cpu(const BackendOptions& options);

}  // namespace ringscan
