#include "io/mapped_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>

#include "io/errors.hpp"
#include "io/file_descriptor.hpp"

namespace ringscan {
namespace {

constexpr std::uintptr_t page = 4096;

#ifndef MADV_POPULATE_READ  // Linux 5.14
#define MADV_POPULATE_READ 22
#endif

}  // namespace

MappedFile::MappedFile(const std::string& path)
    : MappedFile(FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)).get(), path) {}

MappedFile::MappedFile(int file, const std::string& path) {
  struct stat status {};
  if (file < 0 || ::fstat(file, &status) != 0)
    throw MissingInput(fmt::format("cannot read {}: {}", named(path), reason_of(errno)));
  size_ = std::size_t(status.st_size);
  if (size_ == 0) return;
  void* const begin = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file, 0);
  if (begin == MAP_FAILED) throw MissingInput(fmt::format("cannot map {}: {}", named(path), reason_of(errno)));
  begin_ = static_cast<const char*>(begin);
}

MappedFile::~MappedFile() {
  if (begin_ != nullptr) ::munmap(const_cast<char*>(begin_), size_);
}

void populate(std::string_view mapped) {
  const auto first = reinterpret_cast<std::uintptr_t>(mapped.data()) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(mapped.data()) + mapped.size();
  ::madvise(reinterpret_cast<void*>(first), end - first, MADV_POPULATE_READ);  // where it fails, touching will do
}

void read_ahead(std::string_view mapped) {
  const auto first = reinterpret_cast<std::uintptr_t>(mapped.data()) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(mapped.data()) + mapped.size();
  ::madvise(reinterpret_cast<void*>(first), end - first, MADV_WILLNEED);
}

void release(std::string_view mapped) {
  const auto first = (reinterpret_cast<std::uintptr_t>(mapped.data()) + page - 1) / page * page;
  const auto end = (reinterpret_cast<std::uintptr_t>(mapped.data()) + mapped.size()) / page * page;
  if (first < end) ::madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED);
}

LazyRelease::~LazyRelease() { release_all(); }

void LazyRelease::add(std::string_view mapped) {
  constexpr std::size_t at_once = std::size_t{32} << 20;
  const std::lock_guard locked(lock_);
  texts_.push_back(mapped);
  bytes_ += mapped.size();
  if (bytes_ >= at_once) release_all();
}

// Neighbours together.
void LazyRelease::release_all() {
  std::sort(texts_.begin(), texts_.end(), [](std::string_view a, std::string_view b) { return a.data() < b.data(); });
  for (std::size_t i = 0; i < texts_.size();) {
    const char* end = texts_[i].data() + texts_[i].size();
    std::size_t next = i + 1;
    for (; next < texts_.size() && texts_[next].data() == end; ++next) end += texts_[next].size();
    release({texts_[i].data(), std::size_t(end - texts_[i].data())});
    i = next;
  }
  texts_.clear();
  bytes_ = 0;
}

}  // namespace ringscan
