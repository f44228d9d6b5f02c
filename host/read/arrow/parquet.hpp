// Parquet: only the columns that are selected are read, a row group in blocks. A block's columns are decoded in the
// threads that read its blocks: one thread at a time for a column, but different columns and row groups side by side.
#pragma once
#include <memory>
#include <string>

#include "read/arrow/byte_stream.hpp"
#include "read/record_source.hpp"

namespace ringscan {

std::unique_ptr<RecordSource> open_parquet(const std::string& name, const arrow_io::File& file);

}  // namespace ringscan
