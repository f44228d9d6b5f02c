// An open file, closed on destruction; and the system's reason for the last failure, in words.
#pragma once
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace ringscan {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  // False if closing failed, which is the last chance of some file systems to report a write that did.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_ = -1;
};

// A path as a message names it: on one line, whatever it is called.
inline std::string named(const std::string& path) {
  std::string name;
  for (const char c : path) {
    if (static_cast<unsigned char>(c) >= 0x20)
      name += c;
    else
      name += "\\x" + std::string(1, "0123456789abcdef"[c / 16]) + "0123456789abcdef"[c % 16];
  }
  return name;
}

inline std::string reason_of(int error_number) { return std::generic_category().message(error_number); }

}  // namespace ringscan
