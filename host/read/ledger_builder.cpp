#include "read/ledger_builder.hpp"

#include <fmt/format.h>
#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_sort.h>

#include <algorithm>
#include <limits>

#include "io/errors.hpp"
#include "read/numbering.hpp"
#include "read/rows_asked_for.hpp"

namespace ringscan {
namespace {

constexpr std::size_t rows_of_a_batch = 4096, rows_of_a_part = std::size_t{1} << 16;

// What a ledger's columns and ids stand in.
struct Stored final : TransactionIds {
  std::unique_ptr<RowStore> rows;
  std::vector<std::uint64_t> order;  // places of the ledger's rows; empty: all, as they stand
  PagedArray<Wallet> from, to;       // where rows do not stand as they should
  PagedArray<AmountKey> amount;
  PagedArray<std::uint32_t> time;
  std::vector<std::shared_ptr<const void>> sources;

  std::string at(Row row) const override { return unpack_text(rows->packed_id(place(row))); }
  void prepare(std::span<const Row> asked) const override {
    std::vector<std::uint64_t> places;
    for (const Row row : asked) places.push_back(place(row));
    std::ranges::sort(places);
    places.erase(std::unique(places.begin(), places.end()), places.end());  // clang 14 has no ranges::unique
    rows->read_ids(places);
  }
  std::uint64_t place(Row row) const { return order.empty() ? row : order[row]; }
};

// Calls `use(begin, end)` for all rows, part by part, in parallel.
template <class Use>
void in_parts(std::uint64_t count, Use use) {
  using Range = tbb::blocked_range<std::uint64_t>;
  tbb::parallel_for(Range(0, count, rows_of_a_part), [&](const Range& part) { use(part.begin(), part.end()); });
}

[[noreturn]] void times_too_far_apart(const RowStore& rows, std::uint64_t first, std::uint64_t far) {
  throw BadInput(fmt::format(
      "the ledger's times span more than 2^32 - 1: it begins at {}, and transaction '{}' has time {}; check "
      "--time-format, or cut with --start and --end",
      rows.time(first), unpack_text(rows.packed_id(far)), rows.time(far)));
}

}  // namespace

void LedgerBuilder::add(const Payment& payment, bool kept) {
  batch_.add(payment, {}, !kept);
  if (batch_.size() == rows_of_a_batch) flush();
}

void LedgerBuilder::flush() {
  if (batch_.size() == 0) return;
  rows_->put(batch_, rows_->reserve(batch_.size(), batch_.sequence(), !batch_.is_outside.empty()));
  batch_.clear();
}

void LedgerBuilder::dedupe() {
  flush();
  rows_->unite_accounts();
  is_duplicate_ = CanonicalOrder(*rows_).duplicates();
  dropped[std::size_t(Drop::duplicate)] += std::uint64_t(std::ranges::count(is_duplicate_, true));
}

// Of accounts that were found to be one; others were dropped when they were read.
bool LedgerBuilder::is_self_transfer(std::uint64_t row) const {
  return rows_->has_joined_accounts() && !keep_self_ && rows_->from()[row] == rows_->to()[row];
}

bool LedgerBuilder::keeps_all_rows() const {
  const bool has_duplicates = std::ranges::find(is_duplicate_, true) != is_duplicate_.end();
  return !has_duplicates && !rows_->has_outside() && !rows_->has_joined_accounts();
}

// The rows that are in the ledger, in the order in which they came; nullopt if all are.
std::optional<LedgerBuilder::Rows> LedgerBuilder::kept_rows() {
  if (keeps_all_rows()) return std::nullopt;
  Rows kept;
  for (std::uint64_t row = 0; row < rows_->size(); ++row) {
    if (!is_duplicate_.empty() && is_duplicate_[row]) continue;
    if (is_self_transfer(row))
      ++dropped[std::size_t(Drop::self_transfer)];
    else if (rows_->is_outside(row))
      ++dropped[std::size_t(Drop::outside_filter)];
    else
      kept.push_back(row);
  }
  return kept;
}

Ledger LedgerBuilder::finish() {
  flush();
  rows_->unite_accounts();
  std::optional<Rows> order = kept_rows();
  if (order)
    CanonicalOrder(*rows_).sort(*order);
  else
    order = order_of_all(*rows_);
  Ledger ledger = make_ledger(std::move(order));
  ledger.dropped = dropped;
  *this = LedgerBuilder(axis_, keep_self_);
  return ledger;
}

Ledger LedgerBuilder::finish_for(std::span<const std::string> merchants) {
  flush();
  if (!keeps_all_rows() || rows_->size() == 0) return finish();
  if (std::uint64_t(rows_->greatest_time()) - std::uint64_t(rows_->least_time()) >
      std::numeric_limits<std::uint32_t>::max())
    return finish();  // which says that they are too far apart, whichever rows are asked for
  const LedgerHead head{rows_->size(), rows_->accounts().size(), rows_->assets().size(), rows_->least_time(),
                        rows_->greatest_time()};
  Rows order = rows_asked_for(*rows_, merchants);
  CanonicalOrder(*rows_).sort(order);
  Ledger ledger = make_ledger(std::move(order));
  ledger.whole = head;
  ledger.dropped = dropped;
  *this = LedgerBuilder(axis_, keep_self_);
  return ledger;
}

// `order`: the ledger's rows in canonical order; nullopt for all, as they stand.
Ledger LedgerBuilder::make_ledger(std::optional<Rows> order) {
  Ledger ledger;
  ledger.time_axis = axis_;
  const std::uint64_t count = order ? order->size() : rows_->size();
  if (count == 0) return ledger;
  auto stored = std::make_shared<Stored>();
  stored->rows = std::move(rows_);
  stored->sources = std::move(kept_);
  const RowStore& rows = *stored->rows;
  const auto place = [&](std::uint64_t row) { return order ? (*order)[row] : row; };

  ledger.first_time = rows.time(place(0));
  const auto offset = [&](std::uint64_t row) {
    return std::uint64_t(rows.time(place(row))) - std::uint64_t(ledger.first_time);
  };
  if (offset(count - 1) > std::numeric_limits<std::uint32_t>::max()) {
    std::uint64_t far = 0;
    while (offset(far) <= std::numeric_limits<std::uint32_t>::max()) ++far;
    times_too_far_apart(rows, place(0), place(far));
  }
  stored->time.resize(count);
  if (order)
    in_parts(count, [&](std::uint64_t begin, std::uint64_t end) {
      RowCursor cursor(rows);
      for (std::uint64_t row = begin; row < end; ++row)
        stored->time[row] = std::uint32_t(std::uint64_t(cursor.time((*order)[row])) - std::uint64_t(ledger.first_time));
    });
  else
    rows.copy_times(ledger.first_time, {stored->time.data(), count});

  // Amounts first: exact ones are found by codes as they were read.
  tbb::enumerable_thread_specific<std::vector<Amount>> wide_of_threads;
  in_parts(count, [&](std::uint64_t begin, std::uint64_t end) {
    std::vector<Amount>& wide = wide_of_threads.local();
    RowCursor cursor(rows);
    for (std::uint64_t row = begin; row < end; ++row)
      if (!stands_for_one_amount(rows.codes()[place(row)])) wide.push_back(cursor.amount(place(row)));
  });
  std::vector<Amount> wide;
  for (std::vector<Amount>& some : wide_of_threads) {
    wide.insert(wide.end(), some.begin(), some.end());
    some = {};
  }
  tbb::parallel_sort(wide.begin(), wide.end());
  ledger.amounts = AmountKeys(std::move(wide));
  const bool is_shifted = ledger.amounts.view().shifted();
  if (order || is_shifted) {
    stored->amount.resize(count);
    in_parts(count, [&](std::uint64_t begin, std::uint64_t end) {
      for (std::uint64_t row = begin; row < end; ++row)
        stored->amount[row] = is_shifted ? ledger.amounts.key(rows.amount(place(row))) : rows.codes()[place(row)];
    });
  }

  std::span<Wallet> from = rows.from(), to = rows.to();
  if (order) {
    stored->from.resize(count), stored->to.resize(count);
    from = {stored->from.data(), count}, to = {stored->to.data(), count};
    in_parts(count, [&](std::uint64_t begin, std::uint64_t end) {
      for (std::uint64_t row = begin; row < end; ++row)
        from[row] = rows.from()[(*order)[row]], to[row] = rows.to()[(*order)[row]];
    });
  }
  number_by_appearance(ledger, from, to, rows,
                       order ? std::span<const std::uint64_t>(*order) : std::span<const std::uint64_t>());

  ledger.from = Column<Wallet>::view_of(from);
  ledger.to = Column<Wallet>::view_of(to);
  ledger.time = Column<std::uint32_t>::view_of(stored->time.span());
  ledger.amount = Column<AmountKey>::view_of(stored->amount.size() > 0 ? stored->amount.span() : rows.codes());
  stored->rows->forget_texts();
  if (order) stored->rows->forget_columns();
  if (order) stored->order = std::move(*order);
  ledger.transaction_ids = stored;
  ledger.keeper = stored;
  return ledger;
}

}  // namespace ringscan
