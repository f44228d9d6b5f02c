// Lines of JSON lines as exporters write them: one object of keys that are columns, without escapes, and of values that
// are plain strings, whole numbers, `null`, `true`, `false` or `[]`, with at most a blank behind each comma and colon.
// They are read by their marks (find_json_marks); whatever is anything else is left to JsonObject, which says what it
// is. The two agree where both can read.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringscan {

// Keys as such lines spell them, with their quotes and the colon, and the places of their values in a record's fields.
class FlatKeys {
 public:
  static constexpr std::size_t nowhere = ~std::size_t{0};

  // `slot`: of each name, or nowhere.
  FlatKeys(std::span<const std::string> names, std::span<const std::size_t> slot);

 private:
  friend class FlatObject;
  static constexpr std::size_t width = 32;  // bytes compared at once, mostly the whole key
  struct Key {
    std::array<std::uint64_t, width / 8> begin{}, mask{};
    std::size_t readable = nowhere;  // bytes that must be there to compare `begin` alone
    std::size_t size = 0;            // 0: such lines cannot have it
    std::size_t slot = nowhere;
    std::string spelled;

    bool is_at(const char* place, const char* text_end) const;
  };
  std::vector<Key> keys_;
};

// Reads lines of a text one after another. Keys are expected in the order that the lines before had.
class FlatObject {
 public:
  // Bytes whose marks are best found together, so that all of it is in the nearest cache: while lines are read, what
  // stands so far ahead is fetched.
  static constexpr std::size_t window_size = std::size_t{8} << 10;

  // Both must stand as long.
  FlatObject(const FlatKeys& keys, std::string_view text);

  // The line [begin, end), behind which a line feed stands, and its marks, with the line feed's, as places in a text
  // that begins at `base`. True if it is plain: then `fields` are of it, empty where it has no value. O(keys), but for
  // keys in another order than expected.
  bool read(std::size_t begin, std::size_t end, std::size_t base, std::span<const std::uint32_t> marks,
            std::span<std::string_view> fields);

 private:
  std::size_t search(const char* place, std::size_t expected);

  const std::string_view text_;
  std::vector<const FlatKeys::Key*> order_;
};

}  // namespace ringscan
