// Parquet: only the columns that are selected are read, a row group in blocks. Of a mapped file a column may be left
// for later (RecordSource::leave_for_later), as pages can be decoded again.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "read/arrow/byte_stream.hpp"
#include "read/record_source.hpp"

namespace ringscan {

// `mapped`: the file's bytes, where `file` gives out parts of a mapping; else empty.
std::unique_ptr<RecordSource> open_parquet(const std::string& name, const arrow_io::File& file,
                                           std::string_view mapped = {});

}  // namespace ringscan
