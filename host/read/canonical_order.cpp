#include "read/canonical_order.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_sort.h>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace ringscan {
namespace {

using Places = tbb::blocked_range<std::size_t>;
constexpr std::size_t rows_of_a_part = std::size_t{1} << 16;

template <class T>
int three_way(const T& a, const T& b) {
  return a < b ? -1 : int(b < a);
}

constexpr std::uint64_t cut = std::numeric_limits<std::uint32_t>::max();  // what larger numbers become in a key

std::uint64_t side_by_side(std::uint64_t high, std::uint64_t low) {
  return std::min(high, cut) << 32 | std::min(low, cut);
}

// The first bytes of an unpacked name as a number that is ordered as they are.
std::uint64_t beginning_of(std::string_view packed) {
  std::array<char, sizeof(std::uint64_t)> first{};
  if (packed.starts_with(text_tag)) {
    packed.substr(1).copy(first.data(), first.size());
  } else {
    unpack_text(packed.substr(0, 1 + first.size())).copy(first.data(), first.size());
  }
  std::uint64_t bytes = 0;
  for (const char byte : first) bytes = bytes << 8 | std::uint8_t(byte);
  return bytes;
}

bool has_cut(std::uint64_t both) { return both >> 32 == cut || (both & cut) == cut; }

}  // namespace

int CanonicalOrder::compare_texts(std::uint64_t a, std::uint64_t b) const {
  const auto by_name = [](const std::vector<std::string_view>& names, std::uint32_t left, std::uint32_t right) {
    return left == right ? 0 : compare_packed(names[left], names[right]);
  };
  const auto account = [](std::span<const Wallet> column, std::uint64_t row) { return std::uint32_t(column[row]); };
  if (rows_.has_ids())
    if (const int order = compare_packed(rows_.packed_id(a), rows_.packed_id(b))) return order;
  if (const int order = by_name(accounts_, account(rows_.from(), a), account(rows_.from(), b))) return order;
  if (const int order = by_name(accounts_, account(rows_.to(), a), account(rows_.to(), b))) return order;
  if (const int order = by_name(assets_, rows_.asset(a), rows_.asset(b))) return order;
  return three_way(rows_.amount(a), rows_.amount(b));
}

int CanonicalOrder::compare(std::uint64_t a, std::uint64_t b, bool identity_first) const {
  const Position left = rows_.position(a), right = rows_.position(b);
  if (const int order = three_way(left.time, right.time)) return order;
  if (identity_first) {
    if (const int order = three_way(left.log_index, right.log_index)) return order;
    if (const int order = compare_texts(a, b)) return order;
    return three_way(left, right);
  }
  if (const int order = three_way(left, right)) return order;
  return compare_texts(a, b);
}

struct CanonicalOrder::Key {
  std::uint64_t time_and_block, indexes, sender, row;  // sender: how its name begins, where that decides next
  bool is_cut;
};

std::vector<CanonicalOrder::Key> CanonicalOrder::keys_of(std::span<const std::uint64_t> rows) const {
  std::vector<Key> keys(rows.size());
  tbb::parallel_for(Places(0, rows.size(), rows_of_a_part), [&](const Places& part) {
    RowCursor cursor(rows_);
    for (std::size_t i = part.begin(); i < part.end(); ++i) {
      const Position position = cursor.position(rows[i]);
      const std::uint64_t time = std::uint64_t(position.time) - std::uint64_t(rows_.least_time());
      const std::uint64_t time_and_block = side_by_side(time, position.block);
      const std::uint64_t indexes = side_by_side(position.transaction_index, position.log_index);
      keys[i] = {time_and_block, indexes, 0, rows[i], has_cut(time_and_block) || has_cut(indexes)};
    }
  });
  return keys;
}

int CanonicalOrder::compare_positions(const Key& a, const Key& b) const {
  if (a.is_cut || b.is_cut) return three_way(rows_.position(a.row), rows_.position(b.row));
  if (const int order = three_way(a.time_and_block, b.time_and_block)) return order;
  return three_way(a.indexes, b.indexes);
}

// Rows of one position, which only their texts tell apart.
void CanonicalOrder::sort_by_texts(std::span<Key> keys) const {
  if (!rows_.has_ids())
    for (Key& key : keys) key.sender = beginning_of(accounts_[std::uint32_t(rows_.from()[key.row])]);
  const auto before = [this](const Key& a, const Key& b) {
    return a.sender != b.sender ? a.sender < b.sender : compare_texts(a.row, b.row) < 0;
  };
  if (keys.size() < rows_of_a_part)
    std::ranges::sort(keys, before);
  else
    tbb::parallel_sort(keys.begin(), keys.end(), before);
}

void CanonicalOrder::sort(std::vector<std::uint64_t>& rows) const {
  std::vector<Key> keys = keys_of(rows);
  const auto is_earlier = [&](const Key& a, const Key& b) { return compare_positions(a, b) < 0; };
  if (!std::ranges::is_sorted(keys, is_earlier)) tbb::parallel_sort(keys.begin(), keys.end(), is_earlier);
  std::vector<std::span<Key>> ties;
  for (std::size_t begin = 0, end = 0; begin < keys.size(); begin = end) {
    while (end < keys.size() && compare_positions(keys[begin], keys[end]) == 0) ++end;
    if (end - begin > 1) ties.push_back(std::span(keys).subspan(begin, end - begin));
  }
  if (rows_.has_later_ids()) {  // they are asked for where positions are equal, and nowhere else
    std::vector<std::uint64_t> tied;
    for (const std::span<Key> tie : ties)
      for (const Key& key : tie) tied.push_back(key.row);
    std::ranges::sort(tied);
    rows_.read_ids(tied);
  }
  tbb::parallel_for(std::size_t{0}, ties.size(), [&](std::size_t tie) { sort_by_texts(ties[tie]); });
  std::ranges::transform(keys, rows.begin(), &Key::row);
}

std::vector<bool> CanonicalOrder::duplicates() const {
  std::vector<std::uint64_t> order(rows_.size());
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  tbb::parallel_sort(order.begin(), order.end(),
                     [this](std::uint64_t a, std::uint64_t b) { return compare(a, b, true) < 0; });
  std::vector<bool> is_duplicate(rows_.size());
  const auto is_same = [this](std::uint64_t a, std::uint64_t b) {
    const Position left = rows_.position(a), right = rows_.position(b);
    return left.time == right.time && left.log_index == right.log_index && compare_texts(a, b) == 0;
  };
  for (std::size_t i = 1; i < order.size(); ++i) is_duplicate[order[i]] = is_same(order[i - 1], order[i]);
  return is_duplicate;
}

std::optional<std::vector<std::uint64_t>> order_of_all(const RowStore& rows) {
  if (rows.size() == 0 || (rows.is_in_order() && !rows.has_equal_positions())) return std::nullopt;
  const CanonicalOrder canonical(rows);
  if (rows.is_in_order() && rows.has_later_ids()) {
    std::vector<std::uint64_t> tied;
    for (std::uint64_t row = 1; row < rows.size(); ++row) {
      if (rows.position(row - 1) != rows.position(row)) continue;
      if (tied.empty() || tied.back() != row - 1) tied.push_back(row - 1);
      tied.push_back(row);
    }
    rows.read_ids(tied);
  }
  bool stands = rows.is_in_order();
  for (std::uint64_t row = 1; row < rows.size() && stands; ++row)
    stands = rows.position(row - 1) != rows.position(row) || canonical.compare(row - 1, row, false) <= 0;
  if (stands) return std::nullopt;
  std::vector<std::uint64_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  canonical.sort(order);
  return order;
}

}  // namespace ringscan
