// Parquet: only the columns that are selected are read, a row group in blocks. A block's row group is decoded in the
// threads that read its blocks, one at a time, and different row groups side by side.
#pragma once
#include <memory>
#include <string>

#include "read/arrow/byte_stream.hpp"
#include "read/record_source.hpp"

namespace ringscan {

std::unique_ptr<RecordSource> open_parquet(const std::string& name, const arrow_io::File& file);

}  // namespace ringscan
