// The backend `reference`: the paper's loops, word for word.
#pragma once
#include <memory>

#include "backend.hpp"

namespace ringscan {

std::unique_ptr<Backend> make_reference(const BackendOptions& options);

}  // namespace ringscan
