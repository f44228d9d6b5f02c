#include "read/arrow/ipc.hpp"

#include <arrow/array.h>
#include <arrow/ipc/dictionary.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <mutex>
#include <set>

#include "read/arrow/batch_block.hpp"
#include "read/arrow/failure.hpp"

namespace ringscan {
namespace {

// What of arrays was found sound. A dictionary belongs to many batches and is looked at once.
class Checks {
 public:
  explicit Checks(std::string file) : file_(std::move(file)) {}

  // All of the batch; the places in a dictionary are checked where they are used.
  void check_values(const arrow::RecordBatch& batch) {
    for (const auto& column : batch.columns()) {
      if (column->type_id() != arrow::Type::DICTIONARY) {
        check(file_, column->ValidateFull());
        continue;
      }
      const auto& entries = static_cast<const arrow::DictionaryArray&>(*column);
      check(file_, entries.indices()->ValidateFull());
      check_dictionary(entries.dictionary());
    }
  }

 private:
  void check_dictionary(const std::shared_ptr<arrow::Array>& dictionary) {
    const std::lock_guard lock(mutex_);
    if (sound_.contains(dictionary->data())) return;
    check(file_, dictionary->ValidateFull());
    sound_.insert(dictionary->data());
  }

  const std::string file_;
  std::mutex mutex_;
  std::set<std::shared_ptr<arrow::ArrayData>> sound_;
};

arrow::ipc::IpcReadOptions options_for(const Projection& projection) {
  arrow::ipc::IpcReadOptions options;
  options.use_threads = false;
  options.included_fields = projection.fields();
  return options;
}

// Batches one after another, cut into blocks.
class IpcSource : public RecordSource {
 public:
  explicit IpcSource(std::string name) : name_(std::move(name)), checks_(std::make_shared<Checks>(name_)) {}

  const std::vector<std::string>& header() const override { return header_; }
  std::uint64_t lines_before() const override { return 0; }
  void select(std::span<const std::size_t> columns) override {
    guarded(name_, [&] {
      projection_ = std::make_shared<const Projection>(name_, *schema_, columns);
      begin(options_for(*projection_));
    });
  }

  std::unique_ptr<RecordBlock> next_block() override {
    return guarded(name_, [&]() -> std::unique_ptr<RecordBlock> {
      while (!batch_ || row_ == batch_->num_rows()) {
        row_ = 0;
        batch_ = at_end_ ? nullptr : next_batch();
        at_end_ = !batch_;
        if (at_end_) return nullptr;
        check(name_, batch_->Validate());  // or cutting it might end the program
        if (std::size_t(batch_->num_columns()) != projection_->fields().size()) fail(name_, "a batch lacks columns");
      }
      const std::int64_t rows = std::min(batch_->num_rows() - row_, rows_of_a_block);
      const auto part = batch_->Slice(row_, rows);
      row_ += rows;
      return std::make_unique<BatchBlock>(projection_, [part, checks = checks_] {
        checks->check_values(*part);
        return Batches{part};
      });
    });
  }

 protected:
  void set_schema(std::shared_ptr<arrow::Schema> schema) {
    schema_ = std::move(schema);
    header_ = names_of(*schema_);
  }
  virtual void begin(const arrow::ipc::IpcReadOptions& options) = 0;
  virtual std::shared_ptr<arrow::RecordBatch> next_batch() = 0;  // null at the end

  const std::string name_;

 private:
  const std::shared_ptr<Checks> checks_;
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<std::string> header_;
  std::shared_ptr<const Projection> projection_;
  std::shared_ptr<arrow::RecordBatch> batch_;
  std::int64_t row_ = 0;
  bool at_end_ = false;
};

class IpcFile final : public IpcSource {
 public:
  IpcFile(const std::string& name, const arrow_io::File& file) : IpcSource(name), file_(file) {
    size_ = value_or_fail(name_, file->GetSize());
    reader_ = value_or_fail(name_, arrow::ipc::RecordBatchFileReader::Open(file_));
    set_schema(reader_->schema());
  }

  std::string_view format() const override { return "arrow file"; }
  std::uint64_t bytes_done() const override {
    const int all = reader_->num_record_batches();
    return all > 0 ? std::uint64_t(double(size_) * next_ / all) : 0;
  }

 private:
  void begin(const arrow::ipc::IpcReadOptions& options) override {
    reader_ = value_or_fail(name_, arrow::ipc::RecordBatchFileReader::Open(file_, options));
  }
  std::shared_ptr<arrow::RecordBatch> next_batch() override {
    if (next_ == reader_->num_record_batches()) return nullptr;
    return value_or_fail(name_, reader_->ReadRecordBatch(next_++));
  }

  const arrow_io::File file_;
  std::int64_t size_ = 0;
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> reader_;
  int next_ = 0;
};

// The messages of a stream, of which the first was read before the rest was asked for.
class Messages final : public arrow::ipc::MessageReader {
 public:
  Messages(std::unique_ptr<arrow::ipc::Message> first, std::shared_ptr<ByteStream> bytes)
      : first_(std::move(first)), bytes_(std::move(bytes)) {}

  arrow::Result<std::unique_ptr<arrow::ipc::Message>> ReadNextMessage() override {
    if (first_) return std::move(first_);
    auto message = arrow::ipc::ReadMessage(bytes_.get());
    if (message.ok() && *message == nullptr && bytes_->hit_end())
      return arrow::Status::Invalid("the mark at the end of the stream is missing");
    return message;
  }

 private:
  std::unique_ptr<arrow::ipc::Message> first_;
  std::shared_ptr<ByteStream> bytes_;
};

class IpcStream final : public IpcSource {
 public:
  IpcStream(const std::string& name, std::shared_ptr<ByteStream> bytes) : IpcSource(name), bytes_(std::move(bytes)) {
    auto first = arrow::ipc::ReadMessage(bytes_.get());
    bytes_->rethrow();
    first_ = value_or_fail(name_, std::move(first));
    if (!first_) fail(name_, "the stream has no schema");
    arrow::ipc::DictionaryMemo dictionaries;
    set_schema(value_or_fail(name_, arrow::ipc::ReadSchema(*first_, &dictionaries)));
  }

  std::string_view format() const override { return "arrow stream"; }
  std::uint64_t bytes_done() const override { return std::uint64_t(bytes_->Tell().ValueOr(0)); }

 private:
  void begin(const arrow::ipc::IpcReadOptions& options) override {
    auto reader =
        arrow::ipc::RecordBatchStreamReader::Open(std::make_unique<Messages>(std::move(first_), bytes_), options);
    bytes_->rethrow();
    reader_ = value_or_fail(name_, std::move(reader));
  }
  std::shared_ptr<arrow::RecordBatch> next_batch() override {
    std::shared_ptr<arrow::RecordBatch> batch;
    const arrow::Status status = reader_->ReadNext(&batch);
    bytes_->rethrow();
    check(name_, status);
    if (!batch) check_end();
    return batch;
  }
  // Such as another stream, whose rows would be lost without a word.
  void check_end() {
    const auto more = bytes_->Read(1);
    bytes_->rethrow();
    if (value_or_fail(name_, more)->size() > 0) fail(name_, "other bytes follow the end of the stream");
  }

  const std::shared_ptr<ByteStream> bytes_;
  std::unique_ptr<arrow::ipc::Message> first_;
  std::shared_ptr<arrow::ipc::RecordBatchStreamReader> reader_;
};

}  // namespace

std::unique_ptr<RecordSource> open_ipc_file(const std::string& name, const arrow_io::File& file) {
  return std::make_unique<IpcFile>(name, file);
}

std::unique_ptr<RecordSource> open_ipc_stream(const std::string& name, std::shared_ptr<ByteStream> bytes) {
  return std::make_unique<IpcStream>(name, std::move(bytes));
}

}  // namespace ringscan
