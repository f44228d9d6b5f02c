#include "read/arrow/texts.hpp"

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <utility>

#include "io/errors.hpp"
#include "read/arrow/value_text.hpp"
#include "read/record_source.hpp"

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

  bool write_views(std::string_view* out) const override {
    const auto& strings = static_cast<const ArrayType&>(*array_);
    const bool has_nulls = strings.null_count() > 0;
    for (std::int64_t row = 0; row < strings.length(); ++row)
      out[row] = has_nulls && strings.IsNull(row) ? std::string_view() : std::string_view(strings.GetView(row));
    return true;
  }

 private:
  std::string_view value(std::int64_t row) override { return static_cast<const ArrayType&>(*array_).GetView(row); }
};

bool is_hex_text(std::string_view bytes) {
  constexpr std::size_t of_20 = 42, of_32 = 66;
  return (bytes.size() == of_20 || bytes.size() == of_32) && bytes.starts_with("0x") &&
         bytes.substr(2).find_first_not_of("0123456789abcdefABCDEF") == bytes.npos;
}

// `Append` puts the value of a row into a text.
template <class ArrayType, class Append>
class Written final : public Texts {
 public:
  Written(ArrayPointer array, Append append, bool is_json)
      : Texts(std::move(array)), append_(std::move(append)), is_json_(is_json) {}

 private:
  std::string_view value(std::int64_t row) override {
    text_.clear();
    append_(text_, static_cast<const ArrayType&>(*array_), row);
    return text_;
  }
  bool is_json() const override { return is_json_; }

  std::string text_;
  Append append_;
  bool is_json_;
};

template <class ArrayType, class Append>
std::unique_ptr<Texts> written(ArrayPointer array, bool is_json, Append append) {
  return std::make_unique<Written<ArrayType, Append>>(std::move(array), std::move(append), is_json);
}

template <class ArrayType>
class Integers final : public Texts {
 public:
  using Texts::Texts;
  bool write_numbers(std::uint64_t* out) const override {
    const auto& values = static_cast<const ArrayType&>(*array_);
    const auto* const raw = values.raw_values();
    for (std::int64_t row = 0; row < values.length(); ++row) out[row] = std::cmp_less(raw[row], 0) ? no_number : std::uint64_t(raw[row]);
    if (values.null_count() == 0) return true;
    for (std::int64_t row = 0; row < values.length(); ++row)
      if (values.IsNull(row)) out[row] = no_number;
    return true;
  }

 private:
  std::string_view value(std::int64_t row) override {
    const fmt::format_int digits(static_cast<const ArrayType&>(*array_).Value(row));
    text_.assign(digits.data(), digits.size());
    return text_;
  }
  bool is_json() const override { return true; }

  std::string text_;
};

template <class ArrayType>
std::unique_ptr<Texts> integers(ArrayPointer array) {
  return std::make_unique<Integers<ArrayType>>(std::move(array));
}

template <class ArrayType>
class Floats final : public Texts {
 public:
  using Texts::Texts;
  void append_json(std::string& json, std::int64_t row) override {
    const bool is_number = !is_null(row) && std::isfinite(static_cast<const ArrayType&>(*array_).Value(row));
    json += is_number ? value(row) : "null";
  }

 private:
  std::string_view value(std::int64_t row) override {
    text_.clear();
    append_number(text_, static_cast<const ArrayType&>(*array_).Value(row));
    return text_;
  }

  std::string text_;
};

template <class ArrayType>
std::unique_ptr<Texts> bytes(ArrayPointer array) {
  return written<ArrayType>(std::move(array), false, [](std::string& text, const ArrayType& values, std::int64_t row) {
    const std::string_view value = values.GetView(row);
    if (is_hex_text(value)) {
      text += value;
    } else {
      append_hex(text, value);
    }
  });
}

class Decimals final : public Texts {
 public:
  Decimals(ArrayPointer array, std::int32_t scale) : Texts(std::move(array)), scale_(scale) {}

  bool write_numbers(std::uint64_t* out) const override {
    if (scale_ != 0) return false;
    constexpr std::size_t limb = sizeof(std::uint64_t);
    for (std::int64_t row = 0; row < array_->length(); ++row) {
      const std::uint8_t* const bytes = values().GetValue(row);
      const std::size_t width = std::size_t(values().byte_width());
      std::uint64_t low = 0, rest = 0;
      std::memcpy(&low, bytes, std::min(width, limb));
      for (std::size_t i = limb; i < width; ++i) rest |= bytes[i];
      const bool is_negative = (bytes[width - 1] & 0x80) != 0;
      out[row] = rest != 0 || is_negative || array_->IsNull(row) ? no_number : low;
    }
    return true;
  }

 private:
  const arrow::FixedSizeBinaryArray& values() const { return static_cast<const arrow::FixedSizeBinaryArray&>(*array_); }
  std::string_view value(std::int64_t row) override {
    text_.clear();
    append_decimal(text_, values().GetValue(row), std::size_t(values().byte_width()), scale_);
    return text_;
  }
  bool is_json() const override { return true; }

  const std::int32_t scale_;
  std::string text_;
};

std::unique_ptr<Texts> decimals(ArrayPointer array) {
  const std::int32_t scale = static_cast<const arrow::DecimalType&>(*array->type()).scale();
  if (scale > largest_decimal_scale || scale < -largest_decimal_scale) return nullptr;
  return std::make_unique<Decimals>(std::move(array), scale);
}

class Timestamps final : public Texts {
 public:
  Timestamps(ArrayPointer array, std::int64_t per_second) : Texts(std::move(array)), per_second_(per_second) {}

  bool write_times(std::uint64_t* out) const override {
    for (std::int64_t row = 0; row < array_->length(); ++row) {
      const std::int64_t seconds = divide_down(values().Value(row), per_second_);
      out[row] = seconds < 0 || seconds > last_dated_second || array_->IsNull(row) ? no_number : std::uint64_t(seconds);
    }
    return true;
  }

 private:
  const arrow::TimestampArray& values() const { return static_cast<const arrow::TimestampArray&>(*array_); }
  std::string_view value(std::int64_t row) override {
    text_.clear();
    append_time(text_, divide_down(values().Value(row), per_second_));
    return text_;
  }

  const std::int64_t per_second_;
  std::string text_;
};

std::unique_ptr<Texts> timestamps(ArrayPointer array) {
  std::int64_t per_second = 1;
  switch (static_cast<const arrow::TimestampType&>(*array->type()).unit()) {
    case arrow::TimeUnit::SECOND:
      break;
    case arrow::TimeUnit::MILLI:
      per_second = 1'000;
      break;
    case arrow::TimeUnit::MICRO:
      per_second = 1'000'000;
      break;
    case arrow::TimeUnit::NANO:
      per_second = 1'000'000'000;
      break;
  }
  return std::make_unique<Timestamps>(std::move(array), per_second);
}

template <class ArrayType>
std::unique_ptr<Texts> dates(ArrayPointer array, std::int64_t per_day) {
  const auto append = [per_day](std::string& text, const ArrayType& values, std::int64_t row) {
    append_date(text, divide_down(values.Value(row), per_day));
  };
  return written<ArrayType>(std::move(array), false, append);
}

class Entries final : public Texts {  // of a dictionary
 public:
  Entries(ArrayPointer array, std::unique_ptr<Texts> dictionary, std::int64_t size)
      : Texts(std::move(array)), dictionary_(std::move(dictionary)), entries_(std::size_t(size)), size_(size) {
    if (!dictionary_->write_views(entries_.data())) entries_.clear();
  }
  bool is_null(std::int64_t row) const override { return array_->IsNull(row) || dictionary_->is_null(place(row)); }
  void append_json(std::string& json, std::int64_t row) override {
    if (array_->IsNull(row)) {
      json += "null";
    } else {
      dictionary_->append_json(json, place(row));
    }
  }

  bool write_views(std::string_view* out) const override {
    if (entries_.empty()) return false;
    for (std::int64_t row = 0; row < array_->length(); ++row)
      out[row] = array_->IsNull(row) ? std::string_view() : entries_[std::size_t(place(row))];
    return true;
  }

 private:
  std::string_view value(std::int64_t row) override { return dictionary_->at(place(row)); }
  std::int64_t place(std::int64_t row) const {
    const std::int64_t place = static_cast<const arrow::DictionaryArray&>(*array_).GetValueIndex(row);
    if (place < 0 || place >= size_) throw BadInput("an entry is not in its dictionary: the file is damaged");
    return place;
  }

  const std::unique_ptr<Texts> dictionary_;
  std::vector<std::string_view> entries_;  // empty if they do not last
  const std::int64_t size_;
};

std::unique_ptr<Texts> entries(const ArrayPointer& array) {
  const ArrayPointer& dictionary = static_cast<const arrow::DictionaryArray&>(*array).dictionary();
  std::unique_ptr<Texts> texts = make_texts(dictionary);
  if (texts == nullptr) return nullptr;
  return std::make_unique<Entries>(array, std::move(texts), dictionary->length());
}

}  // namespace

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
  constexpr std::int64_t milliseconds_per_day = 86'400'000;
  switch (array->type_id()) {
    case Type::NA:
      return std::make_unique<Nothing>(array);
    case Type::BOOL:
      return std::make_unique<Booleans>(array);
    case Type::INT8:
      return integers<arrow::Int8Array>(array);
    case Type::INT16:
      return integers<arrow::Int16Array>(array);
    case Type::INT32:
      return integers<arrow::Int32Array>(array);
    case Type::INT64:
      return integers<arrow::Int64Array>(array);
    case Type::UINT8:
      return integers<arrow::UInt8Array>(array);
    case Type::UINT16:
      return integers<arrow::UInt16Array>(array);
    case Type::UINT32:
      return integers<arrow::UInt32Array>(array);
    case Type::UINT64:
      return integers<arrow::UInt64Array>(array);
    case Type::FLOAT:
      return std::make_unique<Floats<arrow::FloatArray>>(array);
    case Type::DOUBLE:
      return std::make_unique<Floats<arrow::DoubleArray>>(array);
    case Type::STRING:
      return std::make_unique<Strings<arrow::StringArray>>(array);
    case Type::LARGE_STRING:
      return std::make_unique<Strings<arrow::LargeStringArray>>(array);
    case Type::STRING_VIEW:
      return std::make_unique<Strings<arrow::StringViewArray>>(array);
    case Type::BINARY:
      return bytes<arrow::BinaryArray>(array);
    case Type::LARGE_BINARY:
      return bytes<arrow::LargeBinaryArray>(array);
    case Type::BINARY_VIEW:
      return bytes<arrow::BinaryViewArray>(array);
    case Type::FIXED_SIZE_BINARY:
      return bytes<arrow::FixedSizeBinaryArray>(array);
    case Type::DECIMAL32:
    case Type::DECIMAL64:
    case Type::DECIMAL128:
    case Type::DECIMAL256:
      return decimals(array);
    case Type::TIMESTAMP:
      return timestamps(array);
    case Type::DATE32:
      return dates<arrow::Date32Array>(array, 1);
    case Type::DATE64:
      return dates<arrow::Date64Array>(array, milliseconds_per_day);
    case Type::DICTIONARY:
      return entries(array);
    case Type::EXTENSION:
      return make_texts(static_cast<const arrow::ExtensionArray&>(*array).storage());
    default:
      return make_nested_texts(array);
  }
}

bool has_texts(const std::shared_ptr<arrow::DataType>& type) {
  const arrow::Result<ArrayPointer> empty = arrow::MakeEmptyArray(type);
  return empty.ok() && make_texts(*empty) != nullptr;
}

}  // namespace ringscan
