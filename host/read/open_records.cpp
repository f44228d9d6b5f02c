#include "read/open_records.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include "io/errors.hpp"
#include "read/csv.hpp"

namespace ringscan {
namespace {

bool is_regular(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

std::uint64_t OpenFile::bytes_done() const { return mapped ? records->bytes_done() : input->bytes_consumed(); }

std::shared_ptr<OpenFile> open_records(const std::string& path, std::function<void()> on_signal) {
  auto file = std::make_shared<OpenFile>();
  file->input = std::make_unique<Input>(path, std::move(on_signal));
  file->name = file->input->name();
  file->compression = file->input->compression();
  if (path != "-" && file->compression.empty() && is_regular(path)) file->mapped = std::make_unique<MappedFile>(path);
  TextBlocks text = file->mapped ? TextBlocks(file->mapped->bytes(), file->name) : TextBlocks(*file->input);
  file->records = std::make_unique<CsvSource>(std::move(text));
  const std::vector<std::string>& header = file->records->header();
  if (header.empty()) throw BadInput(fmt::format("{} is empty", file->name));
  return file;
}

bool is_compressed(const std::string& path) {
  if (path == "-" || !is_regular(path)) return false;
  return !Input(path).compression().empty();
}

}  // namespace ringscan
