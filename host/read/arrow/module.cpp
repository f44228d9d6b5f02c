#include "read/arrow/module.hpp"

#include <arrow/buffer.h>
#include <arrow/io/file.h>
#include <arrow/io/memory.h>

#include "read/arrow/byte_stream.hpp"
#include "read/arrow/failure.hpp"
#include "read/arrow/ipc.hpp"
#include "read/arrow/parquet.hpp"

namespace ringscan {
namespace {

constexpr std::string_view parquet_magic = "PAR1", file_magic = "ARROW1";
constexpr std::int64_t longest_magic = 8;

std::unique_ptr<RecordSource> open_random(const std::string& name, const arrow_io::File& file, std::string_view first) {
  if (first.starts_with(parquet_magic)) return open_parquet(name, file);
  return open_ipc_file(name, file);
}

std::unique_ptr<RecordSource> open(const ArrowInput& input) {
  if (!input.path.empty()) {
    // A file that is cut while it is mapped ends the program by SIGBUS, which cli/ answers with a sentence.
    const arrow_io::File file =
        value_or_fail(input.path, arrow::io::MemoryMappedFile::Open(input.path, arrow::io::FileMode::READ));
    const auto first = value_or_fail(input.path, file->ReadAt(0, longest_magic));
    return open_random(input.path, file, first->ToString());
  }
  const std::string& name = input.stream->name();
  auto bytes = std::make_shared<ByteStream>(input.stream);
  const std::string first = bytes->peek(longest_magic);
  if (!first.starts_with(parquet_magic) && !first.starts_with(file_magic)) return open_ipc_stream(name, bytes);
  return open_random(name, std::make_shared<arrow::io::BufferReader>(bytes->read_all()), first);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) RecordSource* ringscan_open_arrow_1(const ArrowInput& input) {
  return guarded(input.path.empty() ? input.stream->name() : input.path, [&] { return open(input).release(); });
}

}  // namespace ringscan
