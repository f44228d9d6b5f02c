// Memory in whole pages, from the system and back to it at once: zeros at first, in large pages where there are some,
// and growing where it stands: no more than a large page is copied, and nothing but what was touched counts.
#pragma once
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace ringscan {

class Pages {
 public:
  Pages() = default;
  Pages(Pages&& other) noexcept : begin_(std::exchange(other.begin_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Pages& operator=(Pages&& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Pages();
  // Room for at least so many bytes; what is there stays, perhaps elsewhere. Throws bad_alloc.
  void grow(std::size_t bytes);
  // Brings all of it in at once. Who reads here and there what is not there yet gets each page twice, first as zeros
  // that all share; and changing one for the other makes all processors look up.
  void populate();
  void* begin() const { return begin_; }
  std::size_t size() const { return size_; }

 private:
  void* begin_ = nullptr;
  std::size_t size_ = 0;
};

// Values without constructors, of which as many are there as were asked for; new ones are zeros.
template <class T>
class PagedArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  void resize(std::size_t count) {
    const std::size_t needed = count * sizeof(T);
    if (needed > pages_.size()) pages_.grow(needed < 2 * pages_.size() ? 2 * pages_.size() : needed);
    size_ = count;
  }
  void populate() { pages_.populate(); }
  std::size_t size() const { return size_; }
  T* data() const { return static_cast<T*>(pages_.begin()); }
  T& operator[](std::size_t i) const { return data()[i]; }
  std::span<const T> span() const { return {data(), size_}; }

 private:
  Pages pages_;
  std::size_t size_ = 0;
};

}  // namespace ringscan
