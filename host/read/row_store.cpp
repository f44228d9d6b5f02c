#include "read/row_store.hpp"

#include <algorithm>
#include <mutex>

namespace ringscan {

std::uint64_t RowStore::reserve(std::size_t size, const RowSequence& sequence, bool has_outside) {
  const std::unique_lock alone(moving_);
  const std::uint64_t first_row = codes_.size(), count = first_row + size;
  from_.resize(count), to_.resize(count), codes_.resize(count);
  blocks_.emplace_back();
  first_rows_.push_back(first_row);
  has_outside_ = has_outside_ || has_outside;
  if (!sequence_) {
    sequence_ = sequence;
    return first_row;
  }
  sequence_->is_in_order = sequence_->is_in_order && sequence.is_in_order && sequence_->last <= sequence.first;
  sequence_->has_equal_positions =
      sequence_->has_equal_positions || sequence.has_equal_positions || sequence_->last == sequence.first;
  sequence_->last = sequence.last;
  sequence_->least_time = std::min(sequence_->least_time, sequence.least_time);
  sequence_->greatest_time = std::max(sequence_->greatest_time, sequence.greatest_time);
  return first_row;
}

void RowStore::number_accounts(const RowBatch& batch, std::span<std::uint32_t> numbers) {
  if (batch.account_numbers.empty()) return accounts_->intern(batch.accounts, numbers);
  if (batch.accounts.size() == 0) return accounts_->intern(batch.account_numbers, numbers);
  thread_local std::vector<std::uint32_t> of_names;
  of_names.resize(batch.accounts.size());
  accounts_->intern(batch.accounts, of_names);
  accounts_->intern(batch.account_numbers, numbers);
  auto next = of_names.begin();
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (batch.account_numbers[i] == no_number) numbers[i] = *next++;
}

void RowStore::put(RowBatch& batch, std::uint64_t first_row) {
  const std::size_t size = batch.size();
  if (size == 0) return;
  thread_local std::vector<std::uint32_t> numbers;
  numbers.resize(2 * size);
  number_accounts(batch, numbers);
  TextKeys asset_names;
  std::string scratch;
  for (const std::string& name : batch.asset_names) asset_names.push_back(pack_text(name, scratch));
  std::vector<std::uint32_t> assets(batch.asset_names.size());
  assets_->intern(asset_names, assets);

  Block block;
  const PositionColumns& positions = batch.positions;
  block.time = NarrowColumn(size, [&](std::size_t i) { return std::uint64_t(positions.times[i]); });
  const auto narrow = [](const NumbersOrZeros& column) {
    const std::span<const std::uint64_t> values = column.values();
    return NarrowColumn(values.size(), [&](std::size_t i) { return values[i]; });
  };
  block.block = narrow(positions.blocks);
  block.transaction_index = narrow(positions.transaction_indexes);
  block.log_index = narrow(positions.log_indexes);
  block.tails = narrow(batch.tails);
  block.huge = batch.huge;
  if (batch.assets.empty()) {
    block.assets = {assets.front()};
  } else {
    for (const std::uint32_t place : batch.assets) block.assets.push_back(assets[place]);
  }
  if (batch.has_ids) has_ids_ = true;
  if (batch.later_ids) {
    block.later_ids = batch.later_ids;
    block.records = NarrowColumn(size, [&](std::size_t i) { return batch.first_record + batch.records[i]; });
    has_later_ids_ = true;
  } else if (batch.has_lasting_ids) {
    block.ids_begin = batch.ids.front().data();
    block.id_offsets =
        NarrowColumn(size, [&](std::size_t i) { return std::uint64_t(batch.ids[i].data() - block.ids_begin); });
    block.id_sizes = NarrowColumn(size, [&](std::size_t i) { return batch.ids[i].size(); });
  } else {
    block.packed_ids = batch.packed_ids;  // copied, without the room to grow
  }
  block.is_outside = batch.is_outside;

  cold_bytes_ += block.byte_count(size);

  const std::shared_lock together(moving_);
  for (std::size_t i = 0; i < size; ++i) {
    from_[first_row + i] = Wallet(numbers[2 * i]);
    to_[first_row + i] = Wallet(numbers[2 * i + 1]);
  }
  std::ranges::copy(batch.codes, codes_.data() + first_row);
  blocks_[std::size_t(std::ranges::lower_bound(first_rows_, first_row) - first_rows_.begin())] = std::move(block);
}

void RowStore::join(const RowBatch& batch) {
  if (batch.joined_ends.empty()) return;
  std::vector<std::uint32_t> numbers(batch.joined.size());
  accounts_->intern(batch.joined, numbers);
  const std::lock_guard locked(joining_);
  if (!entities_) entities_.emplace();
  std::size_t begin = 0;
  for (const std::size_t end : batch.joined_ends) {
    entities_->join(std::span(numbers).subspan(begin, end - begin));
    begin = end;
  }
}

void RowStore::unite_accounts() {
  if (!entities_ || !united_.empty()) return;
  const std::span<const std::string_view> names = accounts_->packed();
  const auto is_less = [&](std::uint32_t a, std::uint32_t b) { return compare_packed(names[a], names[b]) < 0; };
  united_ = entities_->representatives(names.size(), is_less);
  for (Wallet& account : from()) account = Wallet(united_[to_index(account)]);
  for (Wallet& account : to()) account = Wallet(united_[to_index(account)]);
}

void RowStore::clear_rows() {
  forget_columns();
  blocks_.clear();
  first_rows_.clear();
  cold_bytes_ = 0;
  has_ids_ = has_later_ids_ = false;
  sequence_.reset();
}

std::pair<const RowStore::Block&, std::size_t> RowCursor::find(std::uint64_t row) {
  if (row < begin_ || row >= end_) {
    const std::vector<std::uint64_t>& first_rows = rows_.first_rows_;
    block_ = rows_.block_of(row);
    begin_ = first_rows[block_];
    end_ = block_ + 1 < first_rows.size() ? first_rows[block_ + 1] : rows_.size();
  }
  return {rows_.blocks_[block_], row - begin_};
}

Position RowCursor::position(std::uint64_t row) {
  const auto [block, i] = find(row);
  return {std::int64_t(block.time[i]), block.block[i], block.transaction_index[i], block.log_index[i]};
}

std::int64_t RowCursor::time(std::uint64_t row) {
  const auto [block, i] = find(row);
  return std::int64_t(block.time[i]);
}

Amount RowCursor::amount(std::uint64_t row) {
  const auto [block, i] = find(row);
  return block.amount(i, rows_.codes_[row]);
}

StoredRow RowCursor::at(std::uint64_t row) {
  const auto [block, i] = find(row);
  StoredRow stored;
  stored.position = position(row);
  stored.from = std::uint32_t(rows_.from_[row]);
  stored.to = std::uint32_t(rows_.to_[row]);
  stored.asset = block.assets[block.assets.size() == 1 ? 0 : i];
  stored.code = rows_.codes_[row];
  stored.amount = block.amount(i, stored.code);
  stored.packed_id = block.packed_id(i, id_);
  stored.is_outside = !block.is_outside.empty() && block.is_outside[i];
  return stored;
}

std::size_t RowStore::block_of(std::uint64_t row) const {
  return std::size_t(std::ranges::upper_bound(first_rows_, row) - first_rows_.begin()) - 1;
}

std::pair<const RowStore::Block&, std::size_t> RowStore::find(std::uint64_t row) const {
  const std::size_t block = block_of(row);
  return {blocks_[block], row - first_rows_[block]};
}

Position RowStore::position(std::uint64_t row) const {
  const auto [block, i] = find(row);
  return {std::int64_t(block.time[i]), block.block[i], block.transaction_index[i], block.log_index[i]};
}

bool RowStore::is_outside(std::uint64_t row) const {
  if (!has_outside_) return false;
  const auto [block, i] = find(row);
  return !block.is_outside.empty() && block.is_outside[i];
}

std::string RowStore::packed_id(std::uint64_t row) const {
  const auto [block, i] = find(row);
  std::string room;
  return std::string(block.packed_id(i, room));
}

std::string_view RowStore::Block::packed_id(std::size_t i, std::string& room) const {
  if (later_ids) {
    const auto read = std::ranges::lower_bound(read_rows, i);
    if (read != read_rows.end() && *read == i) return packed_ids.packed(std::size_t(read - read_rows.begin()));
    const std::uint64_t record = records[i];
    std::string_view id;
    later_ids->read({&record, 1}, [&](std::string_view text) { id = ringscan::packed_id(text, room); });
    return id;
  }
  if (ids_begin == nullptr) return packed_ids.size() == 0 ? pack_text({}, room) : packed_ids.packed(i);
  return ringscan::packed_id({ids_begin + id_offsets[i], id_sizes[i]}, room);
}

std::uint64_t RowStore::Block::byte_count(std::size_t rows) const {
  std::uint64_t bytes = sizeof(Block) + 8 * packed_ids.size() + packed_ids.bytes().size() + 40 * huge.size() +
                        4 * assets.size() + is_outside.size() / 8;
  for (const NarrowColumn* column :
       {&time, &this->block, &transaction_index, &log_index, &tails, &id_offsets, &id_sizes, &records})
    bytes += rows * column->width();
  return bytes;
}

Amount RowStore::Block::amount(std::size_t i, OrderCode code) const {
  if (stands_for_one_amount(code)) return amount_of_even_code(code);
  const auto found = std::ranges::lower_bound(huge, i, {}, &std::pair<std::uint32_t, Amount>::first);
  return found != huge.end() && found->first == i ? found->second : amount_of(code, tails[i]);
}

std::uint32_t RowStore::asset(std::uint64_t row) const {
  const auto [block, i] = find(row);
  return block.assets[block.assets.size() == 1 ? 0 : i];
}

std::int64_t RowStore::time(std::uint64_t row) const {
  const auto [block, i] = find(row);
  return std::int64_t(block.time[i]);
}

void RowStore::copy_times(std::int64_t first, std::span<std::uint32_t> out) const {
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const std::uint64_t end = b + 1 < blocks_.size() ? first_rows_[b + 1] : size();
    for (std::uint64_t row = first_rows_[b]; row < end; ++row)
      out[row] = std::uint32_t(blocks_[b].time[row - first_rows_[b]] - std::uint64_t(first));
  }
}

Amount RowStore::amount(std::uint64_t row) const {
  if (stands_for_one_amount(codes_[row])) return amount_of_even_code(codes_[row]);
  const auto [block, i] = find(row);
  return block.amount(i, codes_[row]);
}

}  // namespace ringscan
