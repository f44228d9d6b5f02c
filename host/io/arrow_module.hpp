// The shared library that holds all use of Arrow (host/read/arrow, host/write/arrow), loaded when a file first needs
// it: the libraries behind it take 5 ms to start and are not in every build.
#pragma once
#include <string_view>

namespace ringscan {

// The module's function of that name; what its type is the caller knows. Names end in a number that changes with what
// both sides must agree on, so that a module that is left over is not taken. Throws Unavailable where there is no such
// module or function: "this build cannot <do> (<why>): <what to install>, or <instead>".
void* arrow_function(const char* name, std::string_view to_do, std::string_view instead);

}  // namespace ringscan
