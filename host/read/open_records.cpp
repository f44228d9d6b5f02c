#include "read/open_records.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include "io/errors.hpp"
#include "read/arrow_files.hpp"
#include "read/csv.hpp"
#include "read/json_lines.hpp"
#include "read/packed_source.hpp"
#include "read/schemas.hpp"

namespace ringscan {
namespace {

bool is_regular(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

// An object or an array, but for what may stand before it.
bool looks_like_json(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != text.npos && (text[first] == '{' || text[first] == '[');
}

}  // namespace

std::uint64_t OpenFile::bytes_done() const { return input ? input->bytes_consumed() : records->bytes_done(); }

std::shared_ptr<OpenFile> open_records(const std::string& path, std::function<void()> on_signal) {
  auto file = std::make_shared<OpenFile>();
  file->input = std::make_unique<Input>(path, std::move(on_signal), ArrowBytes::accepted);
  file->name = file->input->name();
  file->compression = file->input->compression();
  const bool is_plain_file = path != "-" && file->compression.empty() && is_regular(path);
  if (is_plain_file && is_packed_ledger(path)) {
    file->input.reset();
    file->records = std::make_unique<PackedSource>(path);
    return file;
  }
  if (begins_as_arrow(file->input->first_bytes())) {
    file->records = is_plain_file ? open_arrow_file(path) : open_arrow_stream(*file->input);
    if (is_plain_file) file->input.reset();
    return file;
  }
  if (is_plain_file) {
    file->input.reset();
    file->mapped = std::make_unique<MappedFile>(path);
  }
  TextBlocks text = file->mapped ? TextBlocks(file->mapped->bytes(), file->name) : TextBlocks(*file->input);
  if (looks_like_json(text.front()))
    file->records = std::make_unique<JsonLinesSource>(std::move(text), is_column_name);
  else
    file->records = std::make_unique<CsvSource>(std::move(text));
  if (file->records->header().empty()) throw BadInput(fmt::format("{} is empty", file->name));
  return file;
}

bool is_compressed(const std::string& path) {
  if (path == "-" || !is_regular(path)) return false;
  return !Input(path, {}, ArrowBytes::accepted).compression().empty();
}

}  // namespace ringscan
