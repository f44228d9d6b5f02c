// The exact amounts of odd-coded rows on their way into a packed ledger: the distinct ones in ascending order, and each
// row's own where its code stands for several.
//
// Memory: the given bytes (16 an amount below 2^128, 32 a larger one); what is more is sorted into runs in nameless
// files, and a row keeps there the bits that its code lacks, 1 to 3 bytes for usual amounts.
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
  // The codes of the next rows, and the amounts of the odd ones among them.
  void add(std::span<const OrderCode> codes, std::span<const Amount> wide);
  // Writes the distinct amounts and their keys, ascending, after the last row. Returns how many.
  std::uint64_t finish(SectionWriter& amounts, Spool& keys);

  // Codes by which keys move up, ascending: each stands for an amount that shares its code with the one before.
  Spool& steps() { return steps_; }
  // What the codes lack, row by row: lacking_bytes(code) bytes, least first.
  Spool& rests() { return rests_; }

 private:
  void sort();
  void compact();
  void end_run();
  std::size_t held_bytes() const { return small_.size() * sizeof(Small) + large_.size() * sizeof(Amount); }
  template <class Use>
  void for_each(Use use);

  __extension__ using Small = unsigned __int128;  // an amount below 2^128, as nearly all are: half the bytes to sort

  std::string path_;
  std::size_t capacity_bytes_;
  std::vector<Small> small_;
  std::vector<Amount> large_;
  std::string some_rests_;
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
