#include "io/mapped_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

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
    throw MissingInput(fmt::format("cannot read {}: {}", path, reason_of(errno)));
  size_ = std::size_t(status.st_size);
  if (size_ == 0) return;
  void* const begin = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file, 0);
  if (begin == MAP_FAILED) throw MissingInput(fmt::format("cannot map {}: {}", path, reason_of(errno)));
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

void release(std::string_view mapped) {
  const auto first = (reinterpret_cast<std::uintptr_t>(mapped.data()) + page - 1) / page * page;
  const auto end = (reinterpret_cast<std::uintptr_t>(mapped.data()) + mapped.size()) / page * page;
  if (first < end) ::madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED);
}

}  // namespace ringscan
