#include "read/csv.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/errors.hpp"

namespace ringscan {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::size_t largest_block = std::size_t{8} << 20;

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
