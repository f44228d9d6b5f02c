// Distinct numbers out of many, in bounded memory of the space: gathered, sorted and made unique when the room is full,
// and put down on the host, sorted, when that makes too little room. What was put down is counted at the end in ranges
// of values that fit.
#pragma once
#include "kernels/intersections.hpp"

namespace ringscan::kernels {

template <class Space>
class PairSet {
  template <class T>
  using Buffer = typename Space::template Buffer<T>;

 public:
  // Room for `capacity` numbers, of which only the low `bits` bits are set.
  PairSet(Space& space, std::uint64_t capacity, int bits)
      : space_(space), bits_(bits), codes_(space, capacity), scratch_(space, capacity) {}

  // Where `count` more may be written, at most the capacity.
  std::uint64_t* append(std::uint64_t count) {
    if (size_ + count > codes_.size()) {
      make_unique();
      if (size_ + count > codes_.size() || size_ > codes_.size() / 2) put_down();  // else sorted again and again
    }
    std::uint64_t* place = codes_.data() + size_;
    size_ += count;
    return place;
  }

  std::uint64_t count() {
    std::uint64_t total = 0;
    for_each_range([&](std::uint64_t distinct) { total += distinct; });
    return total;
  }
  // Ascending.
  std::vector<std::uint64_t> codes() {
    std::vector<std::uint64_t> all;
    for_each_range([&](std::uint64_t distinct) {
      const std::vector<std::uint64_t> range = copy_out(space_, codes_.data(), distinct);
      all.insert(all.end(), range.begin(), range.end());
    });
    return all;
  }
  std::uint64_t put_down_count() const { return runs_.size(); }

 private:
  void make_unique() {
    sort_keys(space_, codes_.data(), scratch_.data(), size_, bits_);
    size_ = unique_sorted(space_, scratch_.data(), codes_.data(), size_);
  }
  void put_down() {
    if (size_ > 0) runs_.push_back(copy_out(space_, codes_.data(), size_));
    size_ = 0;
  }

  // visit(n) with the n distinct numbers of a range at the front of codes_, range by range.
  template <class Visit>
  void for_each_range(Visit visit) {
    make_unique();
    if (runs_.empty()) return visit(size_);
    put_down();
    visit_range({runs_.begin(), runs_.end()}, visit);
    size_ = 0;
  }

  // The pieces hold ascending numbers. Halved at the middle of the longest until all together fit.
  template <class Visit>
  void visit_range(std::vector<std::span<const std::uint64_t>> pieces, Visit& visit) {
    std::erase_if(pieces, [](const auto& piece) { return piece.empty(); });
    size_ = 0;
    std::uint64_t last = 0;
    for (const auto& piece : pieces) size_ += piece.size(), last = std::max(last, piece.back());
    if (size_ > codes_.size()) {
      const auto& longest = *std::ranges::max_element(pieces, {}, [](const auto& piece) { return piece.size(); });
      if (longest.size() > 1) last = longest[longest.size() / 2];
      std::vector<std::span<const std::uint64_t>> below, rest;
      for (const auto& piece : pieces) {
        const std::size_t cut = std::size_t(std::ranges::lower_bound(piece, last) - piece.begin());
        below.push_back(piece.first(cut));
        if (cut < piece.size()) rest.push_back(piece.subspan(cut));
      }
      if (longest.size() == 1) rest.resize(1);  // the same number in each
      visit_range(std::move(below), visit);
      return visit_range(std::move(rest), visit);
    }
    std::uint64_t* place = codes_.data();
    for (const auto& piece : pieces) {
      copy_in(space_, place, piece);
      place += piece.size();
    }
    make_unique();
    visit(size_);
  }

  Space& space_;
  int bits_;
  Buffer<std::uint64_t> codes_, scratch_;
  std::uint64_t size_ = 0;  // in codes_
  std::vector<std::vector<std::uint64_t>> runs_;
};

}  // namespace ringscan::kernels
