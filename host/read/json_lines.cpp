#include "read/json_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <tuple>
#include <unordered_map>

#include "io/errors.hpp"
#include "read/fields.hpp"
#include "read/flat_object.hpp"
#include "read/json_object.hpp"

namespace ringscan {
namespace {

constexpr std::size_t nowhere = FlatKeys::nowhere;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
template <class Value>
using ByText = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

// A line without what may stand around its object.
std::string_view bare(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  line = trimmed(line);
  while (line.ends_with('\r')) line = trimmed(line.substr(0, line.size() - 1));
  return line;
}

}  // namespace

struct JsonLinesSource::Columns {
  std::vector<std::string> names;
  ByText<std::size_t> place;      // of a name in names
  std::vector<std::size_t> slot;  // of a column in a record's fields, or nowhere
  std::size_t selected = 0;       // columns
  std::optional<FlatKeys> keys;
  IsKnownName is_known_name;
  Vectors vectors;
  LazyRelease release;
};

namespace {

using Columns = JsonLinesSource::Columns;

class JsonLinesBlock final : public RecordBlock {
 public:
  JsonLinesBlock(TextBlock block, Columns& columns)
      : block_(std::move(block)),
        columns_(columns),
        flat_(*columns.keys, block_.text),
        fields_(columns.selected),
        line_of_field_(columns.selected) {}
  ~JsonLinesBlock() override {
    if (block_.room == nullptr) columns_.release.add(block_.text);
  }

  bool next(Record& record) override {
    while (at_ < block_.text.size()) {
      if (at_ == window_end_) look_ahead();
      const std::string_view line = next_line(fields_, 1);
      if (!line_is_flat_) {
        const std::string_view object = bare(line);
        if (object.empty()) continue;
        read_any(object, record);
      } else if (!record.problem.empty()) {
        record.problem.clear();
      }
      describe(record, line_);
      return true;
    }
    return false;
  }

  bool has_columns() const override { return true; }

  // Flat lines of one window, or else a single record.
  std::span<const FieldColumn> next_columns(std::size_t& records) override {
    records = 0;
    is_single_ = false;
    group_lines_.clear();
    while (at_ < block_.text.size() && !is_single_) {
      if (at_ == window_end_) {
        if (records > 0) break;
        look_ahead();
      }
      const std::size_t lines = marks_.line_feeds().size();
      if (records == 0) texts_.resize(columns_.selected * std::max<std::size_t>(lines, 1));
      const auto before = std::tuple(at_, feed_, mark_, line_);
      const std::string_view line =
          next_line(std::span(texts_).subspan(std::min(records, texts_.size())), std::max<std::size_t>(lines, 1));
      if (line_is_flat_) {
        group_lines_.push_back(line_);
        ++records;
        continue;
      }
      const std::string_view object = bare(line);
      if (object.empty()) continue;
      if (records > 0) {
        std::tie(at_, feed_, mark_, line_) = before;
        break;
      }
      read_any(object, single_);
      describe(single_, line_);
      is_single_ = true;
      records = 1;
    }
    field_columns_.resize(columns_.selected);
    stride_ = std::max<std::size_t>(marks_.line_feeds().size(), 1);
    for (std::size_t slot = 0; slot < columns_.selected; ++slot) {
      const bool is_readable = !is_single_ || single_.problem.empty();
      if (is_single_) texts_[slot * stride_] = is_readable ? fields_[slot] : std::string_view{};
      field_columns_[slot].texts = std::span(texts_).subspan(slot * stride_, records);
    }
    return field_columns_;
  }

  void record(std::size_t place, Record& record) override {
    if (is_single_) {
      record = single_;
      return;
    }
    for (std::size_t slot = 0; slot < fields_.size(); ++slot) fields_[slot] = texts_[slot * stride_ + place];
    record.problem.clear();
    describe(record, group_lines_[place]);
  }

  std::uint64_t line_count() const override { return line_; }
  std::string_view lasting_text() const override { return block_.room ? std::string_view{} : block_.text; }

 private:
  // Finds the marks of the next lines. A line longer than all of them together is left to simdjson.
  void look_ahead() {
    if (at_ == 0 && block_.room == nullptr) populate(block_.text);
    const std::string_view left = block_.text.substr(at_);
    find_json_marks(left.substr(0, FlatObject::window_size), marks_, columns_.vectors);
    const std::span<const std::uint32_t> feeds = marks_.line_feeds();
    const std::size_t last = feeds.empty() ? std::min(left.find('\n'), left.size() - 1) : marks_.places()[feeds.back()];
    feed_ = mark_ = 0;
    window_ = at_;
    window_end_ = at_ + last + 1;
  }

  // With its line feed, if it has one, and, if it is flat, with its fields, one every `step`.
  std::string_view next_line(std::span<std::string_view> fields, std::size_t step) {
    const std::span<const std::uint32_t> places = marks_.places(), feeds = marks_.line_feeds();
    const std::size_t begin = at_;
    ++line_;
    if (feeds.empty()) {
      at_ = window_end_;
      line_is_flat_ = false;
    } else {
      const std::size_t first = mark_, last = feeds[feed_++];
      at_ = window_ + places[last] + 1;
      mark_ = last + 1;
      line_is_flat_ = flat_.read(begin, at_ - 1, window_, places.subspan(first, mark_ - first), fields, step);
    }
    return block_.text.substr(begin, at_ - begin);
  }

  // All but its problem.
  void describe(Record& record, std::uint64_t line) {
    record.line = line;
    record.field_count = columns_.names.size();
    record.surplus_is_empty = true;
    record.fields = fields_;
  }

  void read_any(std::string_view line, Record& record) {
    std::ranges::fill(fields_, std::string_view{});
    expected_ = 0;
    const std::size_t readable = std::size_t(block_.text.data() + block_.text.size() - line.data());
    record.problem = object_.each_field(line, readable, [this](JsonObject::Field& field) { return take(field); });
  }

  std::string_view take(JsonObject::Field& field) {
    std::size_t column = column_at(field.key().raw());
    if (column == nowhere) {
      std::string_view key;
      if (field.unescaped_key().get(key)) return "a key in it cannot be read";
      const auto found = columns_.place.find(key);
      if (found == columns_.place.end()) return take_surplus(key, field);
      column = found->second;
    }
    expected_ = column + 1;
    const std::size_t slot = columns_.slot[column];
    if (slot == nowhere) return JsonObject::check(field.value());
    if (std::exchange(line_of_field_[slot], line_) == line_)
      return problem_ = fmt::format("the key {} is in it twice", shown(columns_.names[column]));
    return JsonObject::text_of(field.value(), fields_[slot]);
  }

  // Keys mostly stand in the order of the columns, with some of them left out.
  std::size_t column_at(const char* key) const {
    constexpr std::size_t most_tries = 4;
    const std::size_t end = std::min(expected_ + most_tries, columns_.names.size());
    for (std::size_t column = expected_; column < end; ++column) {
      const std::string& name = columns_.names[column];
      // Stops at the key's closing quote at the latest: in a key a quote has a backslash before it.
      if (std::strncmp(key, name.c_str(), name.size()) == 0 && key[name.size()] == '"') return column;
    }
    return nowhere;
  }

  std::string_view take_surplus(std::string_view key, JsonObject::Field& field) {
    auto known = is_known_.find(key);
    if (known == is_known_.end()) known = is_known_.emplace(key, columns_.is_known_name(lower_case(key))).first;
    if (!known->second) return JsonObject::check(field.value());
    return problem_ =
               fmt::format("the key {} is in no row of the first MiB: begin with a row that has all keys", shown(key));
  }

  TextBlock block_;
  Columns& columns_;
  Separators marks_;
  FlatObject flat_;
  std::size_t at_ = 0, window_ = 0, window_end_ = 0;  // the marks' text; it ends with a line
  std::size_t feed_ = 0, mark_ = 0;                   // of at_, in marks_
  bool line_is_flat_ = false;
  std::uint64_t line_ = 0;  // the last that was read
  JsonObject object_;
  std::vector<std::string_view> fields_;
  std::vector<std::uint64_t> line_of_field_;  // that had the field last
  std::size_t expected_ = 0;                  // column of the next key
  ByText<bool> is_known_;                     // of keys that are no column
  std::string problem_;

  // Of next_columns():
  std::vector<std::string_view> texts_;  // column by column, stride_ each
  std::size_t stride_ = 1;
  std::vector<FieldColumn> field_columns_;
  std::vector<std::uint64_t> group_lines_;  // of each record,
  bool is_single_ = false;                  // but for one that stands by itself
  Record single_;
};

}  // namespace

JsonLinesSource::JsonLinesSource(TextBlocks blocks, IsKnownName is_known_name, Vectors vectors)
    : blocks_(std::move(blocks)), columns_(std::make_unique<Columns>()), first_(blocks_.next()) {
  columns_->is_known_name = std::move(is_known_name);
  columns_->vectors = vectors;
  if (!first_) return;
  if (first_->text.starts_with(byte_order_mark)) first_->text.remove_prefix(byte_order_mark.size());
  find_columns(first_->text);
}

JsonLinesSource::~JsonLinesSource() = default;

const std::vector<std::string>& JsonLinesSource::header() const { return columns_->names; }

void JsonLinesSource::find_columns(std::string_view text) {
  Columns& columns = *columns_;
  JsonObject object;
  std::string first_problem;
  std::uint64_t line_number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = std::exchange(at, std::min(text.find('\n', at), text.size() - 1) + 1);
    const std::string_view line = bare(text.substr(begin, at - begin));
    ++line_number;
    if (line.empty()) continue;
    const bool is_first = columns.names.empty() && first_problem.empty();
    if (line.front() == '[' && is_first)
      throw BadInput(fmt::format("{}:{}: a JSON array is not JSON lines: convert it with `jq -c '.[]'`", blocks_.name(),
                                 line_number));
    const std::size_t known = columns.names.size(), readable = std::size_t(text.data() + text.size() - line.data());
    const std::string_view problem =
        object.each_field(line, readable, [&](JsonObject::Field& field) -> std::string_view {
          std::string_view key;
          if (field.unescaped_key().get(key)) return "a key in it cannot be read";
          if (columns.place.find(key) == columns.place.end()) {
            columns.place.emplace(key, columns.names.size());
            columns.names.emplace_back(key);
          }
          return {};
        });
    if (problem.empty()) continue;
    if (first_problem.empty()) first_problem = fmt::format("{}:{}: {}", blocks_.name(), line_number, problem);
    for (; columns.names.size() > known; columns.names.pop_back()) columns.place.erase(columns.names.back());
  }
  if (columns.names.empty() && !first_problem.empty()) throw BadInput(first_problem);
  select({});
}

void JsonLinesSource::select(std::span<const std::size_t> columns) {
  columns_->slot.assign(columns_->names.size(), nowhere);
  for (std::size_t slot = 0; slot < columns.size(); ++slot) columns_->slot.at(columns[slot]) = slot;
  columns_->selected = columns.size();
  columns_->keys.emplace(columns_->names, columns_->slot);
}

std::unique_ptr<RecordBlock> JsonLinesSource::next_block() {
  std::optional<TextBlock> block = first_ ? std::exchange(first_, std::nullopt) : blocks_.next();
  if (!block) return nullptr;
  return std::make_unique<JsonLinesBlock>(std::move(*block), *columns_);
}

}  // namespace ringscan
