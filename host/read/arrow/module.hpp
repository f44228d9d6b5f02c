// What this folder is to the rest of the program: a shared library with one function, which arrow_files.cpp loads when
// a file needs it. It throws what RecordSource throws.
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
// The number changes with what both sides must agree on, so that a module that is left over is not taken.
inline constexpr char open_arrow_symbol[] = "ringscan_open_arrow_1";

}  // namespace ringscan
