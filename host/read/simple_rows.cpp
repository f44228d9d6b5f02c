#include "read/simple_rows.hpp"

#include <array>

#include "read/fields.hpp"

namespace ringscan {
namespace {

constexpr std::string_view native_asset = "native";

}  // namespace

SimpleResult SimpleRows::add(const Record& record, std::string_view lasting, RowBatch& batch) const {
  if (record.field_count != form_.width || !record.problem.empty()) return SimpleResult::not_simple;
  const auto field = [&](std::size_t slot) {
    return slot == SimpleForm::none ? std::string_view{} : record.fields[slot];
  };
  const auto read_if_any = [&](std::size_t slot, std::uint64_t& value) {
    const std::string_view text = field(slot);
    return text.empty() || read_digits(text, value);
  };
  TextKey from, to;
  if (!read_address(field(form_.from), from) || !read_address(field(form_.to), to)) return SimpleResult::not_simple;
  std::uint64_t value = 0, time = 0;
  std::optional<Amount> amount;
  if (read_digits(field(form_.value), value))
    amount = Amount{value};
  else if (amount = parse_digits(field(form_.value)); !amount)
    return SimpleResult::not_simple;
  if (!read_digits(field(form_.time), time) || time > form_.most_time) return SimpleResult::not_simple;
  Position position;
  if (!read_if_any(form_.block, position.block) || !read_if_any(form_.index, position.transaction_index) ||
      !read_if_any(form_.log, position.log_index))
    return SimpleResult::not_simple;
  const std::string_view status = field(form_.receipt_status);
  if (!status.empty() && status != "1") return SimpleResult::not_simple;
  if (form_.item_type != SimpleForm::none && field(form_.item_type) != form_.item) return SimpleResult::not_simple;
  HexBuffer asset_buffer;
  std::string_view asset = native_asset;
  if (form_.asset != SimpleForm::none) {
    const auto folded = fold_hex(field(form_.asset), address_digits, asset_buffer);
    if (!folded) return SimpleResult::not_simple;
    asset = *folded;
  }
  position.time = std::int64_t(time);
  if (!form_.keeps_zero && *amount == Amount{}) return SimpleResult::dropped_zero;
  if (!form_.keeps_self && from == to) return SimpleResult::not_simple;
  if (position.time < form_.start || position.time >= form_.end) return SimpleResult::dropped_outside;

  batch.add_amount(*amount);
  batch.positions.push_back(position);
  batch.add_accounts(std::array{from, to});
  batch.add_assets(batch.size() - 1, 1, asset);
  batch.add_id(field(form_.id), lasting);
  return SimpleResult::added;
}

}  // namespace ringscan
