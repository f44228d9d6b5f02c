// The hex digits of addresses -> bytes, in vectors where the machine has them.
#pragma once
#include <cstdint>

#include "read/separators.hpp"

namespace ringscan {

// 40 hex digits of either case -> 20 bytes; false, with anything written, if one is no hex digit.
bool decode_address(const char* digits, std::uint8_t* bytes, Vectors with = fastest_vectors());

}  // namespace ringscan
