// What this folder is to the rest of the program: a function of the module that io/arrow_module.hpp loads. It throws
// what RecordSource throws.
#pragma once
#include <memory>
#include <string>

#include "io/input.hpp"
#include "read/record_source.hpp"

namespace ringscan {

struct ArrowInput {
  std::string path;                    // of a file, or empty
  std::shared_ptr<ByteSource> stream;  // in place of a path
};

using OpenArrow = RecordSource*(const ArrowInput& input);
inline constexpr char open_arrow_symbol[] = "ringscan_open_arrow_1";

}  // namespace ringscan
