#include "read/canonical_order.hpp"

#include <tbb/parallel_sort.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace ringscan {
namespace {

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
  constexpr std::size_t enough = 1 + sizeof(std::uint64_t);  // packed bytes for as many of the text
  const std::string text = unpack_text(packed.substr(0, enough));
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < sizeof bytes; ++i) bytes = bytes << 8 | (i < text.size() ? std::uint8_t(text[i]) : 0u);
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

void CanonicalOrder::sort(std::vector<std::uint64_t>& rows) const {
  struct Key {
    std::uint64_t time_and_block, indexes, sender, row;  // sender: how its name begins, where that decides next
    bool is_cut;
  };
  std::vector<Key> keys;
  keys.reserve(rows.size());
  for (const std::uint64_t row : rows) {
    const Position position = rows_.position(row);
    const std::uint64_t time = std::uint64_t(position.time) - std::uint64_t(rows_.least_time());
    const std::uint64_t time_and_block = side_by_side(time, position.block);
    const std::uint64_t indexes = side_by_side(position.transaction_index, position.log_index);
    const std::uint64_t sender = rows_.has_ids() ? 0 : beginning_of(accounts_[std::uint32_t(rows_.from()[row])]);
    keys.push_back({time_and_block, indexes, sender, row, has_cut(time_and_block) || has_cut(indexes)});
  }
  const auto by_position = [this](const Key& a, const Key& b) {
    if (a.is_cut || b.is_cut) return three_way(rows_.position(a.row), rows_.position(b.row));
    if (const int order = three_way(a.time_and_block, b.time_and_block)) return order;
    return three_way(a.indexes, b.indexes);
  };
  if (rows_.has_later_ids()) {  // they are asked for where positions are equal, and nowhere else
    const auto is_earlier = [&](const Key& a, const Key& b) { return by_position(a, b) < 0; };
    if (!std::ranges::is_sorted(keys, is_earlier)) tbb::parallel_sort(keys.begin(), keys.end(), is_earlier);
    std::vector<std::uint64_t> tied;
    for (std::size_t i = 0; i < keys.size(); ++i)
      if ((i > 0 && by_position(keys[i - 1], keys[i]) == 0) ||
          (i + 1 < keys.size() && by_position(keys[i], keys[i + 1]) == 0))
        tied.push_back(keys[i].row);
    std::ranges::sort(tied);
    rows_.read_ids(tied);
  }
  const auto before = [&](const Key& a, const Key& b) {
    const int order = by_position(a, b);
    if (order != 0) return order < 0;
    return a.sender != b.sender ? a.sender < b.sender : compare_texts(a.row, b.row) < 0;
  };
  if (!std::ranges::is_sorted(keys, before)) tbb::parallel_sort(keys.begin(), keys.end(), before);
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
