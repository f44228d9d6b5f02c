#include "read/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "io/errors.hpp"

namespace ringscan {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
// Bytes whose separators are found together, so that the nearest cache holds them until their fields are read.
constexpr std::size_t window_size = std::size_t{16} << 10;
constexpr std::size_t no_place = std::string_view::npos;
constexpr std::size_t largest_block = std::size_t{8} << 20;

class CsvBlock final : public RecordBlock {
 public:
  CsvBlock(const CsvColumns& columns, Vectors vectors, SpareSeparators& spare, LazyRelease& release, TextBlock block,
           bool is_mapped)
      : columns_(columns),
        vectors_(vectors),
        spare_(spare),
        release_(release),
        block_(std::move(block)),
        is_mapped_(is_mapped),
        record_(columns) {}
  ~CsvBlock() override {
    spare_.give(std::move(separators_));
    if (is_mapped_) release_.add(block_.text);
  }

  const TextBlock& block() const { return block_; }
  // Its lines are counted from here in messages, and what it ends with is all there is.
  void number_lines_from(std::uint64_t line) { first_line_ = line; }
  void finish_records() { finishes_records_ = true; }
  void wait() { is_waiting_ = true; }
  void begin_with_rest() { begins_with_rest_ = true; }

  bool next(Record& record) override {
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

  bool has_columns() const override { return true; }

  // Lines of one window with a field for each name of the header, or else a single record.
  std::span<const FieldColumn> next_columns(std::size_t& records) override {
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

  void record(std::size_t place, Record& record) override {
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

  std::uint64_t line_count() const override { return line_ - 1; }
  std::string_view rest() const override { return is_waiting_ ? block_.text : rest_; }
  std::string_view lasting_text() const override { return is_mapped_ ? block_.text : std::string_view{}; }

 private:
  const char* text() const { return block_.text.data(); }
  std::size_t text_size() const { return block_.text.size(); }

  // Finds the separators of the next lines: of a window of them, or of one line that is longer.
  void look_ahead() {
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
  std::size_t even_lines() const {
    const std::size_t width = columns_.slots.size();
    if (width < 2) return 0;  // their lines may be blank
    std::size_t lines = 0;
    while (feed_ + lines < feeds_.size() && feeds_[feed_ + lines] + 1 == separator_ + (lines + 1) * width) ++lines;
    if (quote_ == no_place) return lines;
    while (lines > 0 && window_ + places_[feeds_[feed_ + lines - 1]] > quote_) --lines;
    return lines;
  }

  // The fields of such lines, column by column.
  void take_columns(std::size_t lines) {
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

  bool tell(Record& record) {
    record_.to(record);
    record.line = line_ - record_.line_ends();
    return true;
  }

  // What lies before at_ is done with.
  void pass_by() {
    while (feed_ < feeds_.size() && window_ + places_[feeds_[feed_]] < at_) separator_ = feeds_[feed_++] + 1;
    if (quote_ < at_) quote_ = block_.text.substr(0, window_end_).find('"', at_);
  }

  // The line from `begin` to `end`, whose separators are places_[first, last).
  void take(std::size_t first, std::size_t last, std::size_t begin, std::size_t end, Record& record) {
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
  bool next_by_rules() {
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

  const CsvColumns& columns_;
  const Vectors vectors_;
  SpareSeparators& spare_;
  LazyRelease& release_;
  const TextBlock block_;
  const bool is_mapped_;
  CsvRecord record_;
  std::uint64_t first_line_ = 1;
  bool finishes_records_ = false, is_waiting_ = false, begins_with_rest_ = false, is_prepared_ = false;

  Separators separators_;
  std::span<const std::uint32_t> places_, feeds_;
  std::size_t at_ = 0, window_ = 0, window_end_ = 0;  // of the separators; it ends with a line
  std::size_t quote_ = no_place;                      // the first at or behind at_, of the window
  std::size_t separator_ = 0, feed_ = 0;              // of at_
  std::uint64_t line_ = 1;  // of at_
  std::string_view rest_;
  std::vector<std::string_view> fields_;

  // Of next_columns():
  std::vector<std::string_view> texts_;  // column by column
  std::vector<FieldColumn> field_columns_;
  std::size_t group_size_ = 0;  // 0: a single record
  std::uint64_t group_line_ = 0;
  Record single_;
};

// As some programs of old end lines: the whole text is one line then.
bool has_lone_carriage_return(std::string_view text) {
  for (std::size_t at = text.find('\r'); at != text.npos; at = text.find('\r', at + 1))
    if (at + 1 < text.size() && text[at + 1] != '\n') return true;
  return false;
}

// Room of its own for text from two places, or one.
TextBlock joined(std::string_view rest, std::string_view text, bool is_last) {
  std::shared_ptr<char[]> room(new char[std::max<std::size_t>(rest.size() + text.size(), 1)]);
  std::ranges::copy(rest, room.get());
  std::ranges::copy(text, room.get() + rest.size());
  return {{room.get(), rest.size() + text.size()}, is_last, std::move(room)};
}

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

CsvSource::CsvSource(TextBlocks text, Vectors vectors)
    : text_(std::move(text)), vectors_(vectors), usual_size_(text_.size()), size_(usual_size_) {
  first_ = text_.next();
  if (!first_) return;
  if (first_->text.starts_with(byte_order_mark)) first_->text.remove_prefix(byte_order_mark.size());
  while (!read_header()) {
    const std::optional<TextBlock> more = text_.next();
    if (first_->text.size() > TextBlocks::longest_line)
      throw BadInput(fmt::format("{}:1: the header is longer than {} MiB; a quote may not be closed", text_.name(),
                                 TextBlocks::longest_line >> 20));
    first_ = joined(first_->text, more ? more->text : std::string_view{}, !more || more->is_last);
  }
}

// False if the header goes on behind the first block.
bool CsvSource::read_header() {
  columns_.all = true;
  Record record;
  std::string_view text = first_->text;
  std::uint64_t line = 1;
  std::optional<CsvRecord> header;
  do {
    header.emplace(columns_);
    if (text.empty() && first_->is_last) return true;
    if (!header->split(text, first_->is_last, line)) return false;
    text.remove_prefix(header->size());
    line += header->line_ends();
  } while (header->is_blank());
  header->to(record);
  const std::string_view spelled(text.data() - header->size(), header->size());
  const bool has_commas = record.problem.empty() && (record.field_count > 1 || spelled.front() == '"');
  if (!has_commas && spelled.find('\t') != spelled.npos) {  // once more, by tabs
    columns_.delimiter = '\t';
    line -= header->line_ends();
    if (!header->split({spelled.data(), spelled.size() + text.size()}, first_->is_last, line)) return false;
    text = {spelled.data() + header->size(), spelled.size() + text.size() - header->size()};
    line += header->line_ends();
    header->to(record);
  }
  if (!record.problem.empty())
    throw BadInput(
        fmt::format("{}:{}: the header cannot be read: {}", text_.name(), line - header->line_ends(), record.problem));
  if (std::ranges::any_of(record.fields, has_lone_carriage_return))
    throw BadInput(fmt::format("{}:{}: the header has a CR without LF: the lines must end with LF or CRLF",
                               text_.name(), line - header->line_ends()));
  header_.assign(record.fields.begin(), record.fields.end());
  lines_before_ = line - 1;
  first_->text = text;
  columns_.all = false;
  columns_.slots.assign(header_.size(), CsvColumns::unwanted);
  return true;
}

void CsvSource::select(std::span<const std::size_t> columns) {
  columns_.selected.assign(columns.begin(), columns.end());
  columns_.slots.assign(header_.size(), CsvColumns::unwanted);
  for (std::size_t slot = 0; slot < columns.size(); ++slot) columns_.slots.at(columns[slot]) = slot;
}

std::unique_ptr<RecordBlock> CsvSource::next_block() {
  const std::size_t size = size_.load(std::memory_order_relaxed);
  text_.set_size(size);
  std::optional<TextBlock> block = first_ ? std::exchange(first_, std::nullopt) : text_.next();
  if (!block) return nullptr;
  const bool is_mapped = text_.is_mapped() && !block->room;
  auto cut = std::make_unique<CsvBlock>(columns_, vectors_, spare_, release_, std::move(*block), is_mapped);
  if (size > usual_size_) cut->wait();  // it is to be joined to what is before it, and no rows by itself
  return cut;
}

std::unique_ptr<RecordBlock> CsvSource::behind(std::string_view rest, std::unique_ptr<RecordBlock> block,
                                               std::uint64_t line) {
  if (rest.size() > TextBlocks::longest_line)
    throw BadInput(fmt::format("{}:{}: a row of more than {} MiB begins here; a quote may not be closed", text_.name(),
                               line, TextBlocks::longest_line >> 20));
  const TextBlock* const next = block ? &static_cast<const CsvBlock&>(*block).block() : nullptr;
  TextBlock both = joined(rest, next ? next->text : std::string_view{}, !next || next->is_last);
  auto again = std::make_unique<CsvBlock>(columns_, vectors_, spare_, release_, std::move(both), false);
  again->number_lines_from(line);
  again->begin_with_rest();
  if (!next) again->finish_records();
  // A record over many blocks is tried each time that twice as much of it is there.
  const std::size_t size = again->block().text.size();
  const bool begins_alike = tried_in_vain_ > 0 && rest.size() >= tried_in_vain_;
  size_ = next && begins_alike ? std::clamp(size, usual_size_, std::max(usual_size_, largest_block)) : usual_size_;
  if (next && begins_alike && size < 2 * tried_in_vain_)
    again->wait();
  else
    tried_in_vain_ = next ? size : 0;
  return again;
}

}  // namespace ringscan
