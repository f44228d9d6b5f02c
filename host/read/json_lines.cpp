#include "read/json_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "io/errors.hpp"
#include "read/fields.hpp"
#include "read/json_object.hpp"

namespace ringscan {
namespace {

constexpr std::size_t nowhere = ~std::size_t{0};
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
template <class Value>
using ByText = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

// A text's lines, without blanks around them; those that are nothing but blanks are counted only.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  bool next(std::string_view& line) {
    while (at_ < text_.size()) {
      const void* const found = std::memchr(text_.data() + at_, '\n', text_.size() - at_);
      const std::size_t end =
          found == nullptr ? text_.size() : std::size_t(static_cast<const char*>(found) - text_.data());
      line = trimmed(text_.substr(at_, end - at_));
      while (line.ends_with('\r')) line = trimmed(line.substr(0, line.size() - 1));
      at_ = end + 1;
      ++count_;
      if (!line.empty()) return true;
    }
    return false;
  }
  std::uint64_t count() const { return count_; }
  // What may be read from the begin of a line of this text.
  std::size_t readable(std::string_view line) const { return std::size_t(text_.data() + text_.size() - line.data()); }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace

struct JsonLinesSource::Columns {
  std::vector<std::string> names;
  ByText<std::size_t> place;      // of a name in names
  std::vector<std::size_t> slot;  // of a column in a record's fields, or nowhere
  std::size_t selected = 0;       // columns
  IsKnownName is_known_name;
};

namespace {

using Columns = JsonLinesSource::Columns;

class JsonLinesBlock final : public RecordBlock {
 public:
  JsonLinesBlock(TextBlock block, const Columns& columns)
      : block_(std::move(block)),
        columns_(columns),
        lines_(block_.text),
        fields_(columns.selected),
        line_of_field_(columns.selected) {}
  ~JsonLinesBlock() override {
    if (block_.room == nullptr) release(block_.text);
  }

  bool next(Record& record) override {
    if (lines_.count() == 0 && block_.room == nullptr) populate(block_.text);
    std::string_view line;
    if (!lines_.next(line)) return false;
    std::fill(fields_.begin(), fields_.end(), std::string_view{});
    expected_ = 0;
    record.line = lines_.count();
    record.problem =
        object_.each_field(line, lines_.readable(line), [this](JsonObject::Field& field) { return take(field); });
    record.field_count = columns_.names.size();
    record.surplus_is_empty = true;
    record.fields = fields_;
    return true;
  }

  std::uint64_t line_count() const override { return lines_.count(); }
  std::string_view lasting_text() const override { return block_.room ? std::string_view{} : block_.text; }

 private:
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
    if (std::exchange(line_of_field_[slot], lines_.count()) == lines_.count())
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
  const Columns& columns_;
  Lines lines_;
  JsonObject object_;
  std::vector<std::string_view> fields_;
  std::vector<std::uint64_t> line_of_field_;  // that had the field last
  std::size_t expected_ = 0;                  // column of the next key
  ByText<bool> is_known_;                     // of keys that are no column
  std::string problem_;
};

}  // namespace

JsonLinesSource::JsonLinesSource(TextBlocks blocks, IsKnownName is_known_name)
    : blocks_(std::move(blocks)), columns_(std::make_unique<Columns>()), first_(blocks_.next()) {
  columns_->is_known_name = std::move(is_known_name);
  if (!first_) return;
  if (first_->text.starts_with(byte_order_mark)) first_->text.remove_prefix(byte_order_mark.size());
  find_columns(first_->text);
}

JsonLinesSource::~JsonLinesSource() = default;

const std::vector<std::string>& JsonLinesSource::header() const { return columns_->names; }

void JsonLinesSource::find_columns(std::string_view text) {
  Columns& columns = *columns_;
  Lines lines(text);
  JsonObject object;
  std::string first_problem;
  std::string_view line;
  while (lines.next(line)) {
    const bool is_first = columns.names.empty() && first_problem.empty();
    if (line.front() == '[' && is_first)
      throw BadInput(fmt::format("{}:{}: a JSON array is not JSON lines: convert it with `jq -c '.[]'`", blocks_.name(),
                                 lines.count()));
    const std::size_t known = columns.names.size();
    const std::string_view problem =
        object.each_field(line, lines.readable(line), [&](JsonObject::Field& field) -> std::string_view {
          std::string_view key;
          if (field.unescaped_key().get(key)) return "a key in it cannot be read";
          if (columns.place.find(key) == columns.place.end()) {
            columns.place.emplace(key, columns.names.size());
            columns.names.emplace_back(key);
          }
          return {};
        });
    if (problem.empty()) continue;
    if (first_problem.empty()) first_problem = fmt::format("{}:{}: {}", blocks_.name(), lines.count(), problem);
    for (; columns.names.size() > known; columns.names.pop_back()) columns.place.erase(columns.names.back());
  }
  if (columns.names.empty() && !first_problem.empty()) throw BadInput(first_problem);
  columns.slot.assign(columns.names.size(), nowhere);
}

void JsonLinesSource::select(std::span<const std::size_t> columns) {
  columns_->slot.assign(columns_->names.size(), nowhere);
  for (std::size_t slot = 0; slot < columns.size(); ++slot) columns_->slot.at(columns[slot]) = slot;
  columns_->selected = columns.size();
}

std::unique_ptr<RecordBlock> JsonLinesSource::next_block() {
  std::optional<TextBlock> block = first_ ? std::exchange(first_, std::nullopt) : blocks_.next();
  if (!block) return nullptr;
  return std::make_unique<JsonLinesBlock>(std::move(*block), *columns_);
}

}  // namespace ringscan
