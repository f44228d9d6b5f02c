// The rows of an import in the order in which they came, with everything that canonical order and evidence may ask of
// them. Accounts and codes of amounts stand in columns from the first row to the last, in place for the ledger; the
// rest stays with its block of rows, narrow.
//
// A row takes 16 bytes, what is told of its time and position (2 to 5 bytes as a rule), an id 2 or 3 bytes where the
// file keeps it and half its length otherwise, an amount above 2^56 one or two more.
#pragma once
#include <atomic>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "io/pages.hpp"
#include "ledger/ledger.hpp"
#include "read/account_names.hpp"
#include "read/narrow_column.hpp"
#include "read/row_batch.hpp"
#include "read/stored_row.hpp"
#include "read/text_table.hpp"
#include "read/utxo.hpp"

namespace ringscan {

class RowStore {
 public:
  // The rows go, and the room they took; accounts and assets keep their numbers. Not while others use the store.
  void clear_rows();
  // Of memory: what rows take, and what accounts and assets do.
  std::uint64_t row_bytes() const { return size() * (2 * sizeof(Wallet) + sizeof(OrderCode)) + cold_bytes_; }
  // From now on: for who wants every id, so that none should wait in its file, nor that text be brought in twice.
  void keep_all_ids() { keeps_all_ids_ = true; }
  bool keeps_all_ids() const { return keeps_all_ids_; }
  std::uint64_t table_bytes() const { return accounts_->byte_count() + assets_->byte_count(); }

  // Room for so many rows behind those before them, in the order of calls; returns the first.
  std::uint64_t reserve(std::size_t count, const RowSequence& sequence, bool has_outside);
  // Puts a batch where it was reserved. Many threads at a time, each its own batch. Throws Unavailable for too many
  // accounts.
  void put(RowBatch& batch, std::uint64_t first_row);

  // Takes note of the accounts that are one. Many threads at a time.
  void join(const RowBatch& batch);
  // Once all is put: accounts that are one get one name, the smallest. O(rows + accounts log accounts) the first time.
  void unite_accounts();
  bool has_joined_accounts() const { return entities_.has_value(); }
  // The account that stands for this one; itself before accounts are united.
  std::uint32_t united(std::uint32_t account) const { return account < united_.size() ? united_[account] : account; }

  std::uint64_t size() const { return codes_.size(); }
  // True if rows stand in canonical order as far as positions tell; then only neighbours of equal positions may not.
  bool is_in_order() const { return sequence_->is_in_order; }
  bool has_equal_positions() const { return sequence_->has_equal_positions; }
  bool has_outside() const { return has_outside_; }
  bool has_many_assets() const { return assets_->size() > 1; }
  std::int64_t least_time() const { return sequence_->least_time; }  // of one row or more
  std::int64_t greatest_time() const { return sequence_->greatest_time; }

  Position position(std::uint64_t row) const;
  std::int64_t time(std::uint64_t row) const;
  bool is_outside(std::uint64_t row) const;
  // Quick for ids in memory and in mapped text. One that waits in its file takes a piece of that, unless read_ids() was
  // told of it.
  std::string packed_id(std::uint64_t row) const;
  bool has_ids() const { return has_ids_; }  // false: all are empty
  bool has_later_ids() const { return has_later_ids_; }
  // The ids of these rows, ascending, will be asked for: those that wait in files are read, each piece of a file once.
  // In parallel, but not while others use the store. Throws what LaterTexts throw.
  void read_ids(std::span<const std::uint64_t> rows) const;
  std::uint32_t asset(std::uint64_t row) const;
  // The times of all rows since `first`.
  void copy_times(std::int64_t first, std::span<std::uint32_t> out) const;
  Amount amount(std::uint64_t row) const;  // not once codes were changed

  // As they were put in: numbers of the two tables.
  std::span<Wallet> from() const { return {from_.data(), from_.size()}; }
  std::span<Wallet> to() const { return {to_.data(), to_.size()}; }
  std::span<OrderCode> codes() const { return {codes_.data(), codes_.size()}; }
  const AccountNames& accounts() const { return *accounts_; }
  const TextTable& assets() const { return *assets_; }
  // The tables are asked no more: their memory goes.
  void forget_texts() { accounts_.reset(), assets_.reset(); }
  // What the columns hold is the ledger's from now on, or nobody's.
  void forget_columns() { from_ = {}, to_ = {}, codes_ = {}; }

 private:
  struct Block {
    NarrowColumn time, block, transaction_index, log_index;
    NarrowColumn tails;
    std::vector<std::pair<std::uint32_t, Amount>> huge;
    std::vector<std::uint32_t> assets;  // of each row; one for all if they are alike
    const char* ids_begin = nullptr;    // where ids stand in the file: from here, so far
    NarrowColumn id_offsets, id_sizes;
    PackedTexts packed_ids;
    std::shared_ptr<const LaterTexts> later_ids;  // where ids wait in the file: of these records,
    NarrowColumn records;
    std::vector<std::uint32_t> read_rows;  // but for these rows of the block, ascending, whose packed ids are here
    std::vector<bool> is_outside;

    std::string_view packed_id(std::size_t i, std::string& room) const;  // lasts as the room does
    void add_read(std::span<const std::uint32_t> rows, const PackedTexts& ids);
    Amount amount(std::size_t i, OrderCode code) const;
    std::uint64_t byte_count(std::size_t rows) const;
  };
  friend class RowCursor;
  // The block of a row, and the row's place in it.
  std::pair<const Block&, std::size_t> find(std::uint64_t row) const;
  std::size_t block_of(std::uint64_t row) const;

  // Of the names of a batch's accounts, and of its numbers.
  void number_accounts(const RowBatch& batch, std::span<std::uint32_t> numbers);

  std::unique_ptr<AccountNames> accounts_ = std::make_unique<AccountNames>();
  std::unique_ptr<TextTable> assets_ = std::make_unique<TextTable>();
  PagedArray<Wallet> from_, to_;  // accounts until the ledger is finished
  PagedArray<OrderCode> codes_;
  mutable std::vector<Block> blocks_;      // read_ids() adds what it reads
  std::vector<std::uint64_t> first_rows_;  // of each block
  mutable std::shared_mutex moving_;       // columns and list of blocks move when they grow
  std::optional<Entities> entities_;
  std::vector<std::uint32_t> united_;  // by account
  std::mutex joining_;
  std::atomic<std::uint64_t> cold_bytes_ = 0;  // of blocks
  std::atomic<bool> has_ids_ = false, has_later_ids_ = false;
  bool has_outside_ = false, keeps_all_ids_ = false;
  std::optional<RowSequence> sequence_;  // of all rows
};

// Rows of a store one after another, cheap where they stand close together.
class RowCursor {
 public:
  explicit RowCursor(const RowStore& rows) : rows_(rows) {}
  // The id lasts until the next call.
  StoredRow at(std::uint64_t row);
  Position position(std::uint64_t row);
  std::int64_t time(std::uint64_t row);
  Amount amount(std::uint64_t row);

 private:
  // The row's block, and its place there.
  std::pair<const RowStore::Block&, std::size_t> find(std::uint64_t row);

  const RowStore& rows_;
  std::size_t block_ = 0;
  std::uint64_t begin_ = 0, end_ = 0;  // rows of the block
  std::string id_;
};

}  // namespace ringscan
