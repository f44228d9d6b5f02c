#include "read/csv_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace ringscan {
namespace {

constexpr char quote = '"';

const char* find(char wanted, const char* begin, const char* end) {
  if (begin == end) return nullptr;
  return static_cast<const char*>(std::memchr(begin, wanted, static_cast<std::size_t>(end - begin)));
}

// Doubled quotes become one.
std::string unescape(std::string_view field) {
  std::string text;
  for (std::size_t i = 0; i < field.size(); ++i) {
    text.push_back(field[i]);
    if (field[i] == quote) ++i;
  }
  return text;
}

}  // namespace

std::size_t CsvRecord::put(const char* begin, const char* end) {
  const std::string_view text(begin, static_cast<std::size_t>(end - begin));
  const std::size_t column = field_count_++;
  if (columns_.all) {
    fields_.push_back(text);
    return column;
  }
  if (column >= columns_.slots.size()) {
    if (begin != end) surplus_is_empty_ = false;
    return CsvColumns::unwanted;
  }
  const std::size_t slot = columns_.slots[column];
  if (slot != CsvColumns::unwanted) fields_[slot] = text;
  return slot;
}

// Where the line that holds `from` ends; false if that is not known before more is read.
bool CsvRecord::find_line_end(const char* from, Line& line) const {
  const char* const end = text_.data() + text_.size();
  const char* const line_feed = find('\n', from, end);
  if (line_feed == nullptr && !is_last_) return false;
  line.text_end = line_feed ? line_feed : end;
  line.next = line_feed ? line_feed + 1 : end;
  if (line.text_end > from && line.text_end[-1] == '\r') --line.text_end;
  return true;
}

bool CsvRecord::split(std::string_view text, bool is_last, std::uint64_t line_number) {
  text_ = text;
  is_last_ = is_last;
  line_ = line_number;
  Line line;
  if (!find_line_end(text.data(), line)) return false;
  field_count_ = 0;
  line_ends_ = 1;
  surplus_is_empty_ = true;
  problem_.clear();
  escaped_.clear();
  fields_.assign(columns_.all ? 0 : columns_.selected.size(), {});
  is_blank_ = line.text_end == text.data();
  const char* at = text.data();
  while (!is_blank_) {
    if (at < line.text_end && *at == quote) {
      if (!split_quoted(at, line)) return false;
    } else {
      const char* const field = at;
      at = find(columns_.delimiter, at, line.text_end);
      if (at == nullptr) at = line.text_end;
      put(field, at);
    }
    if (at == line.text_end) break;
    ++at;  // the delimiter
  }
  size_ = static_cast<std::size_t>(line.next - text.data());
  return true;
}

// A field in quotes, at its opening quote; leaves `at` at the delimiter or the end of the text. The quotes may hold
// line ends, and then `line` is the last of the record's lines.
bool CsvRecord::split_quoted(const char*& at, Line& line) {
  const char* const end = text_.data() + text_.size();
  const char* const field = at + 1;
  const char* closing = field;
  bool has_escapes = false;
  while (true) {
    closing = find(quote, closing, end);
    if (closing == nullptr || closing + 1 == end) {
      if (!is_last_) return false;
      break;
    }
    if (closing[1] != quote) break;
    has_escapes = true;
    closing += 2;
  }
  const bool is_closed = closing != nullptr;
  const char* const field_end = is_closed ? closing : end;
  const char* const after = is_closed ? closing + 1 : end;
  if (after > line.text_end) {
    line_ends_ += static_cast<std::uint64_t>(std::count(field, field_end, '\n'));
    if (!find_line_end(after, line)) return false;
  }
  const std::size_t slot = put(field, field_end);
  if (has_escapes && slot != CsvColumns::unwanted) escaped_.push_back(slot);
  at = after;
  if (!is_closed) {
    const std::uint64_t last = line_ + line_ends_ - (end[-1] == '\n' ? 2 : 1);
    problem_ = fmt::format("a quote is opened and never closed: lines {} to {} were taken as one row", line_, last);
  } else if (after < line.text_end && *after != columns_.delimiter) {
    problem_ = "text follows a closing quote";
    at = find(columns_.delimiter, after, line.text_end);
    if (at == nullptr) at = line.text_end;
  }
  return true;
}

void CsvRecord::to(Record& record) {
  if (problem_.empty()) {
    unescaped_.resize(std::max(unescaped_.size(), fields_.size()));
    for (const std::size_t slot : escaped_) fields_[slot] = unescaped_[slot] = unescape(fields_[slot]);
  }
  record.field_count = field_count_;
  record.surplus_is_empty = surplus_is_empty_;
  record.problem = problem_;
  record.fields = fields_;
}

}  // namespace ringscan
