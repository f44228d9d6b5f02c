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

// order_code() and tail_of() of an amount of one limb.
struct CodeAndTail {
  OrderCode code;
  std::uint64_t tail;
};
constexpr std::uint64_t doubled_below = std::uint64_t{1} << 56;  // what codes of such amounts are
CodeAndTail code_and_tail(std::uint64_t amount) {
  if (amount < doubled_below) return {2 * amount, 0};
  const OrderCode code = order_code(Amount{amount});
  return {code, *tail_of(Amount{amount}, code)};
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from, std::size_t begin, std::size_t end) {
  to.insert(to.end(), from.begin() + std::ptrdiff_t(begin), from.begin() + std::ptrdiff_t(end));
}

}  // namespace

std::span<const SimpleResult> SimpleColumns::read(const SimpleForm& form, std::span<const FieldColumn> columns,
                                                  std::size_t rows, std::string_view ahead) {
  ahead_ = ahead.data(), ahead_end_ = ahead.data() + ahead.size();
  form_ = &form;
  columns_ = columns;
  rows_ = rows;
  results_.assign(rows, SimpleResult::added);
  read_accounts();
  read_values();
  read_times();
  read_numbers(form_->block, positions_.blocks);
  read_numbers(form_->index, positions_.transaction_indexes);
  read_numbers(form_->log, positions_.log_indexes);
  read_status();
  read_item_types();
  read_assets();
  settle();
  return results_;
}

// Called for each row of a few columns, so that memory is asked all the time: what comes at once is waited for.
inline void SimpleColumns::fetch_ahead() {
  constexpr std::size_t line_of_cache = 64;
  if (ahead_ >= ahead_end_) return;
  __builtin_prefetch(ahead_);
  ahead_ += line_of_cache;
}

void SimpleColumns::read_accounts() {
  const FieldColumn &from = columns_[form_->from], &to = columns_[form_->to];
  numbers_.resize(from.numbers.empty() && to.numbers.empty() ? 0 : 2 * rows_);
  bool has_texts = numbers_.empty();
  std::uint64_t* next = numbers_.data();
  if (!from.numbers.empty() && !to.numbers.empty()) {
    const std::uint64_t *const senders = from.numbers.data(), *const receivers = to.numbers.data();
    for (std::size_t row = 0; row < rows_; ++row) {
      *next++ = senders[row], *next++ = receivers[row];
      has_texts |= (senders[row] == no_number) | (receivers[row] == no_number);
    }
  } else if (!numbers_.empty()) {
    has_texts = true;
    for (std::size_t row = 0; row < rows_; ++row) *next++ = from.number(row), *next++ = to.number(row);
  }
  if (!numbers_.empty() && !form_->has_any_names) {
    for (std::size_t row = 0; row < rows_; ++row)
      if (numbers_[2 * row] != no_number || numbers_[2 * row + 1] != no_number) leave(row);
  }
  keys_.resize(has_texts ? 2 * rows_ : 0);
  const auto read_texts = [&](const FieldColumn& column, std::size_t side) {
    is_address_.assign(rows_, 0);
    if (!column.texts.empty()) read_addresses(column.texts.first(rows_), &keys_[side], 2, is_address_);
    for (std::size_t row = 0; row < rows_; ++row)
      if (!is_address_[row] && column.number(row) == no_number) leave(row);
  };
  if (!has_texts) return;
  read_texts(from, 0);
  read_texts(to, 1);
}

// What of a whole column of numbers can be told at once.
struct SimpleColumns::Summary {
  explicit Summary(std::span<const std::uint64_t> numbers) {
    for (const std::uint64_t number : numbers) {
      has_zero |= number == 0;
      most = std::max(most, number);
    }
  }
  bool has_zero = false;
  std::uint64_t most = 0;
};

void SimpleColumns::read_values() {
  const FieldColumn& values = columns_[form_->value];
  codes_.resize(rows_), tails_.clear(), huge_.clear();
  if (const Summary all(values.numbers); !values.numbers.empty() && all.most < doubled_below && !all.has_zero) {
    std::ranges::transform(values.numbers, codes_.begin(), [](std::uint64_t value) { return 2 * value; });
    return tails_.append(rows_, {});
  }
  for (std::size_t row = 0; row < rows_; ++row) {
    std::uint64_t value, tail = 0;
    fetch_ahead();
    if (read_number(values, row, value)) {
      const CodeAndTail both = code_and_tail(value);
      codes_[row] = both.code, tail = both.tail;
    } else if (const std::optional<Amount> amount = parse_digits(values.text(row))) {
      codes_[row] = order_code(*amount);
      const std::optional<std::uint64_t> left_out = tail_of(*amount, codes_[row]);
      if (!left_out) huge_.emplace_back(std::uint32_t(row), *amount);
      tail = left_out.value_or(0);
    } else {
      leave(row);
    }
    tails_.push_back(tail);
    if (!form_->keeps_zero && codes_[row] == 0 && results_[row] == SimpleResult::added)
      results_[row] = SimpleResult::dropped_zero;
  }
}

void SimpleColumns::read_times() {
  const FieldColumn& times = columns_[form_->time];
  const bool has_times = form_->reads_dates && !times.times.empty();
  positions_.times.resize(rows_);
  if (!has_times && !times.numbers.empty() && Summary(times.numbers).most <= form_->most_time) {
    std::ranges::copy(times.numbers, positions_.times.begin());
    return;
  }
  for (std::size_t row = 0; row < rows_; ++row) {
    fetch_ahead();
    std::uint64_t time = has_times ? times.times[row] : no_number;
    if (time == no_number && (!read_number(times, row, time) || time > form_->most_time)) leave(row);
    positions_.times[row] = std::int64_t(time);
  }
}

// A part of positions.
void SimpleColumns::read_numbers(std::size_t slot, NumbersOrZeros& numbers) {
  numbers.clear();
  if (slot == SimpleForm::none) return numbers.append(rows_, {});
  const FieldColumn& column = columns_[slot];
  if (!column.numbers.empty() && Summary(column.numbers).most < no_number) return numbers.append(rows_, column.numbers);
  for (std::size_t row = 0; row < rows_; ++row) {
    fetch_ahead();
    std::uint64_t number = column.number(row);
    if (number == no_number) {
      const std::string_view text = column.text(row);
      number = 0;
      if (!text.empty() && !read_digits(text, number)) leave(row);
    }
    numbers.push_back(number);
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
  const auto number_or_key_is_same = [&](std::size_t row) {
    const std::size_t from = 2 * row, to = from + 1;
    const bool has_numbers = !numbers_.empty() && (numbers_[from] != no_number || numbers_[to] != no_number);
    return has_numbers ? numbers_[from] == numbers_[to] : keys_[from] == keys_[to];
  };
  for (std::size_t row = 0; row < rows_; ++row) {
    if (results_[row] != SimpleResult::added) continue;
    const std::int64_t time = positions_.times[row];
    fetch_ahead();
    if (!form_->keeps_self && number_or_key_is_same(row))
      leave(row);
    else if (time < form_->start || time >= form_->end)
      results_[row] = SimpleResult::dropped_outside;
  }
}

// All but assets and ids. Where a block is all of these rows, and all are to be added, columns change hands.
void SimpleColumns::add_columns(std::size_t begin, std::size_t end, RowBatch& batch) {
  const std::size_t first = batch.size(), count = end - begin;
  const bool changes_hands = first == 0 && count == rows_ && 2 * count > batch.codes.capacity();
  if (changes_hands && numbers_.empty()) {
    batch.accounts.swap(keys_);
  } else if (changes_hands && keys_.empty()) {
    std::swap(batch.account_numbers, numbers_);
  } else if (numbers_.empty()) {
    batch.add_accounts(std::span(keys_).subspan(2 * begin, 2 * count));
  } else {
    keys_.resize(2 * rows_);
    batch.add_accounts(std::span(keys_).subspan(2 * begin, 2 * count),
                       std::span(numbers_).subspan(2 * begin, 2 * count));
  }
  if (changes_hands) {
    std::swap(batch.positions, positions_);
    std::swap(batch.codes, codes_), std::swap(batch.tails, tails_), std::swap(batch.huge, huge_);
    return;
  }
  batch.positions.append(positions_, begin, end);
  append(batch.codes, codes_, begin, end);
  batch.tails.append(tails_, begin, end);
  auto huge = std::ranges::lower_bound(huge_, begin, {}, &std::pair<std::uint32_t, Amount>::first);
  for (; huge != huge_.end() && huge->first < end; ++huge)
    batch.huge.emplace_back(std::uint32_t(first + huge->first - begin), huge->second);
}

void SimpleColumns::add(std::size_t begin, std::size_t end, std::uint32_t first_record, std::string_view lasting,
                        RowBatch& batch) {
  const std::size_t first = batch.size(), count = end - begin;
  add_columns(begin, end, batch);
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
