// The exact amounts of odd-coded rows on their way into a packed ledger: the distinct ones in ascending order, and each
// row's own where its code stands for several.
//
// Memory: the given bytes (32 an amount); what is more is sorted into runs in nameless files, and a row keeps there the
// bits that its code lacks, 1 to 3 bytes for usual amounts.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "io/output.hpp"
#include "ledger/amount_keys.hpp"
#include "packed/section_writer.hpp"

namespace ringscan::packed {

class WideAmounts {
 public:
  WideAmounts(std::string path, std::uint64_t memory_bytes);
  // The amount of the next odd-coded row.
  void add(const Amount& amount, OrderCode code);
  // Writes the distinct amounts and their keys, ascending, after the last row. Returns how many.
  std::uint64_t finish(SectionWriter& amounts, Spool& keys);

  // Codes by which keys move up, ascending: each stands for an amount that shares its code with the one before.
  Spool& steps() { return steps_; }
  // What the codes lack, row by row: lacking_bytes(code) bytes, least first.
  Spool& rests() { return rests_; }

 private:
  void compact();

  std::string path_;
  std::size_t capacity_;
  std::vector<Amount> amounts_;
  std::vector<std::unique_ptr<Spool>> runs_;  // each ascending and distinct
  Spool rests_, steps_;
};

// The amount of an odd code and its rest, of which `place` moves past the end.
Amount wide_amount(OrderCode code, const char*& place);

// Codes -> keys, once all amounts are known. For rows in order.
class KeyShift {
 public:
  KeyShift(std::span<const OrderCode> steps, const char* rests, AmountKeysView wide)
      : steps_(steps), rest_(rests), wide_(wide) {}
  AmountKey operator()(OrderCode code);

 private:
  std::span<const OrderCode> steps_;
  const char* rest_;
  AmountKeysView wide_;
};

}  // namespace ringscan::packed
