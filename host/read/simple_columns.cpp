#include "read/simple_columns.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "read/fields.hpp"

namespace ringscan {
namespace {

constexpr std::string_view native_asset = "native";

// A number as such, or as plain digits.
bool read_number(const FieldColumn& column, std::size_t row, std::uint64_t& value) {
  value = column.number(row);
  return value != no_number || read_digits(column.text(row), value);
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from, std::size_t begin, std::size_t end) {
  to.insert(to.end(), from.begin() + std::ptrdiff_t(begin), from.begin() + std::ptrdiff_t(end));
}

}  // namespace

std::span<const SimpleResult> SimpleColumns::read(const SimpleForm& form, std::span<const FieldColumn> columns,
                                                  std::size_t rows) {
  form_ = &form;
  columns_ = columns;
  rows_ = rows;
  results_.assign(rows, SimpleResult::added);
  keys_.resize(2 * rows);
  const FieldColumn &from = columns[form.from], &to = columns[form.to];
  numbers_.resize(from.numbers.empty() && to.numbers.empty() ? 0 : 2 * rows);
  positions_.assign(rows, {});
  codes_.resize(rows), tails_.resize(rows), huge_.clear();
  read_accounts(from, 0);
  read_accounts(to, 1);
  read_values();
  read_times();
  read_position(form_->block, &Position::block);
  read_position(form_->index, &Position::transaction_index);
  read_position(form_->log, &Position::log_index);
  read_status();
  read_item_types();
  read_assets();
  settle();
  return results_;
}

void SimpleColumns::read_accounts(const FieldColumn& column, std::size_t side) {
  for (std::size_t row = 0; row < rows_; ++row) {
    const std::size_t place = 2 * row + side;
    const std::uint64_t number = column.number(row);
    if (!numbers_.empty()) numbers_[place] = number;
    if (number != no_number ? !form_->has_any_names : !read_address(column.text(row), keys_[place])) leave(row);
  }
}

void SimpleColumns::read_values() {
  const FieldColumn& values = columns_[form_->value];
  for (std::size_t row = 0; row < rows_; ++row) {
    std::uint64_t value;
    std::optional<Amount> amount;
    if (read_number(values, row, value))
      amount = Amount{value};
    else if (amount = parse_digits(values.text(row)); !amount) {
      leave(row);
      continue;
    }
    const OrderCode code = order_code(*amount);
    const std::optional<std::uint64_t> tail = tail_of(*amount, code);
    if (!tail) huge_.emplace_back(std::uint32_t(row), *amount);
    codes_[row] = code;
    tails_[row] = tail.value_or(0);
    if (!form_->keeps_zero && *amount == Amount{} && results_[row] == SimpleResult::added)
      results_[row] = SimpleResult::dropped_zero;
  }
}

void SimpleColumns::read_times() {
  const FieldColumn& times = columns_[form_->time];
  const bool has_times = form_->reads_dates && !times.times.empty();
  for (std::size_t row = 0; row < rows_; ++row) {
    std::uint64_t time = has_times ? times.times[row] : no_number;
    if (time == no_number && (!read_number(times, row, time) || time > form_->most_time)) leave(row);
    positions_[row].time = std::int64_t(time);
  }
}

void SimpleColumns::read_position(std::size_t slot, std::uint64_t Position::*part) {
  if (slot == SimpleForm::none) return;
  const FieldColumn& numbers = columns_[slot];
  for (std::size_t row = 0; row < rows_; ++row) {
    std::uint64_t number = numbers.number(row);
    if (number == no_number) {
      const std::string_view text = numbers.text(row);
      number = 0;
      if (!text.empty() && !read_digits(text, number)) leave(row);
    }
    positions_[row].*part = number;
  }
}

void SimpleColumns::read_status() {
  if (form_->receipt_status == SimpleForm::none) return;
  const FieldColumn& status = columns_[form_->receipt_status];
  for (std::size_t row = 0; row < rows_; ++row) {
    const std::uint64_t number = status.number(row);
    const std::string_view text = status.text(row);
    if (number != no_number ? number != 1 : !text.empty() && text != "1") leave(row);
  }
}

void SimpleColumns::read_item_types() {
  if (form_->item_type == SimpleForm::none) return;
  for (std::size_t row = 0; row < rows_; ++row)
    if (columns_[form_->item_type].text(row) != form_->item) leave(row);
}

void SimpleColumns::read_assets() {
  if (form_->asset == SimpleForm::none) return;
  HexBuffer buffer;
  for (std::size_t row = 0; row < rows_; ++row)
    if (!fold_hex(columns_[form_->asset].text(row), address_digits, buffer)) leave(row);
}

// What of the rows that could be read is dropped, in RowReader's order of reasons.
void SimpleColumns::settle() {
  for (std::size_t row = 0; row < rows_; ++row) {
    if (results_[row] != SimpleResult::added) continue;
    const std::size_t from = 2 * row, to = from + 1;
    const bool has_numbers = !numbers_.empty() && (numbers_[from] != no_number || numbers_[to] != no_number);
    const bool is_self = has_numbers ? numbers_[from] == numbers_[to] : keys_[from] == keys_[to];
    const std::int64_t time = positions_[row].time;
    if (!form_->keeps_self && is_self)
      leave(row);
    else if (time < form_->start || time >= form_->end)
      results_[row] = SimpleResult::dropped_outside;
  }
}

void SimpleColumns::add(std::size_t begin, std::size_t end, std::uint32_t first_record, std::string_view lasting,
                        RowBatch& batch) const {
  const std::size_t first = batch.size();
  append(batch.positions, positions_, begin, end);
  append(batch.codes, codes_, begin, end);
  append(batch.tails, tails_, begin, end);
  auto huge = std::ranges::lower_bound(huge_, begin, {}, &std::pair<std::uint32_t, Amount>::first);
  for (; huge != huge_.end() && huge->first < end; ++huge)
    batch.huge.emplace_back(std::uint32_t(first + huge->first - begin), huge->second);

  const std::size_t count = end - begin;
  if (numbers_.empty())
    batch.add_accounts(std::span(keys_).subspan(2 * begin, 2 * count));
  else
    batch.add_accounts(std::span(keys_).subspan(2 * begin, 2 * count),
                       std::span(numbers_).subspan(2 * begin, 2 * count));
  if (form_->asset == SimpleForm::none) batch.add_assets(first, count, native_asset);
  HexBuffer buffer;
  for (std::size_t row = begin; row < end && form_->asset != SimpleForm::none; ++row)
    batch.add_assets(first + row - begin, 1, *fold_hex(columns_[form_->asset].text(row), address_digits, buffer));
  if (!batch.has_ids) return;
  const FieldColumn& ids = columns_[form_->id];
  for (std::size_t row = begin; row < end; ++row) {
    batch.record = first_record + std::uint32_t(row - begin);
    const std::uint64_t number = ids.number(row);
    if (number != no_number)
      batch.add_id(fmt::format_int(number).c_str(), {});
    else
      batch.add_id(ids.text(row), lasting);
  }
}

}  // namespace ringscan
