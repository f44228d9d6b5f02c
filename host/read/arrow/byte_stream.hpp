// A ByteSource as Arrow reads it. What the source throws is kept while Arrow's code is left, and thrown again behind
// it.
#pragma once
#include <arrow/io/interfaces.h>
#include <arrow/result.h>

#include <exception>
#include <memory>
#include <string>

#include "io/input.hpp"

namespace ringscan {

namespace arrow_io {
using File = std::shared_ptr<arrow::io::RandomAccessFile>;
}

class ByteStream final : public arrow::io::InputStream {
 public:
  explicit ByteStream(std::shared_ptr<ByteSource> source) : source_(std::move(source)) {}

  std::string peek(std::size_t size);  // the next bytes, fewer at the end
  std::shared_ptr<arrow::Buffer> read_all();
  // True after a read that found less than it asked for.
  bool hit_end() const { return hit_end_; }
  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

  arrow::Status Close() override { return arrow::Status::OK(); }
  bool closed() const override { return false; }
  arrow::Result<std::int64_t> Tell() const override { return told_; }
  arrow::Result<std::int64_t> Read(std::int64_t size, void* out) override;
  // Memory grows with what there is, not with what is asked for.
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t size) override;

 private:
  std::size_t read(char* out, std::size_t size);

  std::shared_ptr<ByteSource> source_;
  std::string peeked_;
  std::int64_t told_ = 0;
  bool hit_end_ = false;
  std::exception_ptr thrown_;
};

}  // namespace ringscan
