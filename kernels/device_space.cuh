// The execution space that runs a pipeline on a CUDA device, in two streams of its own: one computes, one copies. Knows
// no CUB: its headers alone cost nvcc 5 to 7 s, and primitives_device.cu has them once.
#pragma once
#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "kernels/lane.hpp"

namespace ringscan::kernels {

// Throws Unavailable with what failed, what the device says, and what to do.
[[noreturn]] void throw_cuda_error(cudaError_t status, const char* what);

inline void check(cudaError_t status, const char* what) {
  if (status != cudaSuccess) throw_cuda_error(status, what);
}

class Stream {
 public:
  Stream() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "making a stream"); }
  Stream(Stream&& other) noexcept : stream_(std::exchange(other.stream_, nullptr)) {}
  Stream& operator=(Stream&&) = delete;
  ~Stream() {
    if (stream_ != nullptr) cudaStreamDestroy(stream_);
  }
  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

struct DeviceSpace {
  // Allocated and freed in the order of the stream; ends before its space does.
  template <class T>
  class Buffer {
   public:
    Buffer(DeviceSpace& space, std::uint64_t size) : stream_(space.stream.get()), size_(size) {
      const std::size_t bytes = std::max<std::uint64_t>(size, 1) * sizeof(T);  // never null: an empty list is a list
      check(cudaMallocAsync(reinterpret_cast<void**>(&data_), bytes, stream_), "allocating device memory");
    }
    Buffer(Buffer&& other) noexcept
        : stream_(other.stream_), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    Buffer& operator=(Buffer&& other) noexcept {
      std::swap(stream_, other.stream_), std::swap(data_, other.data_), std::swap(size_, other.size_);
      return *this;
    }
    ~Buffer() {
      if (data_ != nullptr) cudaFreeAsync(data_, stream_);
    }
    T* data() { return data_; }
    const T* data() const { return data_; }
    std::uint64_t size() const { return size_; }

   private:
    cudaStream_t stream_;
    T* data_ = nullptr;
    std::uint64_t size_;
  };

  // Page-locked host memory: copies from it run beside kernels. Costs the driver about a page walk: allocate few.
  template <class T>
  class Pinned {
   public:
    Pinned(DeviceSpace&, std::uint64_t size) {
      const std::size_t bytes = std::max<std::uint64_t>(size, 1) * sizeof(T);
      check(cudaMallocHost(reinterpret_cast<void**>(&data_), bytes), "pinning host memory");
    }
    Pinned(Pinned&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
    Pinned& operator=(Pinned&&) = delete;
    ~Pinned() {
      if (data_ != nullptr) cudaFreeHost(data_);
    }
    T* data() { return data_; }

   private:
    T* data_ = nullptr;
  };

  class Event {
   public:
    explicit Event(DeviceSpace&) {
      check(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), "making an event");
    }
    Event(Event&& other) noexcept : event_(std::exchange(other.event_, nullptr)) {}
    Event& operator=(Event&&) = delete;
    ~Event() {
      if (event_ != nullptr) cudaEventDestroy(event_);
    }
    cudaEvent_t get() const { return event_; }

   private:
    cudaEvent_t event_ = nullptr;
  };

  Stream stream;  // computes
  Stream copies;

  cudaStream_t of(Lane lane) const { return (lane == Lane::compute ? stream : copies).get(); }

  // What the device has free and what the pool holds unused.
  std::uint64_t free_bytes() const {
    std::size_t free = 0, total = 0;
    std::uint64_t held = 0, used = 0;
    check(cudaMemGetInfo(&free, &total), "asking for free device memory");
    check(cudaMemPoolGetAttribute(memory_pool(), cudaMemPoolAttrReservedMemCurrent, &held), "asking the memory pool");
    check(cudaMemPoolGetAttribute(memory_pool(), cudaMemPoolAttrUsedMemCurrent, &used), "asking the memory pool");
    return free + held - used;
  }
  // Freed memory stays with the pool: asking the driver again for each buffer costs more than many kernels.
  void keep_freed_memory() const {
    std::uint64_t all = ~std::uint64_t{0};
    check(cudaMemPoolSetAttribute(memory_pool(), cudaMemPoolAttrReleaseThreshold, &all), "setting up the memory pool");
  }

 private:
  static cudaMemPool_t memory_pool() {
    int device = 0;
    cudaMemPool_t pool = nullptr;
    check(cudaGetDevice(&device), "asking for the device");
    check(cudaDeviceGetDefaultMemPool(&pool, device), "asking for the memory pool");
    return pool;
  }
};

inline void synchronize(DeviceSpace& space) {
  check(cudaStreamSynchronize(space.stream.get()), "waiting for the device");
}

inline void record(DeviceSpace& space, Lane lane, DeviceSpace::Event& event) {
  check(cudaEventRecord(event.get(), space.of(lane)), "recording an event");
}
inline void wait(DeviceSpace& space, Lane lane, const DeviceSpace::Event& event) {
  check(cudaStreamWaitEvent(space.of(lane), event.get()), "ordering the streams");
}
inline void wait(DeviceSpace&, const DeviceSpace::Event& event) {
  check(cudaEventSynchronize(event.get()), "waiting for the device");
}

struct Launch {
  static constexpr unsigned block_threads = 256;
  static constexpr std::uint64_t most_blocks = std::uint64_t{1} << 20;  // then threads take further indices by stride
  static unsigned blocks(std::uint64_t n) {
    return unsigned(std::min((n + block_threads - 1) / block_threads, most_blocks));
  }
};

template <class Functor>
__global__ void __launch_bounds__(Launch::block_threads) for_each_index_kernel(std::uint64_t n, Functor f) {
  const std::uint64_t stride = std::uint64_t(gridDim.x) * blockDim.x;
  for (std::uint64_t i = std::uint64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += stride) f(i);
}

template <class Functor>
void for_each_index(DeviceSpace& space, std::uint64_t n, Functor f) {
  if (n == 0) return;
  for_each_index_kernel<<<Launch::blocks(n), Launch::block_threads, 0, space.stream.get()>>>(n, f);
  check(cudaGetLastError(), "starting a kernel");
}

// Each block holds block_threads of the i and takes the j in tiles through shared memory.
template <class Join>
__global__ void __launch_bounds__(Launch::block_threads)
    for_each_pair_kernel(std::uint64_t n, std::uint64_t m, Join join) {
  __shared__ alignas(typename Join::Item) unsigned char tile_bytes[Launch::block_threads * sizeof(typename Join::Item)];
  auto* tile = reinterpret_cast<typename Join::Item*>(tile_bytes);
  for (std::uint64_t first = std::uint64_t(blockIdx.x) * blockDim.x; first < n;
       first += std::uint64_t(gridDim.x) * blockDim.x) {
    const std::uint64_t i = first + threadIdx.x;
    typename Join::State state{};
    if (i < n) state = join.begin(i);
    for (std::uint64_t tile_first = 0; tile_first < m; tile_first += blockDim.x) {
      if (tile_first + threadIdx.x < m) tile[threadIdx.x] = join.load(tile_first + threadIdx.x);
      __syncthreads();
      const unsigned count = unsigned(m - tile_first < blockDim.x ? m - tile_first : blockDim.x);
      if (i < n)
        for (unsigned j = 0; j < count; ++j) join.visit(state, tile[j]);
      __syncthreads();
    }
    if (i < n) join.end(i, state);
  }
}

template <class Join>
void for_each_pair(DeviceSpace& space, std::uint64_t n, std::uint64_t m, Join join) {
  if (n == 0) return;
  for_each_pair_kernel<<<Launch::blocks(n), Launch::block_threads, 0, space.stream.get()>>>(n, m, join);
  check(cudaGetLastError(), "starting a kernel");
}

template <class T>
struct Fill {
  T* data;
  T value;
  __host__ __device__ void operator()(std::uint64_t i) const { data[i] = value; }
};

template <class T>
void fill(DeviceSpace& space, T* data, std::uint64_t n, T value) {
  for_each_index(space, n, Fill<T>{data, value});
}

// From pageable memory, which may change once this returns.
template <class T>
void copy_in(DeviceSpace& space, T* to, std::span<const T> from) {
  if (from.empty()) return;
  check(cudaMemcpyAsync(to, from.data(), from.size_bytes(), cudaMemcpyHostToDevice, space.stream.get()),
        "copying to the device");
}

// On the stream of copies, from pinned memory, which must not change before the copy was waited for.
template <class T>
void copy_later(DeviceSpace& space, T* to, const T* from, std::uint64_t n) {
  if (n == 0) return;
  check(cudaMemcpyAsync(to, from, n * sizeof(T), cudaMemcpyHostToDevice, space.copies.get()), "copying to the device");
}

template <class T>
std::vector<T> copy_out(DeviceSpace& space, const T* from, std::uint64_t n) {
  std::vector<T> out(n);
  if (n != 0)
    check(cudaMemcpyAsync(out.data(), from, n * sizeof(T), cudaMemcpyDeviceToHost, space.stream.get()),
          "copying from the device");
  synchronize(space);
  return out;
}

// The twins of host_space.hpp's primitives, defined and instantiated in primitives_device.cu.
template <class K, class V>
void sort_pairs(DeviceSpace&, const K* keys, K* keys_out, const V* values, V* values_out, std::uint64_t n, int bits);
template <class K>
void sort_keys(DeviceSpace&, const K* keys, K* out, std::uint64_t n, int bits);
template <class K, class V>
void suffix_max_by_key(DeviceSpace&, const K* keys, const V* values, V* out, std::uint64_t n);
void exclusive_sum(DeviceSpace&, const std::uint64_t* in, std::uint64_t* out, std::uint64_t n);
std::uint64_t count_set(DeviceSpace&, const std::uint8_t* flags, std::uint64_t n);
void select_indices(DeviceSpace&, const std::uint8_t* flags, std::uint64_t n, std::uint64_t* out);
template <class T>
std::uint64_t unique_sorted(DeviceSpace&, const T* in, T* out, std::uint64_t n);
template <class T>
std::uint64_t run_lengths(DeviceSpace&, const T* in, T* runs, std::uint64_t* lengths, std::uint64_t n);

}  // namespace ringscan::kernels
