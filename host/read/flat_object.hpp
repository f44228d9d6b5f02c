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

// A few bytes, to be found where they are expected.
class ExpectedText {
 public:
  ExpectedText() = default;  // is nowhere
  // Must stand as long.
  explicit ExpectedText(std::string_view text);
  // True if it stands at `place`; nothing from `end` on is looked at.
  bool is_at(const char* place, const char* end) const;
  std::size_t size() const { return text_.size(); }

 private:
  static constexpr std::size_t width = 32;  // bytes compared at once, mostly all
  std::array<std::uint64_t, width / 8> begin_{}, mask_{};
  std::size_t readable_ = ~std::size_t{0};  // bytes that must be there to compare so
  std::string_view text_;
};

// Keys as such lines spell them, and the places of their values in a record's fields.
class FlatKeys {
 public:
  static constexpr std::size_t nowhere = ~std::size_t{0};

  // `slot`: of each name, or nowhere.
  FlatKeys(std::span<const std::string> names, std::span<const std::size_t> slot);
  FlatKeys(const FlatKeys&) = delete;

 private:
  friend class FlatObject;
  struct Key {
    ExpectedText text;  // with quotes and colon; nowhere, if such lines cannot have it
    std::size_t slot;
  };
  std::vector<std::string> spelled_;
  std::vector<Key> keys_;
};

// Reads lines of a text one after another. What stands between the values of a line is expected in the next.
class FlatObject {
 public:
  // Bytes whose marks are best found together, so that all of it is in the nearest cache: while lines are read, what
  // stands so far ahead is fetched.
  static constexpr std::size_t window_size = std::size_t{8} << 10;

  // Both must stand as long.
  FlatObject(const FlatKeys& keys, std::string_view text) : keys_(keys.keys_), text_(text) {}

  // The line [begin, end), behind which a line feed stands, and its marks, with the line feed's, as places in a text
  // that begins at `base`. True if it is plain: then `fields` are of it, one every `step`, empty where it has no value.
  // O(bytes + keys), and O(keys^2) for other keys than in the line before.
  bool read(std::size_t begin, std::size_t end, std::size_t base, std::span<const std::uint32_t> marks,
            std::span<std::string_view> fields, std::size_t step);

 private:
  struct Line;
  // From the end of one value, at the closing quote of a string, to the next.
  struct Step {
    ExpectedText text;
    std::uint32_t marks;  // that it has
    bool is_to_string;    // its opening quote is part of the step
    std::size_t slot;
  };
  bool read_as_before(const Line& line, std::span<std::string_view> fields, std::size_t step) const;
  bool read_anew(const Line& line, std::span<std::string_view> fields, std::size_t step);
  std::size_t key_at(const char* place, std::size_t expected) const;

  const std::span<const FlatKeys::Key> keys_;
  const std::string_view text_;
  std::vector<Step> steps_;  // of the line before; none if it was not plain
};

}  // namespace ringscan
