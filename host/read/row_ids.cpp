// Ids that wait in their files: RowStore::read_ids().
#include <tbb/parallel_for.h>

#include <algorithm>
#include <map>

#include "read/row_store.hpp"

namespace ringscan {
namespace {

struct Wanted {
  std::uint64_t record;
  std::size_t block;
  std::uint32_t row;  // of the block
};

// Of one piece of a file, by record.
struct Piece {
  const LaterTexts* texts;
  std::vector<Wanted> wanted;
};

std::size_t piece_of(const LaterTexts& texts, std::uint64_t record) {
  const std::span<const std::uint64_t> pieces = texts.pieces();
  return std::size_t(std::ranges::upper_bound(pieces, record) - pieces.begin());
}

}  // namespace

void RowStore::read_ids(std::span<const std::uint64_t> rows) const {
  if (!has_later_ids()) return;
  std::map<std::pair<const LaterTexts*, std::size_t>, std::vector<Wanted>> by_piece;
  std::vector<std::vector<std::uint32_t>> new_rows(blocks_.size());
  for (const std::uint64_t row : rows) {
    const std::size_t block = block_of(row);
    const Block& stored = blocks_[block];
    const auto place = std::uint32_t(row - first_rows_[block]);
    if (!stored.later_ids || std::ranges::binary_search(stored.read_rows, place)) continue;
    const std::uint64_t record = stored.records[place];
    by_piece[{stored.later_ids.get(), piece_of(*stored.later_ids, record)}].push_back({record, block, place});
    new_rows[block].push_back(place);
  }
  std::vector<Piece> pieces;
  for (auto& [key, wanted] : by_piece) pieces.push_back({key.first, std::move(wanted)});

  std::vector<PackedTexts> new_ids(blocks_.size());
  tbb::parallel_for(std::size_t{0}, pieces.size(), [&](std::size_t i) {
    const auto& [texts, wanted] = pieces[i];
    std::vector<std::uint64_t> records;
    for (const Wanted& one : wanted) records.push_back(one.record);
    std::string room;
    auto next = wanted.begin();
    texts->read(records,
                [&](std::string_view id) { new_ids[(next++)->block].push_back_packed(ringscan::packed_id(id, room)); });
  });
  for (std::size_t block = 0; block < blocks_.size(); ++block)
    if (!new_rows[block].empty()) blocks_[block].add_read(new_rows[block], new_ids[block]);
}

// Both are of the same rows, ascending, none of which was read before.
void RowStore::Block::add_read(std::span<const std::uint32_t> rows, const PackedTexts& ids) {
  std::vector<std::uint32_t> all;
  PackedTexts all_ids;
  for (std::size_t old = 0, added = 0; old < read_rows.size() || added < rows.size();) {
    const bool is_old = added == rows.size() || (old < read_rows.size() && read_rows[old] < rows[added]);
    all.push_back(is_old ? read_rows[old] : rows[added]);
    all_ids.push_back_packed(is_old ? packed_ids.packed(old++) : ids.packed(added++));
  }
  read_rows = std::move(all);
  packed_ids = std::move(all_ids);
}

}  // namespace ringscan
