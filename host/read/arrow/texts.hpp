// A column's values as the texts that other formats have: integers, decimals and whole doubles exactly, bytes as `0x`
// and lower-case hex, times in ISO 8601 down to seconds, lists and structs as JSON, a dictionary's entries by their
// value, null as the empty text.
//
// Bytes that are such a hex text already, 42 or 66 of them, are taken as they are. A whole double from 2^53 on has all
// its digits and an exponent ("1.234567890123456768E+18"), so that it can be told from a number that was never rounded.
#pragma once
#include <arrow/array/array_base.h>
#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ringscan {

class Texts {
 public:
  explicit Texts(std::shared_ptr<arrow::Array> array) : array_(std::move(array)) {}
  virtual ~Texts() = default;

  // Lasts until the next call.
  std::string_view at(std::int64_t row) { return is_null(row) ? std::string_view{} : value(row); }
  virtual bool is_null(std::int64_t row) const { return array_->IsNull(row); }
  virtual void append_json(std::string& json, std::int64_t row);

  // True where texts last as long as the array does; then they can be had for all rows at once.
  virtual bool lasts() const { return false; }
  virtual void write_views(std::string_view* out);
  // What the digits of the texts of all rows say, where the array has just that in it; else empty.
  virtual std::span<const std::uint64_t> numbers() const { return {}; }
  // For all rows at once; false, with nothing written, where the column has none such:
  // what the digits of the texts say, no_number where a text is not digits alone;
  virtual bool write_numbers(std::uint64_t* out) const {
    (void)out;
    return false;
  }
  // the seconds since 1970 that the texts name in ISO 8601, no_number for others.
  virtual bool write_times(std::uint64_t* out) const {
    (void)out;
    return false;
  }

 protected:
  virtual std::string_view value(std::int64_t row) = 0;
  virtual bool is_json() const { return false; }  // are the texts JSON as they stand?

  const std::shared_ptr<arrow::Array> array_;
};

// Null for an array of a type that has no text. What the array refers to must be valid, but for a dictionary's indices.
std::unique_ptr<Texts> make_texts(const std::shared_ptr<arrow::Array>& array);
bool has_texts(const std::shared_ptr<arrow::DataType>& type);

// The same for numbers and times, and for lists and structs: each for what those before it do not know.
std::unique_ptr<Texts> make_number_texts(const std::shared_ptr<arrow::Array>& array);
std::unique_ptr<Texts> make_nested_texts(const std::shared_ptr<arrow::Array>& array);

void append_json_string(std::string& json, std::string_view text);

}  // namespace ringscan
