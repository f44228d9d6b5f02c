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
    : header_size_(std::size_t(schema.num_fields())) {
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

BatchBlock::BatchBlock(std::shared_ptr<const Projection> projection, std::function<Batches()> decode)
    : projection_(std::move(projection)), decode_(std::move(decode)), fields_(projection_->places().size()) {}

BatchBlock::~BatchBlock() = default;

bool BatchBlock::next_batch() {
  if (decode_) {
    batches_ = decode_();
    decode_ = nullptr;
  }
  if (taken_ == batches_.size()) return false;
  const std::shared_ptr<arrow::RecordBatch> batch = std::move(batches_[taken_++]);
  texts_.clear();
  for (const int place : projection_->places()) texts_.push_back(make_texts(batch->column(place)));
  row_ = 0;
  rows_ = batch->num_rows();
  return true;
}

bool BatchBlock::next(Record& record) {
  while (row_ == rows_)
    if (!next_batch()) return false;
  for (std::size_t i = 0; i < fields_.size(); ++i) fields_[i] = texts_[i]->at(row_);
  ++row_;
  record.line = ++lines_;
  record.field_count = projection_->header_size();
  record.surplus_is_empty = true;
  record.problem.clear();
  record.fields = fields_;
  return true;
}

}  // namespace ringscan
