#include "cli/output.hpp"

#include <algorithm>

#include "cli/options.hpp"
#include "io/errors.hpp"

namespace ringscan {

Output::Output(const std::optional<std::string>& path, bool overwrite) {
  if (path && *path != "-") file_ = std::make_unique<OutputFile>(*path, overwrite);
}

Sink& Output::sink() {
  if (file_) return *file_;
  return stdout_;
}

void Output::commit() {
  if (file_)
    file_->commit();
  else
    stdout_.flush();
}

void print_to_stdout(std::string_view text) {
  StdoutSink sink;
  sink.write(text);
  sink.flush();
}

std::string output_format(const std::optional<std::string>& asked, const std::optional<std::string>& path,
                          const std::vector<std::string>& formats) {
  if (asked) {
    if (std::ranges::find(formats, *asked) == formats.end())
      throw UsageError("--format knows no '" + *asked + "'" + suggestion(*asked, formats) + one_of(formats));
    return *asked;
  }
  if (path)
    for (const std::string& format : formats)
      if (path->ends_with("." + format)) return format;
  return formats.front();
}

}  // namespace ringscan
