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

void BatchColumn::set(const std::shared_ptr<arrow::Array>& array) {
  const auto rows = std::size_t(array->length());
  const auto write = [&](std::vector<std::uint64_t>& room, auto writer) {
    room.resize(rows);
    if (!(texts_.get()->*writer)(room.data())) room.clear();
  };
  texts_ = make_texts(array);
  views_.resize(texts_->lasts() ? rows : 0);
  if (texts_->lasts()) return texts_->write_views(views_.data());
  write(numbers_, &Texts::write_numbers);
  write(times_, &Texts::write_times);
}

BatchBlock::BatchBlock(std::shared_ptr<const Projection> projection, std::function<Batches()> decode)
    : projection_(std::move(projection)),
      decode_(std::move(decode)),
      columns_(projection_->places().size()),
      fields_(columns_.size()),
      numbers_(columns_.size()),
      times_(columns_.size()) {}

BatchBlock::~BatchBlock() = default;

bool BatchBlock::next_batch() {
  if (decode_) {
    batches_ = decode_();
    decode_ = nullptr;
  }
  for (BatchColumn& column : columns_) column.clear();
  if (taken_ == batches_.size()) return false;
  const std::shared_ptr<arrow::RecordBatch> batch = std::move(batches_[taken_++]);
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (const int place = projection_->places()[i]; place >= 0) columns_[i].set(batch->column(place));
  row_ = 0;
  rows_ = batch->num_rows();
  return true;
}

bool BatchBlock::next_values(Record& record) {
  while (row_ == rows_)
    if (!next_batch()) return false;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    numbers_[i] = columns_[i].number(row_);
    times_[i] = columns_[i].time(row_);
    fields_[i] = numbers_[i] == no_number && times_[i] == no_number ? columns_[i].text(row_) : std::string_view{};
  }
  ++row_;
  record.line = ++lines_;
  record.field_count = projection_->header_size();
  record.surplus_is_empty = true;
  record.problem.clear();
  record.fields = fields_;
  record.numbers = numbers_;
  record.times = times_;
  return true;
}

void BatchBlock::write_texts() {
  for (std::size_t i = 0; i < columns_.size(); ++i) fields_[i] = columns_[i].text(row_ - 1);
}

bool BatchBlock::next(Record& record) {
  if (!next_values(record)) return false;
  write_texts();
  return true;
}

}  // namespace ringscan
