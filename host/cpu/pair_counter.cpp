#include "cpu/pair_counter.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>

namespace ringscan::cpu {
namespace {

constexpr std::uint64_t pairs_of_part = std::uint64_t{1} << 17;  // that a table of 2 MiB holds
constexpr unsigned most_part_bits = 10;                          // their lines, 64 KiB, stay near the core

// A bijection whose upper bits depend on all bits.
std::uint64_t mixed(std::uint64_t pair) {
  pair *= 0x9E3779B97F4A7C15u;
  pair ^= pair >> 32;
  return pair * 0xD6E8FEB86659FD93u;
}

// Eight pairs past the caches: they are not needed soon, and fetching what they overwrite would cost as much again.
void move_line(std::uint64_t* to, const std::uint64_t* from) {
#ifdef __SSE2__
  for (int i = 0; i < 4; ++i)
    _mm_stream_si128(reinterpret_cast<__m128i*>(to) + i, _mm_loadu_si128(reinterpret_cast<const __m128i*>(from) + i));
#else
  std::memcpy(to, from, 8 * sizeof *to);
#endif
}

}  // namespace

// Open addressing over mixed pairs, at most half full; 0 is a free slot.
class PairCollector::Table {
 public:
  explicit Table(unsigned part_bits) : part_bits_(part_bits) {}

  void clear(std::size_t expected) {
    resize(std::bit_ceil(std::clamp<std::size_t>(2 * expected, 64, 4 * pairs_of_part)));
    count_ = inserted_ = 0;
    has_zero_ = false;
  }
  // Since clear(), those put again included.
  std::uint64_t inserted() const { return inserted_; }
  void insert(std::span<const std::uint64_t> pairs) {
    for (const std::uint64_t pair : pairs) {
      if (2 * count_ >= slots_.size()) grow();
      put(pair);
    }
  }
  std::uint64_t size() const { return count_ + has_zero_; }
  template <class Visit>
  void each(Visit visit) const {
    if (has_zero_) visit(std::uint64_t{0});
    for (const std::uint64_t pair : slots_)
      if (pair != 0) visit(pair);
  }

 private:
  void resize(std::size_t slots) {
    slots_.assign(slots, 0);
    shift_ = 64 - unsigned(std::countr_zero(slots));
  }
  void put(std::uint64_t pair) {
    ++inserted_;
    has_zero_ |= pair == 0;
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = (pair << part_bits_) >> shift_;
    while (slots_[slot] != 0 && slots_[slot] != pair) slot = (slot + 1) & mask;
    count_ += slots_[slot] == 0 && pair != 0;
    slots_[slot] = pair;
  }
  void grow() {
    std::vector<std::uint64_t> old = std::move(slots_);
    resize(2 * old.size());
    count_ = 0;
    for (const std::uint64_t pair : old)
      if (pair != 0) put(pair);
  }

  unsigned part_bits_, shift_ = 0;
  std::vector<std::uint64_t> slots_;
  std::size_t count_ = 0, inserted_ = 0;
  bool has_zero_ = false;
};

PairCollector::PairCollector(std::uint64_t expected, std::uint64_t room)
    : part_bits_(std::min(most_part_bits, unsigned(std::bit_width(expected / pairs_of_part)))), room_(room) {
  const std::size_t parts = std::size_t{1} << part_bits_;
  waiting_.resize(1024);
  lines_.resize(parts * line);
  line_counts_.resize(parts);
  parts_.resize(parts);
}

PairCollector::Room PairCollector::take(Room filled) {
  const std::span<const std::uint64_t> pairs(waiting_.data(), filled.next);
  taken_ += pairs.size();
  for (const std::uint64_t one : pairs) {
    const std::uint64_t code = mixed(one);
    const std::size_t part = part_bits_ == 0 ? 0 : code >> (64 - part_bits_);
    const std::size_t place = line_counts_[part];
    lines_[part * line + place] = code;
    line_counts_[part] = std::uint8_t(place + 1);
    if (place + 1 == line) put_line(part);
  }
  if ((chunk_count_ - free_chunks_.size()) * chunk > room_ + parts_.size() * chunk) drop_repeated();
  return room();
}

void PairCollector::put_line(std::size_t part) {
  Part& into = parts_[part];
  if (into.size % chunk == 0) {
    if (free_chunks_.empty()) {
      free_chunks_.push_back(chunk_count_++);
      pairs_.resize(std::size_t{chunk_count_} * chunk);
    }
    into.chunks.push_back(free_chunks_.back());
    free_chunks_.pop_back();
  }
  move_line(pairs_.data() + std::size_t{into.chunks.back()} * chunk + into.size % chunk, &lines_[part * line]);
  into.size += line;
  line_counts_[part] = 0;
}

void PairCollector::drop_repeated() {
  Table table(part_bits_);
  std::uint64_t kept = 0;
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    table.clear(parts_[part].size);
    insert_into(table, part);
    free_chunks_.insert(free_chunks_.end(), parts_[part].chunks.begin(), parts_[part].chunks.end());
    parts_[part] = {};
    kept += table.size();
    line_counts_[part] = 0;
    table.each([&](std::uint64_t code) {
      lines_[part * line + line_counts_[part]++] = code;
      if (line_counts_[part] == line) put_line(part);
    });
  }
  room_ = std::max(room_, 2 * kept);
}

void PairCollector::insert_into(Table& table, std::size_t part) const {
  const Part& from = parts_[part];
  for (std::size_t i = 0; i < from.chunks.size(); ++i)
    table.insert(pairs_.span().subspan(std::size_t{from.chunks[i]} * chunk, std::min(chunk, from.size - i * chunk)));
  table.insert(std::span(lines_).subspan(part * line, line_counts_[part]));
}

std::uint64_t count_distinct(const BackendOptions& options, std::span<PairCollector* const> collectors) {
  if (collectors.empty()) return 0;
  const unsigned part_bits = collectors.front()->part_bits_;
  tbb::enumerable_thread_specific<PairCollector::Table> tables([&] { return PairCollector::Table(part_bits); });
  std::atomic<std::uint64_t> distinct = 0;
  tbb::parallel_for(std::size_t{0}, std::size_t{1} << part_bits, [&](std::size_t part) {
    options.stop_if_asked();
    std::size_t size = 0;
    for (const PairCollector* collector : collectors) size += collector->parts_[part].size;
    PairCollector::Table& table = tables.local();
    table.clear(size);
    for (const PairCollector* collector : collectors) collector->insert_into(table, part);
    distinct += table.size();
    options.did(0, table.inserted(), size * sizeof(std::uint64_t));
  });
  return distinct;
}

}  // namespace ringscan::cpu
