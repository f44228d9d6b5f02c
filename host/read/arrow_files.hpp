// Parquet and Arrow IPC, by a module that is loaded when the first such file is opened: the libraries behind it take 5
// ms to start and are not in every build.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "io/input.hpp"
#include "read/record_source.hpp"

namespace ringscan {

// True for the first 8 bytes of a Parquet file, an Arrow file or an Arrow stream.
bool begins_as_arrow(std::string_view first_bytes);
// False also for what is no regular file or cannot be opened.
bool is_arrow_file(const std::string& path);

// A column of an unknown type is BadInput once it is selected. Throws Unavailable where the module is not there.
std::unique_ptr<RecordSource> open_arrow_file(const std::string& path);
// An Arrow stream is read as it comes, the others are read into memory first. What the stream throws is thrown again.
// It must live as long as the source.
std::unique_ptr<RecordSource> open_arrow_stream(ByteSource& stream);

}  // namespace ringscan
