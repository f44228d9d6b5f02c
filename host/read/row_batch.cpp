#include "read/row_batch.hpp"

#include <algorithm>

#include "read/fields.hpp"
#include "read/hex.hpp"

namespace ringscan {

std::string_view packed_id(std::string_view text, std::string& room) {
  if (text.size() == 2 + id_digits && text[0] == '0' && text[1] == 'x') {
    // The first 40 digits and the last 40, which overlap, are read as two addresses.
    constexpr std::size_t last_digits = id_digits - address_digits;
    room.resize(1 + id_digits / 2);
    room[0] = hex_tag;
    auto* const bytes = reinterpret_cast<std::uint8_t*>(room.data() + 1);
    if (decode_address(text.data() + 2, bytes) &&
        decode_address(text.data() + 2 + last_digits, bytes + last_digits / 2))
      return room;
  }
  HexBuffer buffer;
  const std::string_view id = trimmed(text);
  return pack_text(fold_hex(id, id_digits, buffer).value_or(id), room);
}

void RowBatch::clear() {
  positions.clear(), codes.clear(), tails.clear(), huge.clear(), accounts.clear(), account_numbers.clear(),
      assets.clear(), asset_names.clear(), ids.clear();
  packed_ids = {};
  has_ids = true, has_lasting_ids = false;
  later_ids.reset();
  records.clear();
  record = 0, first_record = 0;
  joined.clear(), joined_ends.clear();
  is_outside.clear();
}

void RowBatch::join(std::span<const std::string_view> names) {
  for (const std::string_view name : names) joined.push_back(pack_text(name, scratch_));
  joined_ends.push_back(joined.size());
}

void RowBatch::add_amount(const Amount& amount) {
  const OrderCode code = order_code(amount);
  const std::optional<std::uint64_t> tail = tail_of(amount, code);
  if (!tail) huge.emplace_back(std::uint32_t(codes.size()), amount);
  codes.push_back(code);
  tails.push_back(tail.value_or(0));
}

void RowBatch::add_accounts(std::span<const TextKey> names) {
  accounts.append(names);
  if (!account_numbers.empty()) account_numbers.resize(account_numbers.size() + names.size(), no_number);
}

void RowBatch::add_accounts(std::span<const TextKey> names, std::span<const std::uint64_t> numbers) {
  if (account_numbers.empty()) account_numbers.assign(accounts.size(), no_number);
  account_numbers.insert(account_numbers.end(), numbers.begin(), numbers.end());
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (numbers[i] == no_number) accounts.push_back(names[i]);
}

void RowBatch::add_assets(std::size_t row, std::size_t count, std::string_view name) {
  if (count == 0) return;
  std::uint32_t place = assets.empty() ? 0 : assets.back();
  if (asset_names.empty() || asset_names[place] != name) {
    place = std::uint32_t(std::ranges::find(asset_names, name) - asset_names.begin());
    if (place == asset_names.size()) asset_names.emplace_back(name);
    if (assets.empty() && place > 0) assets.assign(row, 0);
  }
  if (place > 0 || !assets.empty()) assets.resize(assets.size() + count, place);
}

void RowBatch::add_id(std::string_view id, std::string_view lasting) {
  if (!has_ids) return;
  if (later_ids) return records.push_back(record);
  const bool lasts =
      !id.empty() && id.data() >= lasting.data() && id.data() + id.size() <= lasting.data() + lasting.size();
  if (ids.empty() && packed_ids.size() == 0) has_lasting_ids = lasts;
  if (has_lasting_ids && lasts) return ids.push_back(id);
  if (has_lasting_ids) {
    for (const std::string_view earlier : ids) packed_ids.push_back_packed(packed_id(earlier, scratch_));
    ids.clear();
    has_lasting_ids = false;
  }
  packed_ids.push_back_packed(packed_id(id, scratch_));
}

void RowBatch::add(const Payment& payment, std::string_view lasting, bool is_outside_filter) {
  add_amount(payment.amount);
  positions.push_back({payment.time, payment.block, payment.transaction_index, payment.log_index});
  accounts.push_back(pack_text(payment.from, scratch_));
  accounts.push_back(pack_text(payment.to, scratch_));
  if (!account_numbers.empty()) account_numbers.resize(2 * codes.size(), no_number);
  add_assets(codes.size() - 1, 1, payment.asset);
  add_id(payment.id, lasting);
  if (is_outside_filter && is_outside.empty()) is_outside.assign(codes.size() - 1, false);
  if (is_outside_filter || !is_outside.empty()) is_outside.push_back(is_outside_filter);
}

}  // namespace ringscan
