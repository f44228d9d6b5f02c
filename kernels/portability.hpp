// The only place that knows which compiler reads a pipeline: g++ and nvcc's host pass, or nvcc's device pass.
#pragma once
#include <atomic>
#include <bit>
#include <cstdint>

#ifdef __CUDACC__
#include <cuda/atomic>
#define RINGSCAN_HD __host__ __device__
#else
#define RINGSCAN_HD
#endif

namespace ringscan::kernels {

// Relaxed: what one functor sets, later calls read. Every host pass uses std::atomic_ref, so that a functor's host code
// is the same in each translation unit.
template <class T>
RINGSCAN_HD inline void atomic_or(T& where, T bits) {
#ifdef __CUDA_ARCH__
  cuda::atomic_ref<T, cuda::thread_scope_device>(where).fetch_or(bits, cuda::memory_order_relaxed);
#else
  std::atomic_ref<T>(where).fetch_or(bits, std::memory_order_relaxed);
#endif
}

// The same value from many threads.
template <class T>
RINGSCAN_HD inline void atomic_store(T& where, T value) {
#ifdef __CUDA_ARCH__
  cuda::atomic_ref<T, cuda::thread_scope_device>(where).store(value, cuda::memory_order_relaxed);
#else
  std::atomic_ref<T>(where).store(value, std::memory_order_relaxed);
#endif
}

// Guarded: what is too small to raise the maximum costs a read, so that a hot account is not a queue of atomics.
template <class T>
RINGSCAN_HD inline void atomic_max(T& where, T value) {
#ifdef __CUDA_ARCH__
  cuda::atomic_ref<T, cuda::thread_scope_device> shared(where);
  if (shared.load(cuda::memory_order_relaxed) < value) shared.fetch_max(value, cuda::memory_order_relaxed);
#else
  std::atomic_ref<T> shared(where);
  T seen = shared.load(std::memory_order_relaxed);
  while (seen < value && !shared.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
  }
#endif
}

RINGSCAN_HD inline unsigned popcount(std::uint64_t bits) {
#ifdef __CUDA_ARCH__
  return unsigned(__popcll(bits));
#else
  return unsigned(std::popcount(bits));
#endif
}

// The first index in [low, high) for which `is_before` is false; it must not turn true again.
template <class IsBefore>
RINGSCAN_HD inline std::uint64_t partition_point(std::uint64_t low, std::uint64_t high, IsBefore is_before) {
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (is_before(middle))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

}  // namespace ringscan::kernels
