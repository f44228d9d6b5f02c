#include "read/arrow/texts.hpp"

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/extension_type.h>
#include <arrow/type.h>

#include "io/errors.hpp"
#include "read/arrow/value_text.hpp"

namespace ringscan {
namespace {

using arrow::Array;
using arrow::Type;
using ArrayPointer = std::shared_ptr<Array>;

class Nothing final : public Texts {
 public:
  using Texts::Texts;
  bool is_null(std::int64_t) const override { return true; }

 private:
  std::string_view value(std::int64_t) override { return {}; }
};

class Booleans final : public Texts {
 public:
  using Texts::Texts;

 private:
  std::string_view value(std::int64_t row) override {
    return static_cast<const arrow::BooleanArray&>(*array_).Value(row) ? "true" : "false";
  }
  bool is_json() const override { return true; }
};

template <class ArrayType>
class Strings final : public Texts {
 public:
  using Texts::Texts;

  bool lasts() const override { return true; }
  void write_views(std::string_view* out) override {
    const auto& strings = static_cast<const ArrayType&>(*array_);
    const bool has_nulls = strings.null_count() > 0;
    for (std::int64_t row = 0; row < strings.length(); ++row)
      out[row] = has_nulls && strings.IsNull(row) ? std::string_view() : std::string_view(strings.GetView(row));
  }

 private:
  std::string_view value(std::int64_t row) override { return static_cast<const ArrayType&>(*array_).GetView(row); }
};

bool is_hex_text(std::string_view bytes) {
  constexpr std::size_t of_20 = 42, of_32 = 66;
  return (bytes.size() == of_20 || bytes.size() == of_32) && bytes.starts_with("0x") &&
         bytes.substr(2).find_first_not_of("0123456789abcdefABCDEF") == bytes.npos;
}

template <class ArrayType>
class Bytes final : public Texts {
 public:
  using Texts::Texts;

 private:
  std::string_view value(std::int64_t row) override {
    const std::string_view bytes = static_cast<const ArrayType&>(*array_).GetView(row);
    if (is_hex_text(bytes)) return bytes;
    text_.clear();
    append_hex(text_, bytes);
    return text_;
  }

  std::string text_;
};

class Entries final : public Texts {  // of a dictionary
 public:
  Entries(ArrayPointer array, std::unique_ptr<Texts> dictionary, std::int64_t size)
      : Texts(std::move(array)), dictionary_(std::move(dictionary)), size_(size) {}
  bool is_null(std::int64_t row) const override { return array_->IsNull(row) || dictionary_->is_null(place(row)); }
  void append_json(std::string& json, std::int64_t row) override {
    if (array_->IsNull(row)) {
      json += "null";
    } else {
      dictionary_->append_json(json, place(row));
    }
  }

  bool lasts() const override { return dictionary_->lasts(); }

 private:
  std::string_view value(std::int64_t row) override { return dictionary_->at(place(row)); }
  std::int64_t place(std::int64_t row) const {
    const std::int64_t place = static_cast<const arrow::DictionaryArray&>(*array_).GetValueIndex(row);
    if (place < 0 || place >= size_) throw BadInput("an entry is not in its dictionary: the file is damaged");
    return place;
  }

  const std::unique_ptr<Texts> dictionary_;
  const std::int64_t size_;
};

std::unique_ptr<Texts> entries(const ArrayPointer& array) {
  const ArrayPointer& dictionary = static_cast<const arrow::DictionaryArray&>(*array).dictionary();
  std::unique_ptr<Texts> texts = make_texts(dictionary);
  if (texts == nullptr) return nullptr;
  return std::make_unique<Entries>(array, std::move(texts), dictionary->length());
}

}  // namespace

void Texts::write_views(std::string_view* out) {
  for (std::int64_t row = 0; row < array_->length(); ++row) out[row] = at(row);
}

void Texts::append_json(std::string& json, std::int64_t row) {
  if (is_null(row)) {
    json += "null";
  } else if (is_json()) {
    json += value(row);
  } else {
    append_json_string(json, value(row));
  }
}

std::unique_ptr<Texts> make_texts(const ArrayPointer& array) {
  switch (array->type_id()) {
    case Type::NA:
      return std::make_unique<Nothing>(array);
    case Type::BOOL:
      return std::make_unique<Booleans>(array);
    case Type::STRING:
      return std::make_unique<Strings<arrow::StringArray>>(array);
    case Type::LARGE_STRING:
      return std::make_unique<Strings<arrow::LargeStringArray>>(array);
    case Type::STRING_VIEW:
      return std::make_unique<Strings<arrow::StringViewArray>>(array);
    case Type::BINARY:
      return std::make_unique<Bytes<arrow::BinaryArray>>(array);
    case Type::LARGE_BINARY:
      return std::make_unique<Bytes<arrow::LargeBinaryArray>>(array);
    case Type::BINARY_VIEW:
      return std::make_unique<Bytes<arrow::BinaryViewArray>>(array);
    case Type::FIXED_SIZE_BINARY:
      return std::make_unique<Bytes<arrow::FixedSizeBinaryArray>>(array);
    case Type::DICTIONARY:
      return entries(array);
    case Type::EXTENSION:
      return make_texts(static_cast<const arrow::ExtensionArray&>(*array).storage());
    default:
      return make_number_texts(array);
  }
}

bool has_texts(const std::shared_ptr<arrow::DataType>& type) {
  const arrow::Result<ArrayPointer> empty = arrow::MakeEmptyArray(type);
  return empty.ok() && make_texts(*empty) != nullptr;
}

}  // namespace ringscan
