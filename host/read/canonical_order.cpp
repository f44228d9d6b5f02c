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
  const auto by_name = [](std::span<const std::string_view> names, std::uint32_t left, std::uint32_t right) {
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

struct CanonicalOrder::Key {
  std::uint64_t time_and_block, indexes, row;
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
      keys[i] = {time_and_block, indexes, rows[i], has_cut(time_and_block) || has_cut(indexes)};
    }
  });
  return keys;
}

int CanonicalOrder::compare_positions(const Key& a, const Key& b) const {
  if (a.is_cut || b.is_cut) return three_way(rows_.position(a.row), rows_.position(b.row));
  if (const int order = three_way(a.time_and_block, b.time_and_block)) return order;
  return three_way(a.indexes, b.indexes);
}

std::vector<std::uint8_t> CanonicalOrder::sort_by_positions(std::span<std::uint64_t> rows) const {
  std::vector<Key> keys = keys_of(rows);
  const auto is_earlier = [&](const Key& a, const Key& b) { return compare_positions(a, b) < 0; };
  if (!std::ranges::is_sorted(keys, is_earlier)) tbb::parallel_sort(keys.begin(), keys.end(), is_earlier);
  std::vector<std::uint8_t> is_tied(rows.size());
  tbb::parallel_for(Places(0, rows.size(), rows_of_a_part), [&](const Places& part) {
    for (std::size_t i = part.begin(); i < part.end(); ++i) {
      rows[i] = keys[i].row;
      is_tied[i] = i > 0 && compare_positions(keys[i - 1], keys[i]) == 0;
    }
  });
  return is_tied;
}

std::vector<std::uint8_t> CanonicalOrder::find_ties(std::span<const std::uint64_t> rows) const {
  std::vector<std::uint8_t> is_tied(rows.size());
  tbb::parallel_for(Places(1, rows.size(), rows_of_a_part), [&](const Places& part) {
    RowCursor cursor(rows_);
    Position last = cursor.position(rows[part.begin() - 1]);
    for (std::size_t i = part.begin(); i < part.end(); ++i) {
      const Position position = cursor.position(rows[i]);
      is_tied[i] = position == last;
      last = position;
    }
  });
  return is_tied;
}

void CanonicalOrder::prepare_texts() {
  if (accounts_.empty()) accounts_ = rows_.accounts().packed(), assets_ = rows_.assets().packed();
}

// Rows of one position, which only their texts tell apart.
void CanonicalOrder::sort_by_texts(std::span<std::uint64_t> rows) const {
  struct Tied {
    std::uint64_t sender, row;  // sender: how its name begins, where that decides next
  };
  std::vector<Tied> tied;
  tied.reserve(rows.size());
  const auto sender = [this](std::uint64_t row) -> const std::string_view& {
    return accounts_[std::uint32_t(rows_.from()[row])];
  };
  for (const std::uint64_t row : rows) tied.push_back({0, row});
  if (!rows_.has_ids()) {  // names stand anywhere in memory
    for (const Tied& one : tied) __builtin_prefetch(&sender(one.row));
    for (const Tied& one : tied) __builtin_prefetch(sender(one.row).data());
    for (Tied& one : tied) one.sender = beginning_of(sender(one.row));
  }
  const auto before = [this](const Tied& a, const Tied& b) {
    if (a.sender != b.sender) return a.sender < b.sender;
    const int order = compare_texts(a.row, b.row);
    return order != 0 ? order < 0 : a.row < b.row;
  };
  if (std::ranges::is_sorted(tied, before)) return;
  if (tied.size() < rows_of_a_part)
    std::ranges::sort(tied, before);
  else
    tbb::parallel_sort(tied.begin(), tied.end(), before);
  std::ranges::transform(tied, rows.begin(), &Tied::row);
}

void CanonicalOrder::sort(std::vector<std::uint64_t>& rows) {
  if (rows.empty()) return;
  const bool stands = rows_.is_in_order() && std::ranges::is_sorted(rows);
  if (stands && !rows_.has_equal_positions()) return;
  const std::vector<std::uint8_t> is_tied = stands ? find_ties(rows) : sort_by_positions(rows);
  std::vector<std::span<std::uint64_t>> ties;
  for (auto next = is_tied.begin(); (next = std::find(next, is_tied.end(), 1)) != is_tied.end();) {
    const auto first = next - 1;
    next = std::find(next, is_tied.end(), 0);
    ties.push_back(std::span(rows).subspan(std::size_t(first - is_tied.begin()), std::size_t(next - first)));
  }
  if (ties.empty()) return;
  prepare_texts();
  if (rows_.has_later_ids()) {  // they are asked for where positions are equal, and nowhere else
    std::vector<std::uint64_t> tied;
    for (const std::span<const std::uint64_t> tie : ties) tied.insert(tied.end(), tie.begin(), tie.end());
    std::ranges::sort(tied);
    rows_.read_ids(tied);
  }
  tbb::parallel_for(std::size_t{0}, ties.size(), [&](std::size_t tie) { sort_by_texts(ties[tie]); });
}

std::vector<bool> CanonicalOrder::duplicates() {
  prepare_texts();
  // As rows are duplicates, block and transaction index come last.
  const auto compare = [this](std::uint64_t a, std::uint64_t b) {
    const Position left = rows_.position(a), right = rows_.position(b);
    if (const int order = three_way(left.time, right.time)) return order;
    if (const int order = three_way(left.log_index, right.log_index)) return order;
    if (const int order = compare_texts(a, b)) return order;
    return three_way(left, right);
  };
  std::vector<std::uint64_t> order(rows_.size());
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  tbb::parallel_sort(order.begin(), order.end(), [&](std::uint64_t a, std::uint64_t b) { return compare(a, b) < 0; });
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
  std::vector<std::uint64_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  CanonicalOrder(rows).sort(order);
  if (std::ranges::is_sorted(order)) return std::nullopt;
  return order;
}

}  // namespace ringscan
