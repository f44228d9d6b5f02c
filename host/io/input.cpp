#include "io/input.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "io/errors.hpp"
#include "io/gzip.hpp"
#include "io/zstd.hpp"

namespace ringscan {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

const std::string stdin_name = "-";

struct Magic {
  std::string_view bytes, what;
};
constexpr std::string_view gzip_magic = "\x1f\x8b"sv;
// Kinds that would otherwise only be seen as a header that makes no sense.
constexpr std::array unread_kinds = {
    Magic{"\x04\x22\x4d\x18"sv, "compressed with lz4"},
    Magic{"\xfd\x37zXZ\0"sv, "compressed with xz"},
    Magic{"BZh"sv, "compressed with bzip2"},
    Magic{"PK\x03\x04"sv, "a zip archive"},
    Magic{"\xff\xfe"sv, "UTF-16 text"},
    Magic{"\xfe\xff"sv, "UTF-16 text"},
};
constexpr std::array arrow_kinds = {
    Magic{"PAR1"sv, "a Parquet file"},
    Magic{"ARROW1"sv, "an Arrow file"},
    Magic{"\xff\xff\xff\xff"sv, "an Arrow stream"},
};
constexpr std::size_t longest_magic = 8;

[[noreturn]] void missing(const std::string& path, int error_number) {
  throw MissingInput(fmt::format("cannot read {}: {}", named(path), reason_of(error_number)));
}

// `ancestors` are the directories being listed, from the outside in, so that a link to one of them is no endless way.
void add_directory(const fs::path& directory, std::vector<fs::path>& ancestors, std::vector<std::string>& files) {
  std::error_code error;
  const fs::path real = fs::canonical(directory, error);
  if (error) missing(directory.string(), error.value());
  if (std::find(ancestors.begin(), ancestors.end(), real) != ancestors.end())
    throw MissingInput(fmt::format("{} is a link to a directory that contains it", directory.string()));
  ancestors.push_back(real);
  fs::directory_iterator entry(directory, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    struct stat status {};
    // A link to nothing is listed, so that opening it says so: nothing is left out silently.
    if (::stat(entry->path().c_str(), &status) != 0 || S_ISREG(status.st_mode))
      files.push_back(entry->path().string());
    else if (S_ISDIR(status.st_mode))
      add_directory(entry->path(), ancestors, files);
    else
      throw MissingInput(fmt::format("{} is neither a file nor a directory", entry->path().string()));
  }
  if (error) missing(directory.string(), error.value());
  ancestors.pop_back();
}

std::vector<std::string> matches_of(const std::string& pattern) {
  glob_t found{};
  const int status = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
  std::vector<std::string> paths;
  if (status == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

std::vector<std::string> expand_inputs(const std::vector<std::string>& inputs) {
  std::vector<std::string> files;
  const auto add = [&files](const std::string& path) {
    std::error_code ignored;  // opening says what it is
    if (!fs::is_directory(path, ignored)) return files.push_back(path);
    const std::size_t before = files.size();
    std::vector<fs::path> ancestors;
    add_directory(path, ancestors, files);
    if (files.size() == before) throw MissingInput(fmt::format("{} has no files in it", path));
    std::sort(files.begin() + std::ptrdiff_t(before), files.end());
  };
  for (const std::string& input : inputs) {
    struct stat status {};
    if (input == stdin_name) {
      files.push_back(input);
    } else if (::stat(input.c_str(), &status) == 0) {
      add(input);
    } else {
      const int error_number = errno;
      const std::vector<std::string> matches = matches_of(input);
      if (matches.empty()) missing(input, error_number);
      for (const std::string& match : matches) add(match);
    }
  }
  return files;
}

std::uint64_t total_size(const std::vector<std::string>& files) {
  std::uint64_t total = 0;
  for (const std::string& file : files) {
    struct stat status {};
    if (file == stdin_name || ::stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    total += static_cast<std::uint64_t>(status.st_size);
  }
  return total;
}

// The bytes as they are stored, with a look at the first few of them.
class Input::File final : public ByteSource {
 public:
  File(const std::string& path, std::function<void()> on_signal)
      : name_(path == stdin_name ? "stdin" : named(path)), on_signal_(std::move(on_signal)) {
    if (path != stdin_name) {
      do owned_ = FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
      while (!owned_.is_open() && errno == EINTR && interrupted());
      if (!owned_.is_open()) missing(path, errno);
      number_ = owned_.get();
      ::posix_fadvise(number_, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    while (peeked_size_ < peeked_.size()) {
      const std::size_t size = read_stored(std::span(peeked_).subspan(peeked_size_));
      if (size == 0) break;
      peeked_size_ += size;
    }
  }

  std::string_view first_bytes() const { return {peeked_.data(), peeked_size_}; }

  std::size_t read(std::span<char> room) override {
    if (peeked_taken_ == peeked_size_) return read_stored(room);
    const std::size_t size = std::min(room.size(), peeked_size_ - peeked_taken_);
    std::memcpy(room.data(), peeked_.data() + peeked_taken_, size);
    peeked_taken_ += size;
    return size;
  }

  const std::string& name() const override { return name_; }
  std::uint64_t consumed() const { return consumed_; }

 private:
  bool interrupted() {
    if (on_signal_) on_signal_();
    return true;
  }

  // A signal that arrives just before a read would not wake it up: where bytes may be long in coming, look again and
  // again.
  void wait_for_bytes() {
    constexpr int milliseconds = 200;
    pollfd waiting = {number_, POLLIN, 0};
    while (on_signal_ && ::poll(&waiting, 1, milliseconds) <= 0) on_signal_();
  }

  std::size_t read_stored(std::span<char> room) {
    ssize_t size;
    do {
      wait_for_bytes();
      size = ::read(number_, room.data(), room.size());
    } while (size < 0 && errno == EINTR && interrupted());
    if (size < 0) missing(name_, errno);
    consumed_ += static_cast<std::uint64_t>(size);
    return static_cast<std::size_t>(size);
  }

  std::string name_;
  std::function<void()> on_signal_;
  FileDescriptor owned_;
  int number_ = STDIN_FILENO;
  std::uint64_t consumed_ = 0;
  std::array<char, longest_magic> peeked_;
  std::size_t peeked_size_ = 0, peeked_taken_ = 0;
};

Input::Input(const std::string& path, std::function<void()> on_signal, ArrowBytes arrow)
    : file_(std::make_unique<File>(path, std::move(on_signal))) {
  const std::string_view first = first_bytes();
  if (first.starts_with(gzip_magic)) {
    inflated_ = std::make_unique<GunzipSource>(*file_);
    compression_ = "gzip";
  } else if (begins_as_zstd(first)) {
    inflated_ = std::make_unique<UnzstdSource>(*file_);
    compression_ = "zstd";
  }
  for (const Magic& kind : unread_kinds)
    if (first.starts_with(kind.bytes))
      throw BadInput(
          fmt::format("{} is {}: texts are read in UTF-8, plain or compressed with gzip or zstd", name(), kind.what));
  for (const Magic& kind : arrow_kinds)
    if (first.starts_with(kind.bytes) && arrow == ArrowBytes::refused)
      throw BadInput(fmt::format("{} is {}, and a text is wanted here", name(), kind.what));
}

Input::~Input() = default;

std::size_t Input::read(std::span<char> room) { return inflated_ ? inflated_->read(room) : file_->read(room); }

const std::string& Input::name() const { return file_->name(); }

std::string_view Input::first_bytes() const { return file_->first_bytes(); }

std::uint64_t Input::bytes_consumed() const { return file_->consumed(); }

std::string read_whole(const std::string& path) {
  Input input(path);
  std::string text;
  std::string room(std::size_t{1} << 16, '\0');
  while (const std::size_t size = input.read(room)) text.append(room, 0, size);
  return text;
}

}  // namespace ringscan
