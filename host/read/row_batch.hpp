// The payments of one block of a file, column by column, exact and canonical, before their accounts have numbers.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "read/payment.hpp"
#include "read/position_columns.hpp"
#include "read/record_source.hpp"
#include "read/text_table.hpp"

namespace ringscan {

struct RowBatch {
  PositionColumns positions;
  std::vector<OrderCode> codes;
  NumbersOrZeros tails;                                // what codes leave out of amounts
  std::vector<std::pair<std::uint32_t, Amount>> huge;  // rows whose amounts have no tail, ascending
  TextKeys accounts;                                   // sender and receiver of each row, in turn, but for those that
  std::vector<std::uint64_t> account_numbers;          // have a number here, whose digits are the name; empty: none has
  std::vector<std::uint32_t> assets;                   // place in asset_names; empty: all 0
  std::vector<std::string> asset_names;                // canonical
  std::vector<std::string_view> ids;                   // spelled as in the file, where it stands as long as needed;
  PackedTexts packed_ids;                              // else canonical
  bool has_ids = true;                                 // false where the file has none: nothing is kept of them
  bool has_lasting_ids = false;
  std::shared_ptr<const LaterTexts> later_ids;  // where ids stay in the file, to be asked for by record; else null
  std::vector<std::uint32_t> records;           // then of each row, counted from 0 in its block
  std::uint32_t record = 0;                     // of the rows that are added now
  std::uint64_t first_record = 0;               // of the block, in the file
  TextKeys joined;                              // accounts of one owner each,
  std::vector<std::size_t> joined_ends;         // and where each such group ends
  std::vector<bool> is_outside;                 // rows that dedupe alone looks at; empty: none

  std::size_t size() const { return codes.size(); }
  RowSequence sequence() const { return positions.sequence(); }  // of one row or more
  void clear();
  // `lasting`: the text whose views last; the first row decides, and an id elsewhere makes all of them packed.
  void add(const Payment& payment, std::string_view lasting, bool is_outside_filter);
  void add_id(std::string_view id, std::string_view lasting);
  void add_amount(const Amount& amount);
  // Of rows that were added without.
  void add_assets(std::size_t first_row, std::size_t count, std::string_view name);
  // Of one row after another, packed.
  void add_accounts(std::span<const TextKey> names);
  // The same where names of which a number is known are not read; it is no_number of others.
  void add_accounts(std::span<const TextKey> names, std::span<const std::uint64_t> numbers);
  // Canonical names of accounts that one owner holds.
  void join(std::span<const std::string_view> accounts);

 private:
  std::string scratch_;
};

// A transaction id as the ledger spells it, `0x` and 64 hex digits in lower case and everything else as it is, in its
// packed form; the view lasts as `room` does.
std::string_view packed_id(std::string_view text, std::string& room);

}  // namespace ringscan
