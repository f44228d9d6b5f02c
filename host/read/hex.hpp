// The hex digits of addresses -> bytes, in vectors where the machine has them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "read/separators.hpp"

namespace ringscan {

// 40 hex digits of either case -> 20 bytes; false, with anything written, if one is no hex digit.
bool decode_address(const char* digits, std::uint8_t* bytes, Vectors with = fastest_vectors());
// The same of many texts, each of which should be `0x` and 40 hex digits: those of texts[i] go to bytes + i * step, and
// is_address[i] says whether it is one.
void decode_addresses(std::span<const std::string_view> texts, std::uint8_t* bytes, std::size_t step,
                      std::span<std::uint8_t> is_address, Vectors with = fastest_vectors());

}  // namespace ringscan
