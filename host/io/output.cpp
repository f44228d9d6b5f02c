#include "io/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "io/errors.hpp"

namespace ringscan {
namespace {

constexpr std::size_t buffer_bytes = 64 * 1024;

[[noreturn]] void cannot_write(const std::string& path, int error_number) {
  throw OutputError(fmt::format("cannot write {}: {}", path, reason_of(error_number)));
}

// Names of open files rather than files: moving another file there would replace the name.
bool names_an_open_file(const std::string& path) {
  return path == "/dev/stdout" || path == "/dev/stderr" || path.starts_with("/dev/fd/") || path.starts_with("/proc/");
}

// Without a link at its end, so that commit() replaces the file and not the link.
std::string resolved(const std::string& path) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  return error ? path : real.string();
}

int move_file(const std::string& from, const std::string& to, bool replace) {
  if (replace) return ::rename(from.c_str(), to.c_str());
  const int status = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
  // Some file systems do not know the flag; the constructor has seen that the name is free.
  if (status != 0 && (errno == EINVAL || errno == ENOSYS)) return ::rename(from.c_str(), to.c_str());
  return status;
}

void sync_directory_of(const std::string& path) {
  const std::filesystem::path directory = std::filesystem::path(path).parent_path() / ".";
  const FileDescriptor file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // A directory that may be written but not read cannot be synced, nor can those of some file systems.
  if (!file.is_open()) return;
  if (::fsync(file.get()) != 0 && errno != EINVAL && errno != ENOTSUP) cannot_write(path, errno);
}

void write_all_at(int file, const std::string& path, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::pwrite(file, bytes.data(), bytes.size(), off_t(offset));
    if (size < 0 && errno != EINTR) cannot_write(path, errno);
    if (size <= 0) continue;
    bytes.remove_prefix(std::size_t(size));
    offset += std::uint64_t(size);
  }
}

// In the folder of `path`; gone when it is closed.
FileDescriptor nameless_file(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path() / ".";
  FileDescriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file.is_open()) return file;
  std::string name = path + ".tmp-XXXXXX";  // a file system without nameless files
  file = FileDescriptor(::mkostemp(name.data(), O_CLOEXEC));
  if (!file.is_open()) cannot_write(path, errno);
  ::unlink(name.c_str());
  return file;
}

}  // namespace

void BufferedWriter::write(int file, std::string_view bytes) {
  if (buffer_.size() + bytes.size() > buffer_bytes) flush(file);
  if (bytes.size() >= buffer_bytes) return write_all(file, bytes);
  if (buffer_.capacity() < buffer_bytes) buffer_.reserve(buffer_bytes);
  buffer_.append(bytes);
}

void BufferedWriter::flush(int file) {
  // Emptied first: bytes that failed once are not tried again.
  write_all(file, std::exchange(buffer_, {}));
}

void BufferedWriter::write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(file, bytes.data(), bytes.size());
    if (size >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno == EAGAIN) {
      pollfd ready{file, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno == EPIPE && pipe_may_break_) {
      throw BrokenPipe();
    } else if (errno != EINTR) {
      cannot_write(name_, errno);
    }
  }
}

OutputFile::OutputFile(const std::string& path, bool overwrite) : path_(path), overwrite_(overwrite), writer_(path) {
  struct stat status {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (names_an_open_file(path) || (exists && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))) {
    open_directly();
    return;
  }
  if (exists && S_ISDIR(status.st_mode)) cannot_write(path, EISDIR);
  if (exists && !overwrite) throw OutputError(fmt::format("{} exists; give --overwrite to replace it", path));
  if (exists) path_ = resolved(path);
  open_temporary(exists ? status.st_mode & 07777u : 0);
}

void OutputFile::open_directly() {
  const int standard = path_ == "/dev/stdout" ? STDOUT_FILENO : path_ == "/dev/stderr" ? STDERR_FILENO : -1;
  do
    file_ = FileDescriptor(standard >= 0 ? ::fcntl(standard, F_DUPFD_CLOEXEC, 0)
                                         : ::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  while (!file_.is_open() && errno == EINTR);
  if (!file_.is_open()) cannot_write(path_, errno);
  if (standard == STDOUT_FILENO) writer_.end_quietly_on_broken_pipe();
}

// `mode`: the permissions of the file to be replaced, 0 if there is none.
void OutputFile::open_temporary(unsigned mode) {
  static std::atomic<unsigned> count{0};
  do {
    temporary_ = fmt::format("{}.tmp-{}-{}", path_, ::getpid(), count++);
    file_ = FileDescriptor(::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  } while (!file_.is_open() && (errno == EEXIST || errno == EINTR));
  if (!file_.is_open()) {
    temporary_.clear();
    cannot_write(path_, errno);
  }
  if (mode != 0) ::fchmod(file_.get(), mode);
  ::flock(file_.get(), LOCK_EX | LOCK_NB);  // for remove_leftovers() on other machines
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutputFile::write(std::string_view bytes) { writer_.write(file_.get(), bytes); }

void OutputFile::write_at(std::uint64_t offset, std::string_view bytes) {
  write_all_at(file_.get(), path_, offset, bytes);
}

void OutputFile::resize(std::uint64_t size) {
  if (::ftruncate(file_.get(), off_t(size)) != 0) cannot_write(path_, errno);
}

void OutputFile::commit() {
  writer_.flush(file_.get());
  if (temporary_.empty()) {
    if (!file_.close()) cannot_write(path_, errno);
    return;
  }
  if (::fsync(file_.get()) != 0) cannot_write(path_, errno);
  if (!file_.close()) cannot_write(path_, errno);
  if (move_file(temporary_, path_, overwrite_) != 0) {
    if (errno == EEXIST) throw OutputError(fmt::format("{} exists; give --overwrite to replace it", path_));
    cannot_write(path_, errno);
  }
  temporary_.clear();
  sync_directory_of(path_);
}

void remove_leftovers(const std::string& path) {
  const std::filesystem::path target(resolved(path));
  const std::string begin = target.filename().string() + ".tmp-";
  std::error_code error;
  for (std::filesystem::directory_iterator file(target.parent_path() / ".", error), end; !error && file != end;
       file.increment(error)) {
    const std::string name = file->path().filename().string();
    if (!name.starts_with(begin)) continue;
    pid_t process = 0;
    const char* const last = name.data() + name.size();
    const auto [rest, failure] = std::from_chars(name.data() + begin.size(), last, process);
    unsigned count = 0;
    if (failure != std::errc() || process <= 0 || rest == last || *rest != '-' ||
        std::from_chars(rest + 1, last, count).ptr != last)
      continue;
    if (::kill(process, 0) == 0 || errno != ESRCH) continue;
    const FileDescriptor left(::open(file->path().c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (left.is_open() && ::flock(left.get(), LOCK_EX | LOCK_NB) == 0) ::unlink(file->path().c_str());
  }
}

Spool::Spool(const std::string& path) : path_(path), file_(nameless_file(path)), writer_(path) {}

MappedFile Spool::mapped() {
  writer_.flush(file_.get());
  return MappedFile(file_.get(), path_);
}

PieceSpool::PieceSpool(const std::string& path) : path_(path), file_(nameless_file(path)) {}

std::uint64_t PieceSpool::put(std::string_view bytes) {
  const std::uint64_t begin = size_.fetch_add(bytes.size());
  write_all_at(file_.get(), path_, begin, bytes);
  return begin;
}

void PieceSpool::get(std::uint64_t offset, char* room, std::size_t size) const {
  while (size > 0) {
    const ssize_t got = ::pread(file_.get(), room, size, off_t(offset));
    if (got == 0 || (got < 0 && errno != EINTR))
      throw OutputError(
          fmt::format("cannot read back what was written to {}: {}", path_, reason_of(got == 0 ? EIO : errno)));
    if (got < 0) continue;
    room += got;
    size -= std::size_t(got);
    offset += std::uint64_t(got);
  }
}

}  // namespace ringscan
