// Who vouches for what a ledger looks at in a file. Asked before bytes are read, a guard checks them the first time; a
// ledger in memory has none (nullptr). Every call throws BadInput, naming the file and its damaged section.
//
// All calls may come from several threads.
#pragma once
#include <cstddef>
#include <span>

#include "ledger/ids.hpp"

namespace ringscan {

class Guard {
 public:
  virtual ~Guard() = default;
  // These bytes are as they were written. O(bytes) the first time, then O(blocks of them).
  virtual void need(const void* begin, std::size_t bytes) const = 0;
  // The hot columns may be looked at in this row: its wallets, their accounts and assets exist.
  virtual void need_row(Row row) const = 0;
  // Likewise in all rows, and times ascend. O(N) the first time.
  virtual void need_rows() const = 0;
  // For who reads a ledger once, rows [begin, end) at a time, and not all of it: the hot columns may be looked at
  // there, their wallets exist, and times ascend from row begin - 1 on. Looks at nothing but these rows. O(rows).
  virtual void need_rows(Row begin, Row end) const = 0;
  // Every wallet's account and asset exist. O(wallets).
  virtual void need_wallets() const = 0;
  // Rows [begin, end) of the hot columns will be needed soon, or not again for a while: they are read ahead, or leave
  // the process's memory. Costs and promises little.
  virtual void will_need_rows(Row begin, Row end) const { (void)begin, (void)end; }
  // These rows will be shown, with the names of their accounts: checks at once, and by many threads, what would
  // otherwise be checked one by one. Distinct rows cost no more than that.
  virtual void will_show_rows(std::span<const Row> rows) const { (void)rows; }
  virtual void release_rows(Row begin, Row end) const { (void)begin, (void)end; }
  // What stands at this place has the right checksum and yet makes no sense.
  [[noreturn]] virtual void reject(const void* place) const = 0;
};

template <class T>
void need(const Guard* guard, std::span<const T> values) {
  if (guard != nullptr) guard->need(values.data(), values.size_bytes());
}

}  // namespace ringscan
