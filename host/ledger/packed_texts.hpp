// A list of texts in one arena, numbered from 0: addresses and transaction ids are mostly `0x` and lower-case hex
// digits in pairs, which are kept as bytes. 8 bytes a text and half its length.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/column.hpp"
#include "ledger/guard.hpp"

namespace ringscan {

inline constexpr char hex_tag = 'x';   // then bytes, two digits each
inline constexpr char text_tag = 't';  // then the text

// The packed form, which is unique to its text; `scratch` backs the view until it is changed.
std::string_view pack_text(std::string_view text, std::string& scratch);
std::string unpack_text(std::string_view packed);
// Orders packed texts as their texts are ordered by bytes.
int compare_packed(std::string_view a, std::string_view b);

class PackedTexts {
 public:
  PackedTexts() = default;
  // `ends`: where each text ends in `bytes`. `guard` vouches for both.
  PackedTexts(Column<std::uint64_t> ends, Column<char> bytes, const Guard* guard = nullptr)
      : bytes_(std::move(bytes)), ends_(std::move(ends)), guard_(guard) {}

  std::size_t size() const { return ends_.size(); }
  void reserve(std::size_t texts, std::size_t packed_bytes) {
    ends_.reserve(texts);
    bytes_.reserve(packed_bytes);
  }
  void push_back_packed(std::string_view packed) {
    bytes_.append({packed.data(), packed.size()});
    ends_.push_back(bytes_.size());
  }
  std::string_view packed(std::size_t i) const {
    if (guard_ != nullptr) check(i);
    const std::uint64_t begin = i == 0 ? 0 : ends_.span()[i - 1];
    return {bytes_.span().data() + begin, ends_.span()[i] - begin};
  }
  std::string at(std::size_t i) const { return unpack_text(packed(i)); }
  std::span<const std::uint64_t> ends() const { return ends_; }
  std::span<const char> bytes() const { return bytes_; }

 private:
  void check(std::size_t i) const;

  Column<char> bytes_;
  Column<std::uint64_t> ends_;
  const Guard* guard_ = nullptr;
};

}  // namespace ringscan
