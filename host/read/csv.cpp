#include "read/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "io/errors.hpp"

namespace ringscan {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
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
    if (!is_prepared_ && at_ < text_size()) prepare();
    while (at_ < text_size()) {
      const bool has_end = feed_ < feeds_.size();
      const std::size_t end = has_end ? places_[feeds_[feed_]] : text_size();
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

  std::uint64_t line_count() const override { return line_ - 1; }
  std::string_view rest() const override { return is_waiting_ ? block_.text : rest_; }
  std::string_view lasting_text() const override { return is_mapped_ ? block_.text : std::string_view{}; }

 private:
  const char* text() const { return block_.text.data(); }
  std::size_t text_size() const { return block_.text.size(); }

  void prepare() {
    is_prepared_ = true;
    if (is_mapped_) populate(block_.text);
    separators_ = spare_.take();
    find_separators(block_.text, columns_.delimiter, separators_, vectors_);
    places_ = separators_.places();
    feeds_ = separators_.line_feeds();
    quote_ = separators_.first_quote();
    pass_by();
    fields_.assign(columns_.selected.size(), {});
  }

  bool tell(Record& record) {
    record_.to(record);
    record.line = line_ - record_.line_ends();
    return true;
  }

  // What lies before at_ is done with.
  void pass_by() {
    while (feed_ < feeds_.size() && places_[feeds_[feed_]] < at_) separator_ = feeds_[feed_++] + 1;
    if (quote_ < at_) {
      const std::size_t next = block_.text.find('"', at_);
      quote_ = next == std::string_view::npos ? Separators::no_quote : std::uint32_t(next);
    }
  }

  // The line from `begin` to `end`, whose separators are places_[first, last).
  void take(std::size_t first, std::size_t last, std::size_t begin, std::size_t end, Record& record) {
    const std::size_t count = last - first + 1;
    for (std::size_t slot = 0; slot < fields_.size(); ++slot) {
      const std::size_t column = columns_.selected[slot];
      if (column >= count) {
        fields_[slot] = {};
        continue;
      }
      const std::size_t field = column == 0 ? begin : places_[first + column - 1] + std::size_t{1};
      const std::size_t field_end = column + 1 == count ? end : places_[first + column];
      fields_[slot] = {text() + field, field_end - field};
    }
    record.field_count = count;
    record.surplus_is_empty = true;
    const std::size_t width = columns_.slots.size();
    if (count > width)  // the delimiters from the header's last on, side by side up to the line's end
      record.surplus_is_empty = end - (places_[first + width - 1] + std::size_t{1}) == count - width - 1;
    if (!record.problem.empty()) record.problem.clear();
    record.fields = fields_;
  }

  // The record at at_, with quotes in its first line or with the text's end behind it; false if it is the rest.
  bool next_by_rules() {
    const std::string_view left = block_.text.substr(at_);
    const bool may_end_here = finishes_records_ || (block_.is_last && is_prepared_ && quote_ == Separators::no_quote);
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
  std::uint32_t quote_ = Separators::no_quote;  // the first at or behind at_
  std::size_t at_ = 0, separator_ = 0, feed_ = 0;
  std::uint64_t line_ = 1;  // of at_
  std::string_view rest_;
  std::vector<std::string_view> fields_;
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
