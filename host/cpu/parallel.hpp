// Parallel loops whose result does not depend on the number of threads. All run inside the caller's task arena.
#pragma once
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <vector>

#include "backend.hpp"

namespace ringscan::cpu {

inline constexpr Row block_rows =
    Row{1} << 18;  // rows a task takes at a time: enough to hide its start, few to balance

// What `visit(row, out)` appends to its block's `out`, blocks in order: rows ascending, so the result is deterministic.
template <class T, class Visit>
std::vector<T> collect(const BackendOptions& options, Row rows, Visit visit) {
  std::vector<std::vector<T>> blocks((rows + block_rows - 1) / block_rows);
  tbb::parallel_for(std::size_t{0}, blocks.size(), [&](std::size_t block) {
    options.stop_if_asked();
    const Row begin = block * block_rows, end = std::min(rows, begin + block_rows);
    for (Row row = begin; row < end; ++row) visit(row, blocks[block]);
  });
  std::size_t size = 0;
  for (const std::vector<T>& block : blocks) size += block.size();
  std::vector<T> all;
  all.reserve(size);
  for (std::vector<T>& block : blocks) {
    all.insert(all.end(), block.begin(), block.end());
    block = {};
  }
  return all;
}

}  // namespace ringscan::cpu
