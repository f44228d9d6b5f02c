// The header of a file, in the words of messages and of comparisons: names without regard to case and to blanks around
// them. O(columns) a question.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringscan {

class Header {
 public:
  // `file` is for messages; both are looked at as long as the header is.
  Header(const std::string& file, std::span<const std::string> spelled);

  // A name is in lower case; one that ends with '*' is a prefix, "name#2" the second column of that name.
  bool has(std::string_view name) const { return count(name) > 0; }
  // The place of the only column of this name; nullopt if there is none. Throws BadInput if there are several.
  std::optional<std::size_t> find(std::string_view name) const;
  // As the user spelled it in --map: the exact spelling first, for headers with names that differ in case only. Throws
  // BadInput if there is none, or more than one.
  std::size_t find_mapped(const std::string& name) const;
  // All names as a message shows them, the first 40 of many.
  std::string text() const;

 private:
  std::size_t count(std::string_view name) const;
  std::optional<std::size_t> find_numbered(std::string_view name) const;
  [[noreturn]] void duplicate(std::string_view name) const;

  const std::string& file_;
  std::span<const std::string> spelled_;
  std::vector<std::string> names_;
};

// "a, b, c"
template <class Texts>
std::string joined(const Texts& texts) {
  std::string result;
  for (const auto& text : texts) {
    if (!result.empty()) result += ", ";
    result += text;
  }
  return result;
}

}  // namespace ringscan
