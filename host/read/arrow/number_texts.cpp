#include <arrow/array.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <utility>

#include "read/arrow/texts.hpp"
#include "read/arrow/value_text.hpp"
#include "read/record_source.hpp"

namespace ringscan {
namespace {

using arrow::Type;
using ArrayPointer = std::shared_ptr<arrow::Array>;

template <class ArrayType>
class Integers final : public Texts {
 public:
  using Texts::Texts;
  std::span<const std::uint64_t> numbers() const override {
    if constexpr (sizeof(typename ArrayType::value_type) != sizeof(std::uint64_t)) return {};
    const auto& values = static_cast<const ArrayType&>(*array_);
    const auto* const raw = reinterpret_cast<const std::uint64_t*>(values.raw_values());
    std::uint64_t all = 0;
    for (std::int64_t row = 0; row < values.length(); ++row) all |= raw[row];
    constexpr std::uint64_t negative = std::uint64_t{1} << 63;
    if ((all & negative) != 0 || values.null_count() > 0) return {};
    return {raw, std::size_t(values.length())};
  }
  bool write_numbers(std::uint64_t* out) const override {
    const auto& values = static_cast<const ArrayType&>(*array_);
    const auto* const raw = values.raw_values();
    for (std::int64_t row = 0; row < values.length(); ++row)
      out[row] = std::cmp_less(raw[row], 0) ? no_number : std::uint64_t(raw[row]);
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

template <std::int64_t per_second>
class Timestamps final : public Texts {
 public:
  using Texts::Texts;

  bool write_times(std::uint64_t* out) const override {
    for (std::int64_t row = 0; row < array_->length(); ++row) {
      const std::int64_t seconds = divide_down(values().Value(row), per_second);
      out[row] = seconds < 0 || seconds > last_dated_second || array_->IsNull(row) ? no_number : std::uint64_t(seconds);
    }
    return true;
  }

 private:
  const arrow::TimestampArray& values() const { return static_cast<const arrow::TimestampArray&>(*array_); }
  std::string_view value(std::int64_t row) override {
    text_.clear();
    append_time(text_, divide_down(values().Value(row), per_second));
    return text_;
  }

  std::string text_;
};

std::unique_ptr<Texts> timestamps(const ArrayPointer& array) {
  switch (static_cast<const arrow::TimestampType&>(*array->type()).unit()) {
    case arrow::TimeUnit::SECOND:
      return std::make_unique<Timestamps<1>>(array);
    case arrow::TimeUnit::MILLI:
      return std::make_unique<Timestamps<1'000>>(array);
    case arrow::TimeUnit::MICRO:
      return std::make_unique<Timestamps<1'000'000>>(array);
    default:
      return std::make_unique<Timestamps<1'000'000'000>>(array);
  }
}

template <class ArrayType>
class Dates final : public Texts {
 public:
  Dates(ArrayPointer array, std::int64_t per_day) : Texts(std::move(array)), per_day_(per_day) {}

 private:
  std::string_view value(std::int64_t row) override {
    text_.clear();
    append_date(text_, divide_down(static_cast<const ArrayType&>(*array_).Value(row), per_day_));
    return text_;
  }

  const std::int64_t per_day_;
  std::string text_;
};

}  // namespace

std::unique_ptr<Texts> make_number_texts(const ArrayPointer& array) {
  constexpr std::int64_t milliseconds_per_day = 86'400'000;
  switch (array->type_id()) {
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
    case Type::DECIMAL32:
    case Type::DECIMAL64:
    case Type::DECIMAL128:
    case Type::DECIMAL256:
      return decimals(array);
    case Type::TIMESTAMP:
      return timestamps(array);
    case Type::DATE32:
      return std::make_unique<Dates<arrow::Date32Array>>(array, 1);
    case Type::DATE64:
      return std::make_unique<Dates<arrow::Date64Array>>(array, milliseconds_per_day);
    default:
      return make_nested_texts(array);
  }
}

}  // namespace ringscan
