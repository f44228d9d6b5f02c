#include <arrow/array/array_nested.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <cctype>
#include <iterator>
#include <vector>

#include "read/arrow/texts.hpp"

namespace ringscan {
namespace {

using ArrayPointer = std::shared_ptr<arrow::Array>;

class Nested : public Texts {
 public:
  using Texts::Texts;

 private:
  std::string_view value(std::int64_t row) final {
    text_.clear();
    append_json(text_, row);
    return text_;
  }
  bool is_json() const final { return true; }

  std::string text_;
};

template <class ArrayType>
class Lists final : public Nested {
 public:
  Lists(ArrayPointer array, std::unique_ptr<Texts> items) : Nested(std::move(array)), items_(std::move(items)) {}

  void append_json(std::string& json, std::int64_t row) override {
    if (array_->IsNull(row)) {
      json += "null";
      return;
    }
    const auto& lists = static_cast<const ArrayType&>(*array_);
    const std::int64_t begin = lists.value_offset(row), end = begin + lists.value_length(row);
    json += '[';
    for (std::int64_t item = begin; item < end; ++item) {
      if (item > begin) json += ',';
      items_->append_json(json, item);
    }
    json += ']';
  }

 private:
  const std::unique_ptr<Texts> items_;
};

class Structs final : public Nested {
 public:
  Structs(ArrayPointer array, std::vector<std::unique_ptr<Texts>> fields)
      : Nested(std::move(array)), fields_(std::move(fields)) {
    for (const auto& field : array_->type()->fields()) {
      std::string& key = keys_.emplace_back(keys_.empty() ? "" : ",");
      append_json_string(key, field->name());
      key += ':';
    }
  }

  void append_json(std::string& json, std::int64_t row) override {
    if (array_->IsNull(row)) {
      json += "null";
      return;
    }
    json += '{';
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      json += keys_[i];
      fields_[i]->append_json(json, row);
    }
    json += '}';
  }

 private:
  const std::vector<std::unique_ptr<Texts>> fields_;
  std::vector<std::string> keys_;  // with what stands before and behind them
};

template <class ArrayType>
std::unique_ptr<Texts> lists(const ArrayPointer& array) {
  std::unique_ptr<Texts> items = make_texts(static_cast<const ArrayType&>(*array).values());
  if (items == nullptr) return nullptr;
  return std::make_unique<Lists<ArrayType>>(array, std::move(items));
}

std::unique_ptr<Texts> structs(const ArrayPointer& array) {
  const auto& values = static_cast<const arrow::StructArray&>(*array);
  std::vector<std::unique_ptr<Texts>> fields;
  for (int i = 0; i < values.num_fields(); ++i) {
    fields.push_back(make_texts(values.field(i)));
    if (fields.back() == nullptr) return nullptr;
  }
  return std::make_unique<Structs>(array, std::move(fields));
}

}  // namespace

std::unique_ptr<Texts> make_nested_texts(const ArrayPointer& array) {
  switch (array->type_id()) {
    case arrow::Type::LIST:
      return lists<arrow::ListArray>(array);
    case arrow::Type::LARGE_LIST:
      return lists<arrow::LargeListArray>(array);
    case arrow::Type::FIXED_SIZE_LIST:
      return lists<arrow::FixedSizeListArray>(array);
    case arrow::Type::MAP:
      return lists<arrow::MapArray>(array);
    case arrow::Type::STRUCT:
      return structs(array);
    default:
      return nullptr;
  }
}

void append_json_string(std::string& json, std::string_view text) {
  json += '"';
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') {
      json += '\\';
      json += byte;
    } else if (static_cast<unsigned char>(byte) < ' ') {
      fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned>(byte));
    } else {
      json += byte;
    }
  }
  json += '"';
}

}  // namespace ringscan
