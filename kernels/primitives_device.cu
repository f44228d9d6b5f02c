// The device's primitives: every use of CUB, compiled once for the types that pipelines use.
#include <thrust/iterator/counting_iterator.h>
#include <cub/device/device_radix_sort.cuh>
#include <cub/device/device_reduce.cuh>
#include <cub/device/device_run_length_encode.cuh>
#include <cub/device/device_scan.cuh>
#include <cub/device/device_select.cuh>
#include <cuda/functional>
#include <cuda/std/functional>
#include <cuda/std/iterator>

#include "kernels/device_space.cuh"
#include "ledger/ids.hpp"

namespace ringscan::kernels {
namespace {

// CUB's protocol: call(nullptr, bytes) sizes, call(temporary, bytes) runs.
template <class Call>
void with_temporary(DeviceSpace& space, const char* what, Call call) {
  std::size_t bytes = 0;
  check(call(nullptr, bytes), what);
  DeviceSpace::Buffer<char> temporary(space, bytes);
  check(call(temporary.data(), bytes), what);
}

std::uint64_t read_back(DeviceSpace& space, const DeviceSpace::Buffer<std::uint64_t>& count) {
  return copy_out(space, count.data(), 1).front();
}

struct IsSet {
  __host__ __device__ std::uint64_t operator()(std::uint8_t flag) const { return flag != 0; }
};

}  // namespace

template <class K, class V>
void sort_pairs(DeviceSpace& space, const K* keys, K* keys_out, const V* values, V* values_out, std::uint64_t n,
                int bits) {
  if (n == 0) return;
  with_temporary(space, "sorting", [&](void* temporary, std::size_t& bytes) {
    return cub::DeviceRadixSort::SortPairs(temporary, bytes, keys, keys_out, values, values_out, n, 0, bits,
                                           space.stream.get());
  });
}

template <class K>
void sort_keys(DeviceSpace& space, const K* keys, K* out, std::uint64_t n, int bits) {
  if (n == 0) return;
  with_temporary(space, "sorting", [&](void* temporary, std::size_t& bytes) {
    return cub::DeviceRadixSort::SortKeys(temporary, bytes, keys, out, n, 0, bits, space.stream.get());
  });
}

template <class K, class V>
void suffix_max_by_key(DeviceSpace& space, const K* keys, const V* values, V* out, std::uint64_t n) {
  if (n == 0) return;
  using cuda::std::make_reverse_iterator;
  with_temporary(space, "scanning", [&](void* temporary, std::size_t& bytes) {
    return cub::DeviceScan::InclusiveScanByKey(temporary, bytes, make_reverse_iterator(keys + n),
                                               make_reverse_iterator(values + n), make_reverse_iterator(out + n),
                                               cuda::maximum<>{}, n, cuda::std::equal_to<>{}, space.stream.get());
  });
}

void exclusive_sum(DeviceSpace& space, const std::uint64_t* in, std::uint64_t* out, std::uint64_t n) {
  if (n == 0) return;
  with_temporary(space, "scanning", [&](void* temporary, std::size_t& bytes) {
    return cub::DeviceScan::ExclusiveSum(temporary, bytes, in, out, n, space.stream.get());
  });
}

std::uint64_t count_set(DeviceSpace& space, const std::uint8_t* flags, std::uint64_t n) {
  if (n == 0) return 0;
  DeviceSpace::Buffer<std::uint64_t> total(space, 1);
  with_temporary(space, "counting", [&](void* temporary, std::size_t& bytes) {
    return cub::DeviceReduce::TransformReduce(temporary, bytes, flags, total.data(), std::int64_t(n),
                                              cuda::std::plus<>{}, IsSet{}, std::uint64_t{0}, space.stream.get());
  });
  return read_back(space, total);
}

void select_indices(DeviceSpace& space, const std::uint8_t* flags, std::uint64_t n, std::uint64_t* out) {
  if (n == 0) return;
  DeviceSpace::Buffer<std::uint64_t> count(space, 1);
  with_temporary(space, "selecting", [&](void* temporary, std::size_t& bytes) {
    return cub::DeviceSelect::Flagged(temporary, bytes, thrust::counting_iterator<std::uint64_t>(0), flags, out,
                                      count.data(), std::int64_t(n), space.stream.get());
  });
}

template <class T>
std::uint64_t unique_sorted(DeviceSpace& space, const T* in, T* out, std::uint64_t n) {
  if (n == 0) return 0;
  DeviceSpace::Buffer<std::uint64_t> count(space, 1);
  with_temporary(space, "dropping repetitions", [&](void* temporary, std::size_t& bytes) {
    return cub::DeviceSelect::Unique(temporary, bytes, in, out, count.data(), std::int64_t(n), space.stream.get());
  });
  return read_back(space, count);
}

template <class T>
std::uint64_t run_lengths(DeviceSpace& space, const T* in, T* runs, std::uint64_t* lengths, std::uint64_t n) {
  if (n == 0) return 0;
  DeviceSpace::Buffer<std::uint64_t> count(space, 1);
  with_temporary(space, "measuring runs", [&](void* temporary, std::size_t& bytes) {
    return cub::DeviceRunLengthEncode::Encode(temporary, bytes, in, runs, lengths, count.data(), std::int64_t(n),
                                              space.stream.get());
  });
  return read_back(space, count);
}

using U32 = std::uint32_t;
using U64 = std::uint64_t;
template void sort_pairs(DeviceSpace&, const U32*, U32*, const U64*, U64*, U64, int);
template void sort_pairs(DeviceSpace&, const U64*, U64*, const U64*, U64*, U64, int);
template void sort_keys(DeviceSpace&, const U32*, U32*, U64, int);
template void sort_keys(DeviceSpace&, const U64*, U64*, U64, int);
template void suffix_max_by_key(DeviceSpace&, const Wallet*, const U64*, U64*, U64);
template U64 unique_sorted(DeviceSpace&, const U64*, U64*, U64);
template U64 run_lengths(DeviceSpace&, const U32*, U32*, U64*, U64);
template U64 run_lengths(DeviceSpace&, const U64*, U64*, U64*, U64);

}  // namespace ringscan::kernels
