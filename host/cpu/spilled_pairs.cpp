#include "cpu/spilled_pairs.hpp"

#include <tbb/parallel_for.h>

#include <bit>
#include <memory>

namespace ringscan::cpu {
namespace {

// Other bits than those by which pair_counter.cpp scatters what is in one part.
std::uint64_t hash_of(std::uint64_t pair) {
  pair ^= pair >> 33;
  pair *= 0xFF51AFD7ED558CCDu;
  pair ^= pair >> 33;
  pair *= 0xC4CEB9FE1A85EC53u;
  return pair ^ pair >> 33;
}

}  // namespace

SpilledPairs::SpilledPairs(const BackendOptions& options, PairSpill spill)
    : options_(options),
      part_bits_(unsigned(std::countr_zero(spill.parts))),
      room_(spill.room),
      met_(lately),
      file_(options.spill_path, spill.parts, spill.chunk_bytes) {}

void SpilledPairs::add(std::span<const std::uint64_t> pairs) {
  const std::lock_guard locked(lock_);
  for (const std::uint64_t pair : pairs) {
    const std::uint64_t hash = hash_of(pair);
    std::uint64_t& met = met_[hash % lately];
    if (met == pair + 1) continue;  // ~0 is never found, and written each time
    met = pair + 1;
    file_.add(part_bits_ == 0 ? 0 : hash >> (64 - part_bits_), pair);
  }
}

std::uint64_t SpilledPairs::count_distinct() {
  met_ = {};
  file_.finish();
  options_.did(0, 0, file_.bytes());
  std::uint64_t distinct = 0;
  for (std::size_t part = 0; part < std::size_t{1} << part_bits_; ++part) {
    options_.stop_if_asked();
    const std::uint64_t size = file_.size(part);
    if (size == 0) continue;
    PairCollector collector(size, room_);  // repetitions may make one part longer than others
    PairCollector::Room room = collector.room();
    file_.read(part, [&](std::span<const std::uint64_t> pairs) {
      options_.stop_if_asked();
      for (const std::uint64_t pair : pairs) {
        *room.next++ = pair;
        if (room.next == room.end) room = collector.take(room);
      }
    });
    collector.take(room);
    PairCollector* const all[] = {&collector};
    distinct += cpu::count_distinct(options_, all);
  }
  return distinct;
}

}  // namespace ringscan::cpu
