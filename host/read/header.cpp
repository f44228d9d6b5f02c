#include "read/header.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/errors.hpp"
#include "read/fields.hpp"

namespace ringscan {
namespace {

bool name_matches(std::string_view column, std::string_view name) {
  if (!name.ends_with('*')) return column == name;
  return column.starts_with(name.substr(0, name.size() - 1));
}

}  // namespace

Header::Header(const std::string& file, std::span<const std::string> spelled) : file_(file), spelled_(spelled) {
  for (const std::string& column : spelled) names_.push_back(lower_case(trimmed(column)));
}

// The place of "name#2" among the columns called "name".
std::optional<std::size_t> Header::find_numbered(std::string_view name) const {
  const std::size_t mark = name.find('#');
  std::size_t left = std::size_t(name[mark + 1] - '0');
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (names_[i] == name.substr(0, mark) && --left == 0) return i;
  return std::nullopt;
}

std::size_t Header::count(std::string_view name) const {
  if (name.find('#') != name.npos) return find_numbered(name) ? 1 : 0;
  return std::size_t(
      std::count_if(names_.begin(), names_.end(), [&](const auto& column) { return name_matches(column, name); }));
}

std::optional<std::size_t> Header::find(std::string_view name) const {
  if (name.find('#') != name.npos) return find_numbered(name);
  if (count(name) > 1) duplicate(name);
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (name_matches(names_[i], name)) return i;
  return std::nullopt;
}

std::size_t Header::find_mapped(const std::string& name) const {
  const auto exact_count = std::count(spelled_.begin(), spelled_.end(), name);
  if (exact_count == 1) return std::size_t(std::find(spelled_.begin(), spelled_.end(), name) - spelled_.begin());
  const std::string lower = lower_case(trimmed(name));
  const auto equal = std::count(names_.begin(), names_.end(), lower);
  if (equal > 1) duplicate(name);
  if (equal == 0)
    throw BadInput(fmt::format("{}: --map names a column {}, and its header is {}", file_, shown(name), text()));
  return std::size_t(std::find(names_.begin(), names_.end(), lower) - names_.begin());
}

std::string Header::text() const {
  constexpr std::size_t most = 40;
  std::vector<std::string> columns;
  for (const std::string& column : spelled_.first(std::min(most, spelled_.size()))) columns.push_back(shown(column));
  if (spelled_.size() > most) columns.push_back("…");
  return joined(columns);
}

void Header::duplicate(std::string_view name) const {
  throw BadInput(
      fmt::format("{}: the header has the column {} more than once, so it is not clear which one is meant: {}", file_,
                  shown(name), text()));
}

}  // namespace ringscan
