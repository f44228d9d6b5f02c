// A Sink as Arrow writes to it. What the sink throws is kept while Arrow's code is left, and thrown again behind it;
// after that, and after refuse(), nothing more is written.
#pragma once
#include <arrow/io/interfaces.h>
#include <arrow/result.h>

#include <exception>

#include "io/sink.hpp"

namespace ringscan {

class SinkStream final : public arrow::io::OutputStream {
 public:
  explicit SinkStream(Sink& sink) : sink_(sink) {}

  void refuse() { refuses_ = true; }
  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

  arrow::Status Close() override { return arrow::Status::OK(); }
  bool closed() const override { return false; }
  arrow::Result<std::int64_t> Tell() const override { return told_; }
  using arrow::io::OutputStream::Write;
  arrow::Status Write(const void* bytes, std::int64_t size) override {
    if (refuses_) return arrow::Status::IOError("the output has failed");
    try {
      sink_.write({static_cast<const char*>(bytes), std::size_t(size)});
    } catch (...) {
      thrown_ = std::current_exception();
      refuse();
      return arrow::Status::IOError("the output has failed");
    }
    told_ += size;
    return arrow::Status::OK();
  }

 private:
  Sink& sink_;
  std::int64_t told_ = 0;
  bool refuses_ = false;
  std::exception_ptr thrown_;
};

}  // namespace ringscan
