#include "read/json_object.hpp"

#include <new>

namespace ringscan {
namespace {

constexpr std::string_view not_json = "it is not valid JSON";

std::string_view without_blanks_behind(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return text.substr(0, last == text.npos ? 0 : last + 1);
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

// By the grammar of RFC 8259, of any length.
bool is_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t digits = at;
  at = skip_digits(text, at);
  if (at == digits || (text[digits] == '0' && at > digits + 1)) return false;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = at + 1;
    at = skip_digits(text, fraction);
    if (at == fraction) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t exponent = at + 1;
    if (exponent < text.size() && (text[exponent] == '-' || text[exponent] == '+')) ++exponent;
    at = skip_digits(text, exponent);
    if (at == exponent) return false;
  }
  return at == text.size();
}

}  // namespace

std::string_view JsonObject::problem_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::MEMALLOC:
      throw std::bad_alloc();
    case simdjson::UTF8_ERROR:
      return "it is not valid UTF-8";
    case simdjson::UNCLOSED_STRING:
      return "a string in it is not closed";
    case simdjson::UNESCAPED_CHARS:
      return "a string in it has a control character";
    case simdjson::STRING_ERROR:
      return "a string in it has an escape that means nothing";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return "it ends before its JSON object does; each object must stand on one line, as `jq -c .` writes it";
    default:
      return not_json;
  }
}

std::string_view JsonObject::check(Value& value) {
  simdjson::ondemand::json_type type;
  if (const auto error = value.type().get(type)) return problem_of(error);
  return {};
}

std::string_view JsonObject::raw_text_of(Value& value, std::string_view& text) {
  simdjson::ondemand::object object;
  simdjson::ondemand::array array;
  auto error = value.get_object().get(object);
  if (!error) {
    error = object.raw_json().get(text);
  } else if (error == simdjson::INCORRECT_TYPE) {
    error = value.get_array().get(array);
    if (!error) error = array.raw_json().get(text);
  }
  if (error) return problem_of(error);
  text = without_blanks_behind(text);
  return {};
}

std::string_view JsonObject::text_of(Value value, std::string_view& text) {
  using simdjson::ondemand::json_type;
  json_type type;
  if (const auto error = value.type().get(type)) return problem_of(error);
  if (type == json_type::object || type == json_type::array) return raw_text_of(value, text);
  text = without_blanks_behind(value.raw_json_token());
  switch (type) {
    case json_type::string:
      if (text.size() < 2 || text.back() != '"') return not_json;
      text = text.substr(1, text.size() - 2);
      if (text.find('\\') != text.npos)
        if (const auto error = value.get_string().get(text)) return problem_of(error);
      return {};
    case json_type::number:
      return is_number(text) ? std::string_view{} : not_json;
    case json_type::boolean:
      return text == "true" || text == "false" ? std::string_view{} : not_json;
    default:
      if (text != "null") return not_json;
      text = {};
      return {};
  }
}

}  // namespace ringscan
