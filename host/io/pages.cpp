#include "io/pages.hpp"

#include <sys/mman.h>

#include <cstring>

namespace ringscan {
namespace {
constexpr std::size_t large_page = std::size_t{2} << 20;

#ifndef MADV_POPULATE_WRITE  // Linux 5.14
#define MADV_POPULATE_WRITE 23
#endif

}  // namespace

Pages::~Pages() {
  if (begin_ != nullptr) ::munmap(begin_, size_);
}

void Pages::grow(std::size_t bytes) {
  const std::size_t unit = bytes < large_page ? 4096 : large_page;
  const std::size_t size = (bytes + unit - 1) / unit * unit;
  if (size <= size_) return;
  // What was touched in small pages stays in them, so it is copied when large ones come.
  const bool moves = begin_ != nullptr && (size_ >= large_page || size < large_page);
  void* const begin =
      moves ? ::mremap(begin_, size_, size, MREMAP_MAYMOVE)
            : ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (begin == MAP_FAILED) throw std::bad_alloc();
  if (size >= large_page) ::madvise(begin, size, MADV_HUGEPAGE);
  if (begin_ != nullptr && !moves) {
    std::memcpy(begin, begin_, size_);
    ::munmap(begin_, size_);
  }
  begin_ = begin;
  size_ = size;
}

void Pages::populate() {
  if (begin_ != nullptr) ::madvise(begin_, size_, MADV_POPULATE_WRITE);  // where it fails, touching will do
}

}  // namespace ringscan
