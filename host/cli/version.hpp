#pragma once
#include <string_view>

namespace ringscan {

inline constexpr std::string_view version = RINGSCAN_VERSION;  // of CMakeLists.txt

}  // namespace ringscan
