#include "read/arrow/batch_block.hpp"

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>

#include "io/errors.hpp"

namespace ringscan {

std::vector<std::string> names_of(const arrow::Schema& schema) {
  std::vector<std::string> names;
  for (const auto& field : schema.fields()) names.push_back(field->name());
  return names;
}

Projection::Projection(const std::string& file, const arrow::Schema& schema, std::span<const std::size_t> columns)
    : columns_(columns.begin(), columns.end()), header_size_(std::size_t(schema.num_fields())) {
  for (const std::size_t column : columns) {
    const arrow::Field& field = *schema.field(int(column));
    if (!has_texts(field.type()))
      throw BadInput(
          fmt::format("{}: column {} has the type {}, which is not read: give it another type, or leave it out", file,
                      field.name(), field.type()->ToString()));
    fields_.push_back(int(column));
  }
  std::sort(fields_.begin(), fields_.end());
  for (const std::size_t column : columns)
    places_.push_back(int(std::lower_bound(fields_.begin(), fields_.end(), int(column)) - fields_.begin()));
}

void Projection::leave_out(std::size_t column) {
  std::erase(fields_, int(column));
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto place = std::ranges::find(fields_, int(columns_[i]));
    places_[i] = place == fields_.end() ? -1 : int(place - fields_.begin());
  }
}

void BatchColumn::set(const std::shared_ptr<arrow::Array>& array) { texts_ = array ? make_texts(array) : nullptr; }

FieldColumn BatchColumn::fields(std::size_t rows) {
  views_.clear(), numbers_.clear(), times_.clear();
  if (!texts_) return {};
  if (const std::span<const std::uint64_t> numbers = texts_->numbers(); !numbers.empty()) return {numbers, {}, {}};
  const auto write = [&](std::vector<std::uint64_t>& room, auto writer) {
    room.resize(rows);
    if (!(texts_.get()->*writer)(room.data())) room.clear();
  };
  if (texts_->lasts()) {
    views_.resize(rows);
    texts_->write_views(views_.data());
  } else {
    write(numbers_, &Texts::write_numbers);
    write(times_, &Texts::write_times);
    write_others(rows);
  }
  return {numbers_, times_, views_};
}

void BatchColumn::write_others(std::size_t rows) {
  const auto has_text = [&](std::size_t row) {
    return (numbers_.empty() || numbers_[row] == no_number) && (times_.empty() || times_[row] == no_number);
  };
  written_.clear();
  std::size_t row = 0;
  while (row < rows && !has_text(row)) ++row;
  if (row == rows) return;
  std::vector<std::size_t> sizes(rows);
  for (; row < rows; ++row) {
    if (!has_text(row)) continue;
    const std::string_view text = texts_->at(std::int64_t(row));
    sizes[row] = text.size();
    written_ += text;
  }
  const char* next = written_.data();
  for (const std::size_t size : sizes) views_.emplace_back(std::exchange(next, next + size), size);
}

BatchBlock::BatchBlock(std::shared_ptr<const Projection> projection, std::function<Batches()> decode)
    : projection_(std::move(projection)),
      decode_(std::move(decode)),
      columns_(projection_->places().size()),
      fields_(columns_.size()) {}

BatchBlock::~BatchBlock() = default;

bool BatchBlock::next_batch() {
  if (decode_) {
    batches_ = decode_();
    decode_ = nullptr;
  }
  lines_ += std::uint64_t(std::exchange(rows_, 0));
  row_ = 0;
  for (BatchColumn& column : columns_) column.set(nullptr);
  if (taken_ == batches_.size()) return false;
  const std::shared_ptr<arrow::RecordBatch> batch = std::move(batches_[taken_++]);
  rows_ = batch->num_rows();
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (const int place = projection_->places()[i]; place >= 0) columns_[i].set(batch->column(place));
  return true;
}

std::span<const FieldColumn> BatchBlock::next_columns(std::size_t& records) {
  records = 0;
  do
    if (!next_batch()) return {};
  while (rows_ == 0);
  field_columns_.clear();
  for (BatchColumn& column : columns_) field_columns_.push_back(column.fields(std::size_t(rows_)));
  records = std::size_t(rows_);
  return field_columns_;
}

void BatchBlock::record(std::size_t place, Record& record) {
  for (std::size_t i = 0; i < columns_.size(); ++i) fields_[i] = columns_[i].text(std::int64_t(place));
  record.line = lines_ + place + 1;
  record.field_count = projection_->header_size();
  record.surplus_is_empty = true;
  record.problem.clear();
  record.fields = fields_;
}

bool BatchBlock::next(Record& record) {
  while (row_ == rows_)
    if (!next_batch()) return false;
  this->record(std::size_t(row_++), record);
  return true;
}

}  // namespace ringscan
