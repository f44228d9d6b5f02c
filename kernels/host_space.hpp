// The execution space that runs a pipeline on the CPU with the standard library: how kernels are tested without a GPU.
// Its primitives honour every parameter of their device twins, so that a wrong one fails here too.
#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <thread>
#include <vector>

#include "kernels/host_queues.hpp"

namespace ringscan::kernels {

class HostSpace {
 public:
  template <class T>
  class Buffer {
   public:
    Buffer(HostSpace& space, std::uint64_t size)
        : space_(&space), data_(std::make_unique_for_overwrite<T[]>(size)), size_(size) {
      space_->bytes += size * sizeof(T);
      space_->peak_bytes = std::max(space_->peak_bytes, space_->bytes);
    }
    Buffer(Buffer&& other) noexcept : space_(other.space_), data_(std::move(other.data_)), size_(other.size_) {
      other.size_ = 0;
    }
    Buffer& operator=(Buffer&& other) noexcept {
      std::swap(space_, other.space_), std::swap(data_, other.data_), std::swap(size_, other.size_);
      return *this;
    }
    ~Buffer() {
      space_->bytes -= size_ * sizeof(T);  // at once, as the device's pool gives it to whoever asks next
      if (data_ != nullptr && space_->queues.pace != Pace::at_once)
        space_->queues.issue(Lane::compute, [kept = std::shared_ptr<T[]>(std::move(data_))] {});
    }
    T* data() { return data_.get(); }
    const T* data() const { return data_.get(); }
    std::uint64_t size() const { return size_; }

   private:
    HostSpace* space_;
    std::unique_ptr<T[]> data_;
    std::uint64_t size_;
  };

  // Host memory that copies on the lane of copies may read.
  template <class T>
  class Pinned {
   public:
    Pinned(HostSpace&, std::uint64_t size) : data_(std::make_unique_for_overwrite<T[]>(size)) {}
    T* data() { return data_.get(); }

   private:
    std::unique_ptr<T[]> data_;
  };

  struct Event {
    explicit Event(HostSpace&) {}
    HostQueues::Event place;
  };

  // How for_each_index runs, and when. No result may depend on it: tests vary the order and the pace, ThreadSanitizer
  // the threads.
  unsigned threads = 1;
  bool backwards = false;
  HostQueues queues;

  std::uint64_t limit_bytes = ~std::uint64_t{0};
  std::uint64_t bytes = 0, peak_bytes = 0;  // of buffers
  std::uint64_t free_bytes() const { return limit_bytes - bytes; }

  std::uint64_t launches = 0;  // of own kernels: calls of for_each_index
};

// Everything issued to a lane before this has run when the event has happened.
inline void record(HostSpace& space, Lane lane, HostSpace::Event& event) { event.place = space.queues.record(lane); }
// What is issued to the lane from now on runs after the event. An event that was never recorded has happened.
inline void wait(HostSpace& space, Lane lane, const HostSpace::Event& event) { space.queues.wait(lane, event.place); }
// The host waits.
inline void wait(HostSpace& space, const HostSpace::Event& event) { space.queues.finish(event.place); }

inline void synchronize(HostSpace& space) { space.queues.finish(Lane::compute); }

template <class Functor>
void for_each_index(HostSpace& space, std::uint64_t n, Functor f) {
  ++space.launches;
  space.queues.issue(Lane::compute, [&space, n, f] {
    const auto stride = [&](std::uint64_t first) {
      for (std::uint64_t i = first; i < n; i += space.threads) f(space.backwards ? n - 1 - i : i);
    };
    std::vector<std::jthread> others;
    for (unsigned t = 1; t < space.threads; ++t) others.emplace_back(stride, t);
    stride(0);
  });
}

// For each i < n: state = join.begin(i), join.visit(state, join.load(j)) for all j < m ascending, join.end(i, state).
template <class Join>
void for_each_pair(HostSpace& space, std::uint64_t n, std::uint64_t m, Join join) {
  for_each_index(space, n, [m, join](std::uint64_t i) {
    auto state = join.begin(i);
    for (std::uint64_t j = 0; j < m; ++j) join.visit(state, join.load(j));
    join.end(i, state);
  });
}

template <class T>
void fill(HostSpace& space, T* data, std::uint64_t n, T value) {
  space.queues.issue(Lane::compute, [=] { std::fill_n(data, n, value); });
}

// `from` may change once this returns.
template <class T>
void copy_in(HostSpace& space, T* to, std::span<const T> from) {
  if (space.queues.pace == Pace::at_once)
    std::ranges::copy(from, to);
  else
    space.queues.issue(Lane::compute,
                       [to, kept = std::vector<T>(from.begin(), from.end())] { std::ranges::copy(kept, to); });
}

// On the lane of copies: from pinned memory, which must not change before the copy was waited for.
template <class T>
void copy_later(HostSpace& space, T* to, const T* from, std::uint64_t n) {
  space.queues.issue(Lane::copies, [=] { std::copy_n(from, n, to); });
}

template <class T>
std::vector<T> copy_out(HostSpace& space, const T* from, std::uint64_t n) {
  synchronize(space);
  return {from, from + n};
}

// Stable, by the key's low `bits` bits and no others; in and out do not overlap. Least significant digit first.
template <class K, class V>
void sort_pairs(HostSpace& space, const K* keys, K* keys_out, const V* values, V* values_out, std::uint64_t n,
                int bits) {
  synchronize(space);
  constexpr int digit_bits = 11;
  std::vector<K> other_keys(n);
  std::vector<V> other_values(n);
  std::copy_n(keys, n, keys_out);
  std::copy_n(values, n, values_out);
  for (int shift = 0; shift < bits; shift += digit_bits) {
    const K mask = K((std::uint64_t{1} << std::min(digit_bits, bits - shift)) - 1);
    std::vector<std::uint64_t> begins(std::size_t{1} << digit_bits);
    for (std::uint64_t i = 0; i < n; ++i) ++begins[keys_out[i] >> shift & mask];
    std::exclusive_scan(begins.begin(), begins.end(), begins.begin(), std::uint64_t{0});
    for (std::uint64_t i = 0; i < n; ++i) {
      const std::uint64_t place = begins[keys_out[i] >> shift & mask]++;
      other_keys[place] = keys_out[i];
      other_values[place] = values_out[i];
    }
    std::copy_n(other_keys.data(), n, keys_out);
    std::copy_n(other_values.data(), n, values_out);
  }
}

template <class K>
void sort_keys(HostSpace& space, const K* keys, K* out, std::uint64_t n, int bits) {
  const std::vector<std::uint8_t> none(n);
  std::vector<std::uint8_t> none_out(n);
  sort_pairs(space, keys, out, none.data(), none_out.data(), n, bits);
}

// out[i] = the largest of values[j], j >= i, over the run of equal keys that holds i.
template <class K, class V>
void suffix_max_by_key(HostSpace& space, const K* keys, const V* values, V* out, std::uint64_t n) {
  synchronize(space);
  for (std::uint64_t i = n; i-- > 0;)
    out[i] = i + 1 < n && keys[i + 1] == keys[i] ? std::max(values[i], out[i + 1]) : values[i];
}

// out[i] = the sum of in[j], j < i.
inline void exclusive_sum(HostSpace& space, const std::uint64_t* in, std::uint64_t* out, std::uint64_t n) {
  synchronize(space);
  std::exclusive_scan(in, in + n, out, std::uint64_t{0});
}

inline std::uint64_t count_set(HostSpace& space, const std::uint8_t* flags, std::uint64_t n) {
  synchronize(space);
  return std::uint64_t(std::count_if(flags, flags + n, [](std::uint8_t flag) { return flag != 0; }));
}

// The indices i < n with flags[i] != 0, ascending.
inline void select_indices(HostSpace& space, const std::uint8_t* flags, std::uint64_t n, std::uint64_t* out) {
  space.queues.issue(Lane::compute, [=] {
    for (std::uint64_t i = 0, place = 0; i < n; ++i)
      if (flags[i] != 0) out[place++] = i;
  });
}

// Drops repetitions; returns how many are left.
template <class T>
std::uint64_t unique_sorted(HostSpace& space, const T* in, T* out, std::uint64_t n) {
  synchronize(space);
  return std::uint64_t(std::unique_copy(in, in + n, out) - out);
}

// The runs of equal values and their lengths; returns how many.
template <class T>
std::uint64_t run_lengths(HostSpace& space, const T* in, T* runs, std::uint64_t* lengths, std::uint64_t n) {
  synchronize(space);
  std::uint64_t count = 0;
  for (std::uint64_t i = 0; i < n; ++i) {
    if (i == 0 || in[i] != in[i - 1]) runs[count] = in[i], lengths[count++] = 0;
    ++lengths[count - 1];
  }
  return count;
}

}  // namespace ringscan::kernels
