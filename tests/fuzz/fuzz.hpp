// For fuzz targets: what they must hold, and their input as a source of bytes in pieces.
#pragma once
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "io/errors.hpp"
#include "io/input.hpp"

namespace ringscan::fuzz {

// Ends the program, so that libFuzzer keeps the input, unless it is so.
inline void require(bool is_so, std::string_view what, std::string_view a = {}, std::string_view b = {}) {
  if (is_so) return;
  std::fprintf(stderr, "not so: %.*s\n", int(what.size()), what.data());
  for (const std::string_view text : {a, b})
    if (!text.empty()) std::fprintf(stderr, "  %.*s\n", int(text.size()), text.data());
  std::abort();
}

inline void require_same(std::string_view a, std::string_view b, std::string_view what) { require(a == b, what, a, b); }

// Hands out a text in pieces of a size.
class Pieces final : public ByteSource {
 public:
  explicit Pieces(std::string_view text, std::size_t piece = 1 << 20) : text_(text), piece_(piece) {}
  std::size_t read(std::span<char> room) override {
    const std::size_t size = std::min({room.size(), piece_, text_.size()});
    std::copy_n(text_.data(), size, room.data());
    text_.remove_prefix(size);
    return size;
  }
  const std::string& name() const override { return name_; }

 private:
  std::string_view text_;
  std::string name_ = "text";
  std::size_t piece_;
};

}  // namespace ringscan::fuzz
