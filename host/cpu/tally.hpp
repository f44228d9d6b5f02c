// Counts of numbers, for one task at a time: an open hash table that keeps its memory between tasks. Its order is that
// of first appearance, so it depends on what was counted alone.
#pragma once
#include <bit>
#include <cstdint>
#include <vector>

namespace ringscan::cpu {

class Tally {
 public:
  struct Count {
    std::uint64_t key;
    std::uint32_t count;
  };

  void clear() {
    for (const std::uint32_t slot : used_) places_[slot] = 0;
    used_.clear();
    counts_.clear();
  }
  void add(std::uint64_t key) {
    if (2 * counts_.size() >= places_.size()) grow();
    std::uint32_t& place = places_[slot_of(key)];
    if (place == 0) {
      used_.push_back(std::uint32_t(&place - places_.data()));
      counts_.push_back({key, 0});
      place = std::uint32_t(counts_.size());
    }
    ++counts_[place - 1].count;
  }
  const std::vector<Count>& counts() const { return counts_; }

 private:
  std::size_t slot_of(std::uint64_t key) const {
    std::size_t slot = std::size_t((key * 0x9E3779B97F4A7C15u) >> shift_);
    while (places_[slot] != 0 && counts_[places_[slot] - 1].key != key) slot = (slot + 1) & (places_.size() - 1);
    return slot;
  }
  void grow() {
    const std::size_t size = places_.empty() ? 64 : 4 * places_.size();
    places_.assign(size, 0);
    shift_ = 64 - std::countr_zero(size);
    used_.clear();
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      const std::size_t slot = slot_of(counts_[i].key);
      places_[slot] = std::uint32_t(i + 1);
      used_.push_back(std::uint32_t(slot));
    }
  }

  std::vector<std::uint32_t> places_;  // 1 + place in counts_, 0 is free
  std::vector<std::uint32_t> used_;
  std::vector<Count> counts_;
  int shift_ = 64;
};

}  // namespace ringscan::cpu
