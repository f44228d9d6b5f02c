#include "read/rows_asked_for.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>

namespace ringscan {
namespace {

constexpr std::uint8_t merchant = 1, customer = 2;
constexpr std::size_t rows_of_a_part = std::size_t{1} << 18;

// The least of what was told of each account; written by many threads.
class Least {
 public:
  explicit Least(std::size_t accounts) { above_.resize(accounts); }
  void tell(std::size_t account, std::uint64_t value) {
    const std::atomic_ref room(above_[account]);
    std::uint64_t above = room.load(std::memory_order_relaxed);
    while (~value > above && !room.compare_exchange_weak(above, ~value, std::memory_order_relaxed)) {
    }
  }
  std::uint64_t operator[](std::size_t account) const { return ~above_[account]; }

 private:
  PagedArray<std::uint64_t> above_;  // 2^64 - 1 - the value; so accounts of which nothing is told cost nothing
};

// Accounts, as yet, of rows in the order in which they came.
class Asked {
 public:
  Asked(const RowStore& rows, std::span<const std::string> merchants)
      : rows_(rows), roles_(rows.accounts().size()), first_times_(roles_.size()), least_codes_(roles_.size()) {
    std::string scratch;
    for (const std::string& name : merchants)
      if (const auto account = rows.accounts().find(pack_text(name, scratch))) roles_[*account] = merchant;
  }

  // What customers pay the merchants in some of the rows. Many threads at a time.
  void note_customers(std::size_t begin, std::size_t end) {
    RowCursor cursor(rows_);
    for (std::size_t row = begin; row < end; ++row) {
      if ((role(rows_.to()[row]) & merchant) == 0) continue;
      const std::size_t account = to_index(rows_.from()[row]);
      std::atomic_ref(roles_[account]).fetch_or(customer, std::memory_order_relaxed);
      first_times_.tell(account, since_first(cursor.time(row)));
      least_codes_.tell(account, rows_.codes()[row]);
    }
  }

  // Once all are noted.
  std::vector<std::uint64_t> find(std::size_t begin, std::size_t end) const {
    std::vector<std::uint64_t> found;
    RowCursor cursor(rows_);
    for (std::size_t row = begin; row < end; ++row) {
      const std::size_t to = to_index(rows_.to()[row]);
      const bool is_merchants = ((roles_[to] | roles_[to_index(rows_.from()[row])]) & merchant) != 0;
      if (is_merchants || (roles_[to] != 0 && rows_.codes()[row] >= least_codes_[to] &&
                           since_first(cursor.time(row)) > first_times_[to]))
        found.push_back(row);
    }
    return found;
  }

 private:
  std::uint8_t role(Wallet account) {
    return std::atomic_ref(roles_[to_index(account)]).load(std::memory_order_relaxed);
  }
  std::uint64_t since_first(std::int64_t time) const { return std::uint64_t(time) - std::uint64_t(rows_.least_time()); }

  const RowStore& rows_;
  std::vector<std::uint8_t> roles_;
  Least first_times_, least_codes_;  // of customers: of what they paid
};

}  // namespace

std::vector<std::uint64_t> rows_asked_for(const RowStore& rows, std::span<const std::string> merchants) {
  Asked asked(rows, merchants);
  const std::size_t size = rows.from().size();
  using Range = tbb::blocked_range<std::size_t>;
  tbb::parallel_for(Range(0, size, rows_of_a_part),
                    [&](const Range& part) { asked.note_customers(part.begin(), part.end()); });
  std::vector<std::vector<std::uint64_t>> parts((size + rows_of_a_part - 1) / rows_of_a_part);
  tbb::parallel_for(std::size_t{0}, parts.size(), [&](std::size_t part) {
    parts[part] = asked.find(part * rows_of_a_part, std::min(size, (part + 1) * rows_of_a_part));
  });
  std::size_t count = 0;
  for (const std::vector<std::uint64_t>& part : parts) count += part.size();
  std::vector<std::uint64_t> asked_for;
  asked_for.reserve(count);
  for (const std::vector<std::uint64_t>& part : parts) asked_for.insert(asked_for.end(), part.begin(), part.end());
  return asked_for;
}

}  // namespace ringscan
