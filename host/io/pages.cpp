#include "io/pages.hpp"

#include <sys/mman.h>

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
  void* const begin = begin_ == nullptr ? ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
                                        : ::mremap(begin_, size_, size, MREMAP_MAYMOVE);
  if (begin == MAP_FAILED) throw std::bad_alloc();
  begin_ = begin;
  size_ = size;
  if (size >= large_page) ::madvise(begin, size, MADV_HUGEPAGE);
}

void Pages::populate() {
  if (begin_ != nullptr) ::madvise(begin_, size_, MADV_POPULATE_WRITE);  // where it fails, touching will do
}

}  // namespace ringscan
