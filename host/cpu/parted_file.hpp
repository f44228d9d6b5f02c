// Records that fall into parts, on their way through a file without a name: written in any order of parts, read back a
// part at a time, each part's records in the order in which they came. Memory: a chunk a part while it is written, and
// a chunk for each part that is read.
#pragma once
#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "io/output.hpp"
#include "io/pages.hpp"

namespace ringscan::cpu {

template <class T>
class PartedFile {
 public:
  PartedFile(const std::string& path, std::size_t parts, std::size_t chunk_bytes)
      : spool_(path), chunk_(std::max<std::size_t>(1, chunk_bytes / sizeof(T))), parts_(parts) {
    waiting_.resize(parts * chunk_);
  }

  // Several threads may add to several parts, one at a time to each.
  void add(std::size_t part, const T& record) {
    Part& into = parts_[part];
    T* const waiting = waiting_.data() + part * chunk_;
    std::memcpy(waiting + into.waiting, &record, sizeof(T));
    if (++into.waiting == chunk_) put(part);
  }
  // After the last record, and before the first is read.
  void finish() {
    for (std::size_t part = 0; part < parts_.size(); ++part)
      if (parts_[part].waiting > 0) put(part);
    waiting_ = {};
  }

  std::uint64_t size(std::size_t part) const { return parts_[part].size; }
  std::uint64_t bytes() const { return spool_.size(); }

  // Calls use(records) for one chunk of a part after the other, in room that lasts for the call. From any thread.
  template <class Use>
  void read(std::size_t part, Use use) const {
    std::vector<T> room(std::min<std::uint64_t>(chunk_, parts_[part].size));
    std::uint64_t left = parts_[part].size;
    for (const std::uint64_t begin : parts_[part].chunks) {
      const std::span<T> records = std::span(room).first(std::min<std::uint64_t>(left, chunk_));
      spool_.get(begin, reinterpret_cast<char*>(records.data()), records.size_bytes());
      use(std::span<const T>(records));
      left -= records.size();
    }
  }

 private:
  struct Part {
    std::vector<std::uint64_t> chunks;  // where they begin
    std::uint64_t size = 0;             // records in them; all are full but the last
    std::size_t waiting = 0;
  };

  void put(std::size_t part) {
    Part& from = parts_[part];
    const T* const waiting = waiting_.data() + part * chunk_;
    from.chunks.push_back(spool_.put({reinterpret_cast<const char*>(waiting), from.waiting * sizeof(T)}));
    from.size += from.waiting;
    from.waiting = 0;
  }

  PieceSpool spool_;
  std::size_t chunk_;  // records
  std::vector<Part> parts_;
  PagedArray<T> waiting_;
};

}  // namespace ringscan::cpu
