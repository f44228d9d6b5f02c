#include "read/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "io/errors.hpp"

namespace ringscan {
namespace {

constexpr std::size_t first_capacity = std::size_t{1} << 20;
constexpr std::size_t largest_record = std::size_t{256} << 20;
constexpr char quote = '"';
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

const char* find(char wanted, const char* begin, const char* end) {
  if (begin == end) return nullptr;
  return static_cast<const char*>(std::memchr(begin, wanted, static_cast<std::size_t>(end - begin)));
}

}  // namespace

CsvReader::CsvReader(ByteSource& source)
    : source_(source), buffer_(std::make_unique_for_overwrite<char[]>(first_capacity)), capacity_(first_capacity) {
  refill();
  if (std::string_view(buffer_.get(), filled_).starts_with(byte_order_mark)) position_ = byte_order_mark.size();
  read_header();
}

void CsvReader::read_header() {
  Record record;
  if (!next(record)) return;
  const std::string_view text(buffer_.get() + position_ - size_, size_);
  const bool has_commas = record.problem.empty() && (record.field_count > 1 || text.front() == quote);
  if (!has_commas && text.find('\t') != text.npos) {  // once more, by tabs
    delimiter_ = '\t';
    position_ -= size_;
    line_ -= line_ends_;
    next(record);
  }
  if (!record.problem.empty())
    throw BadInput(fmt::format("{}:{}: the header cannot be read: {}", source_.name(), record.line, record.problem));
  header_.assign(record.fields.begin(), record.fields.end());
  is_header_ = false;
  slot_of_column_.assign(header_.size(), unwanted);
  fields_.clear();
}

void CsvReader::select(std::span<const std::size_t> columns) {
  selected_.assign(columns.begin(), columns.end());
  slot_of_column_.assign(header_.size(), unwanted);
  for (std::size_t slot = 0; slot < selected_.size(); ++slot) slot_of_column_.at(selected_[slot]) = slot;
  fields_.assign(selected_.size(), {});
}

bool CsvReader::next(Record& record) {
  do {
    while (position_ == filled_ || !split())
      if (!refill()) return false;
    record.line = line_;
    position_ += size_;
    line_ += line_ends_;
  } while (is_blank_);
  if (!is_header_ && field_count_ < header_.size())
    for (std::size_t slot = 0; slot < selected_.size(); ++slot)
      if (selected_[slot] >= field_count_) fields_[slot] = {};
  if (!escaped_.empty() && problem_.empty()) unescape();
  record.field_count = field_count_;
  record.surplus_is_empty = surplus_is_empty_;
  record.problem = problem_;
  record.fields = fields_;
  return true;
}

// More bytes behind the unread ones; false if there are none. Fills the whole buffer, so that a record of any length is
// split O(log length) times, each time twice as much of it.
bool CsvReader::refill() {
  if (at_end_) return false;
  const std::size_t unread = filled_ - position_;
  if (position_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + position_, unread);
  } else if (filled_ == capacity_) {
    if (capacity_ >= largest_record)
      throw BadInput(fmt::format("{}:{}: a row of more than {} MiB begins here; a quote may not be closed",
                                 source_.name(), line_, largest_record >> 20));
    auto larger = std::make_unique_for_overwrite<char[]>(capacity_ * 2);
    std::memcpy(larger.get(), buffer_.get(), unread);
    buffer_ = std::move(larger);
    capacity_ *= 2;
  }
  position_ = 0;
  filled_ = unread;
  while (filled_ < capacity_ && !at_end_) {
    const std::size_t size = source_.read({buffer_.get() + filled_, capacity_ - filled_});
    filled_ += size;
    at_end_ = size == 0;
  }
  // At the end what was seen as the beginning of a record is all of it.
  return filled_ > 0;
}

std::size_t CsvReader::put(const char* begin, const char* end) {
  const std::string_view text(begin, static_cast<std::size_t>(end - begin));
  const std::size_t column = field_count_++;
  if (is_header_) {
    fields_.push_back(text);
    return column;
  }
  if (column >= slot_of_column_.size()) {
    if (begin != end) surplus_is_empty_ = false;
    return unwanted;
  }
  const std::size_t slot = slot_of_column_[column];
  if (slot != unwanted) fields_[slot] = text;
  return slot;
}

// Where the line that holds `from` ends; false if that is not known before more is read.
bool CsvReader::find_line_end(const char* from, Line& line) const {
  const char* const end = buffer_.get() + filled_;
  const char* const line_feed = find('\n', from, end);
  if (line_feed == nullptr && !at_end_) return false;
  line.text_end = line_feed ? line_feed : end;
  line.next = line_feed ? line_feed + 1 : end;
  if (line.text_end > from && line.text_end[-1] == '\r') --line.text_end;
  return true;
}

// The record at position_ -> fields; false if more must be read first. Changes nothing in the buffer.
bool CsvReader::split() {
  const char* const begin = buffer_.get() + position_;
  Line line;
  if (!find_line_end(begin, line)) return false;
  field_count_ = 0;
  line_ends_ = 1;
  surplus_is_empty_ = true;
  problem_.clear();
  escaped_.clear();
  if (is_header_) fields_.clear();
  is_blank_ = line.text_end == begin;
  const char* at = begin;
  while (!is_blank_) {
    if (at < line.text_end && *at == quote) {
      if (!split_quoted(at, line)) return false;
    } else {
      const char* const field = at;
      at = find(delimiter_, at, line.text_end);
      if (at == nullptr) at = line.text_end;
      put(field, at);
    }
    if (at == line.text_end) break;
    ++at;  // the delimiter
  }
  size_ = static_cast<std::size_t>(line.next - begin);
  return true;
}

// A field in quotes, at its opening quote; leaves `at` at the delimiter or the end of the text. The quotes may hold
// line ends, and then `line` is the last of the record's lines.
bool CsvReader::split_quoted(const char*& at, Line& line) {
  const char* const end = buffer_.get() + filled_;
  const char* const field = at + 1;
  const char* closing = field;
  bool has_escapes = false;
  while (true) {
    closing = find(quote, closing, end);
    if (closing == nullptr || closing + 1 == end) {
      if (!at_end_) return false;
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
  if (has_escapes && slot != unwanted) escaped_.push_back(slot);
  at = after;
  if (!is_closed) {
    const std::uint64_t last = line_ + line_ends_ - (end[-1] == '\n' ? 2 : 1);
    problem_ = fmt::format("a quote is opened and never closed: lines {} to {} were taken as one row", line_, last);
  } else if (after < line.text_end && *after != delimiter_) {
    problem_ = "text follows a closing quote";
    at = find(delimiter_, after, line.text_end);
    if (at == nullptr) at = line.text_end;
  }
  return true;
}

// Doubled quotes of the wanted fields become one, in place: the record is not split again.
void CsvReader::unescape() {
  for (const std::size_t slot : escaped_) {
    std::string_view& field = fields_[slot];
    char* const begin = buffer_.get() + (field.data() - buffer_.get());
    char* out = begin;
    for (std::size_t i = 0; i < field.size(); ++i) {
      *out++ = field[i];
      if (field[i] == quote) ++i;
    }
    field = {begin, static_cast<std::size_t>(out - begin)};
  }
}

}  // namespace ringscan
