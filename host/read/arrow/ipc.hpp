// Arrow IPC, as a file with a footer and as a stream with an end mark: what is missing there is told. Batches are read
// in order, and checked in the threads that read the blocks: strangers write such files, and Arrow trusts what they
// say.
#pragma once
#include <memory>
#include <string>

#include "read/arrow/byte_stream.hpp"
#include "read/record_source.hpp"

namespace ringscan {

std::unique_ptr<RecordSource> open_ipc_file(const std::string& name, const arrow_io::File& file);
std::unique_ptr<RecordSource> open_ipc_stream(const std::string& name, std::shared_ptr<ByteStream> bytes);

}  // namespace ringscan
