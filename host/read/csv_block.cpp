#include "read/csv_block.hpp"

#include <algorithm>

namespace ringscan {
namespace {

// Bytes whose separators are found together.
constexpr std::size_t window_size = std::size_t{16} << 10;

}  // namespace

Separators SpareSeparators::take() {
  const std::lock_guard locked(lock_);
  if (spare_.empty()) return {};
  Separators room = std::move(spare_.back());
  spare_.pop_back();
  return room;
}

void SpareSeparators::give(Separators&& used) {
  const std::lock_guard locked(lock_);
  spare_.push_back(std::move(used));
}

bool CsvBlock::next(Record& record) {
  if (is_waiting_) return false;
  if (begins_with_rest_) {  // perhaps it does not even end here, and nobody needs to know the rest's separators
    if (!next_by_rules()) return false;
    begins_with_rest_ = false;
    if (!record_.is_blank()) return tell(record);
  }
  while (at_ < text_size()) {
    if (at_ >= window_end_) look_ahead();
    const bool has_end = feed_ < feeds_.size();
    const std::size_t end = has_end ? window_ + places_[feeds_[feed_]] : text_size();
    if (quote_ < end || !has_end) {
      if (!next_by_rules()) return false;
      if (record_.is_blank()) continue;
      return tell(record);
    }
    const std::size_t first = separator_, last = feeds_[feed_++];
    const std::size_t begin = at_;
    separator_ = last + 1;
    at_ = end + 1;
    ++line_;
    const std::size_t text_end = end - (end > begin && text()[end - 1] == '\r');
    if (text_end == begin) continue;  // a blank line
    take(first, last, begin, text_end, record);
    record.line = line_ - 1;
    return true;
  }
  return false;
}

std::span<const FieldColumn> CsvBlock::next_columns(std::size_t& records) {
  records = 0;
  if (is_waiting_) return {};
  if (!begins_with_rest_ && at_ < text_size() && at_ >= window_end_) look_ahead();
  const std::size_t lines = begins_with_rest_ ? 0 : even_lines();
  const std::size_t slots = columns_.selected.size();
  texts_.resize(slots * std::max<std::size_t>(lines, 1));
  if (lines > 0) {
    take_columns(lines);
    records = lines;
  } else {
    single_.problem.clear();
    if (!next(single_)) return {};
    const bool is_whole = single_.problem.empty() && single_.field_count == columns_.slots.size();
    for (std::size_t slot = 0; slot < slots; ++slot) texts_[slot] = is_whole ? single_.fields[slot] : "";
    records = 1;
  }
  field_columns_.resize(slots);
  for (std::size_t slot = 0; slot < slots; ++slot)
    field_columns_[slot].texts = std::span(texts_).subspan(slot * records, records);
  group_size_ = lines;
  return field_columns_;
}

std::string_view CsvBlock::text_ahead() const {
  return block_.text.substr(std::min(window_end_, text_size()), window_size);
}

void CsvBlock::record(std::size_t place, Record& record) {
  if (group_size_ == 0) {
    record = single_;
    return;
  }
  fields_.resize(columns_.selected.size());
  for (std::size_t slot = 0; slot < fields_.size(); ++slot) fields_[slot] = texts_[slot * group_size_ + place];
  record.line = group_line_ + place;
  record.field_count = columns_.slots.size();
  record.surplus_is_empty = true;
  record.problem.clear();
  record.fields = fields_;
}

// Finds the separators of the next lines: of a window of them, or of one line that is longer.
void CsvBlock::look_ahead() {
  if (!std::exchange(is_prepared_, true)) {
    if (is_mapped_) populate(block_.text);
    separators_ = spare_.take();
  }
  const std::string_view left = block_.text.substr(at_);
  for (std::size_t size = window_size; true; size *= 2) {
    find_separators(left.substr(0, size), columns_.delimiter, separators_, vectors_);
    places_ = separators_.places();
    feeds_ = separators_.line_feeds();
    if (!feeds_.empty() || size >= left.size()) break;
  }
  window_ = at_;
  window_end_ = feeds_.empty() ? text_size() : window_ + places_[feeds_.back()] + 1;
  quote_ = separators_.first_quote() == Separators::no_quote ? no_place : window_ + separators_.first_quote();
  feed_ = separator_ = 0;
}

// How many of the next lines have no quotes, and as many fields as the header.
std::size_t CsvBlock::even_lines() const {
  const std::size_t width = columns_.slots.size();
  if (width < 2) return 0;  // their lines may be blank
  std::size_t lines = 0;
  for (; feed_ + lines < feeds_.size(); ++lines) {
    const std::uint32_t feed = feeds_[feed_ + lines];
    if (feed + 1 != separator_ + (lines + 1) * width || window_ + places_[feed] > quote_) break;
  }
  return lines;
}

// The fields of such lines, column by column.
void CsvBlock::take_columns(std::size_t lines) {
  const std::size_t width = columns_.slots.size();
  const char* const base = text() + window_;
  for (std::size_t slot = 0; slot < columns_.selected.size(); ++slot) {
    const std::size_t column = columns_.selected[slot];
    const std::uint32_t* const ends = places_.data() + separator_ + column;
    std::string_view* const fields = texts_.data() + slot * lines;
    if (column == 0) fields[0] = {text() + at_, window_ + ends[0] - at_};
    for (std::size_t line = column == 0; line < lines; ++line) {
      const std::uint32_t* const end = ends + line * width;
      fields[line] = {base + end[-1] + 1, std::size_t(end[0] - end[-1] - 1)};
    }
    if (column + 1 < width) continue;
    for (std::size_t line = 0; line < lines; ++line)
      if (fields[line].ends_with('\r')) fields[line].remove_suffix(1);
  }
  group_line_ = line_;
  line_ += lines;
  feed_ += lines;
  separator_ += lines * width;
  at_ = window_ + places_[separator_ - 1] + 1;
}

bool CsvBlock::tell(Record& record) {
  record_.to(record);
  record.line = line_ - record_.line_ends();
  return true;
}

// What lies before at_ is done with.
void CsvBlock::pass_by() {
  while (feed_ < feeds_.size() && window_ + places_[feeds_[feed_]] < at_) separator_ = feeds_[feed_++] + 1;
  if (quote_ < at_) quote_ = block_.text.substr(0, window_end_).find('"', at_);
}

// The line from `begin` to `end`, whose separators are places_[first, last).
void CsvBlock::take(std::size_t first, std::size_t last, std::size_t begin, std::size_t end, Record& record) {
  const std::size_t count = last - first + 1;
  fields_.resize(columns_.selected.size());
  const char* const base = text() + window_;
  for (std::size_t slot = 0; slot < fields_.size(); ++slot) {
    const std::size_t column = columns_.selected[slot];
    if (column >= count) {
      fields_[slot] = {};
      continue;
    }
    const char* const field = column == 0 ? text() + begin : base + places_[first + column - 1] + 1;
    const char* const field_end = column + 1 == count ? text() + end : base + places_[first + column];
    fields_[slot] = {field, field_end};
  }
  record.field_count = count;
  record.surplus_is_empty = true;
  const std::size_t width = columns_.slots.size();
  if (count > width)  // the delimiters from the header's last on, side by side up to the line's end
    record.surplus_is_empty = end - (window_ + places_[first + width - 1] + 1) == count - width - 1;
  if (!record.problem.empty()) record.problem.clear();
  record.fields = fields_;
}

// The record at at_, with quotes in its first line or with the text's end behind it; false if it is the rest.
bool CsvBlock::next_by_rules() {
  const std::string_view left = block_.text.substr(at_);
  const bool may_end_here = finishes_records_ || (block_.is_last && is_prepared_ && quote_ == no_place);
  if (!record_.split(left, may_end_here, first_line_ + line_ - 1)) {
    rest_ = left;
    return false;
  }
  at_ += record_.size();
  line_ += record_.line_ends();
  if (is_prepared_) pass_by();
  return true;
}

}  // namespace ringscan
