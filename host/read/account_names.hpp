// Names of accounts -> dense numbers, for many threads at once: texts, and integers, whose names are their digits. Both
// may name one account.
//
// An integer below 2^22 finds its number in an array and has no text until somebody asks for names; texts that are the
// digits of such a one are looked up there as well. Larger ones are texts in the table, which the array remembers below
// a few times the number of accounts, at 4 bytes each.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string_view>
#include <vector>

#include "io/pages.hpp"
#include "read/text_table.hpp"

namespace ringscan {

class AccountNames {
 public:
  // As TextTable has it.
  void intern(const TextKeys& names, std::span<std::uint32_t> numbers);
  // Nothing is written for no_number.
  void intern(std::span<const std::uint64_t> integers, std::span<std::uint32_t> numbers);

  // Not while names are interned:
  std::size_t size() const { return table_.size(); }
  std::size_t byte_count() const;  // of memory
  std::optional<std::uint32_t> find(std::string_view packed) const;
  // The packed names by number, made when first asked for; they last until more are interned.
  std::span<const std::string_view> packed() const;

 private:
  // Leaves the places of those that are not known.
  void look_up(std::span<const std::uint64_t> integers, std::span<std::uint32_t> numbers,
               std::vector<std::size_t>& missing) const;
  // Numbers the small ones among the missing, and leaves the places of the others.
  void number_small(std::span<const std::uint64_t> integers, std::span<std::uint32_t> numbers,
                    std::vector<std::size_t>& missing);
  void number_large(std::span<const std::uint64_t> integers, std::span<std::uint32_t> numbers,
                    std::span<const std::size_t> missing);

  TextTable table_;
  PagedArray<std::uint32_t> known_;                 // of each integer, + 1; 0: not known
  mutable PagedArray<std::array<char, 8>> digits_;  // packed names of small integers that were asked for
  mutable std::vector<std::string_view> packed_;    // as far as they were asked for
  mutable std::shared_mutex growing_;               // of known_: changed by one thread alone
};

}  // namespace ringscan
