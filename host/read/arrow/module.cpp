#include "read/arrow/module.hpp"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>

#include "io/mapped_file.hpp"
#include "read/arrow/byte_stream.hpp"
#include "read/arrow/failure.hpp"
#include "read/arrow/ipc.hpp"
#include "read/arrow/parquet.hpp"

namespace ringscan {
namespace {

constexpr std::string_view parquet_magic = "PAR1", file_magic = "ARROW1";
constexpr std::int64_t longest_magic = 8;

// A mapped file, for as long as any part of it is looked at.
class MappedBuffer final : public arrow::Buffer {
 public:
  explicit MappedBuffer(std::unique_ptr<MappedFile> file)
      : arrow::Buffer(reinterpret_cast<const std::uint8_t*>(file->bytes().data()), std::int64_t(file->bytes().size())),
        file_(std::move(file)) {}
  std::string_view bytes() const { return file_->bytes(); }

 private:
  const std::unique_ptr<MappedFile> file_;
};

std::unique_ptr<RecordSource> open(const ArrowInput& input) {
  if (!input.path.empty()) {
    // A file that is cut while it is mapped ends the program by SIGBUS, which cli/ answers with a sentence.
    const auto mapped = std::make_shared<MappedBuffer>(std::make_unique<MappedFile>(input.path));
    const auto file = std::make_shared<arrow::io::BufferReader>(mapped);
    if (mapped->bytes().starts_with(parquet_magic)) return open_parquet(input.path, file, mapped->bytes());
    return open_ipc_file(input.path, file);
  }
  const std::string& name = input.stream->name();
  auto bytes = std::make_shared<ByteStream>(input.stream);
  const std::string first = bytes->peek(longest_magic);
  if (!first.starts_with(parquet_magic) && !first.starts_with(file_magic)) return open_ipc_stream(name, bytes);
  const auto file = std::make_shared<arrow::io::BufferReader>(bytes->read_all());
  return first.starts_with(parquet_magic) ? open_parquet(name, file) : open_ipc_file(name, file);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) RecordSource* ringscan_open_arrow_1(const ArrowInput& input) {
  return guarded(input.path.empty() ? input.stream->name() : input.path, [&] { return open(input).release(); });
}

}  // namespace ringscan
