// A file -> its records, whatever its format: recognised by its content, not by its name.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "io/input.hpp"
#include "io/mapped_file.hpp"
#include "read/record_source.hpp"

namespace ringscan {

struct OpenFile {
  std::string name;         // for messages
  std::string compression;  // "" if it is none
  std::unique_ptr<Input> input;
  std::unique_ptr<MappedFile> mapped;
  std::unique_ptr<RecordSource> records;  // reads from one of them, or by itself

  std::uint64_t bytes_done() const;  // of the file as it is stored
};

// Throws MissingInput and BadInput; `on_signal` as for Input.
std::shared_ptr<OpenFile> open_records(const std::string& path, std::function<void()> on_signal);

// True for a file that must be inflated from its first byte to its last, which keeps one thread busy.
bool is_compressed(const std::string& path);

}  // namespace ringscan
