// One line of JSON -> its keys and their values, by simdjson. What is wrong with it is told in words, to stand behind
// the line's number.
#pragma once
#include <simdjson.h>

#include <string>
#include <string_view>

namespace ringscan {

class JsonObject {
 public:
  using Value = simdjson::ondemand::value;
  using Field = simdjson::ondemand::field;

  // Calls `take(field)` for each field, in order, which returns what is wrong with it, or an empty text. Returns what
  // is wrong with the line. `readable` are the bytes from its begin that may be read; a line that ends with them is
  // copied.
  template <class Take>
  std::string_view each_field(std::string_view line, std::size_t readable, Take&& take);

  // The value as a text, by the rules of json_lines.hpp; lasts until the next line. Returns what is wrong with it.
  static std::string_view text_of(Value value, std::string_view& text);
  // Returns what is wrong where something else than a value begins.
  static std::string_view check(Value& value);

 private:
  static std::string_view raw_text_of(Value& value, std::string_view& text);  // of an object or an array
  // Throws std::bad_alloc for want of memory.
  static std::string_view problem_of(simdjson::error_code error);

  simdjson::ondemand::parser parser_;
  std::string copied_;
};

template <class Take>
std::string_view JsonObject::each_field(std::string_view line, std::size_t readable, Take&& take) {
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (line.front() != '{') return "it is not a JSON object";
  const std::size_t padded = line.size() + simdjson::SIMDJSON_PADDING;
  if (readable < padded) {
    copied_.assign(line);
    copied_.resize(padded, ' ');
    line = std::string_view(copied_).substr(0, line.size());
  }
  if (const auto error = parser_.iterate(line.data(), line.size(), padded).get(document)) return problem_of(error);
  if (const auto error = document.get_object().get(object)) return problem_of(error);
  for (auto&& result : object) {
    Field field;
    if (const auto error = std::move(result).get(field)) return problem_of(error);
    if (const std::string_view problem = take(field); !problem.empty()) return problem;
  }
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS) return "text follows its JSON object";
  return {};
}

}  // namespace ringscan
