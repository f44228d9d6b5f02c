// The seam between formats and rows: a file as records of named columns, of which only those wanted are looked at.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringscan {

struct Record {
  std::uint64_t line = 0;                    // where it begins, counted from 1
  std::size_t field_count = 0;               // all that it has, wanted or not
  bool surplus_is_empty = true;              // of the fields that the header has no name for
  std::string problem;                       // why it could not be split into fields; empty if it could
  std::span<const std::string_view> fields;  // of the selected columns; empty texts where the record has fewer fields
};

class RecordReader {
 public:
  virtual ~RecordReader() = default;
  virtual std::string_view format() const = 0;
  // As spelled; empty if the file is.
  virtual const std::vector<std::string>& header() const = 0;
  // Distinct columns, by place in the header; Record::fields has their order.
  virtual void select(std::span<const std::size_t> columns) = 0;
  // False at the end. The record's views last until the next call.
  virtual bool next(Record& record) = 0;
};

}  // namespace ringscan
