// Every wallet's purchases and receipts side by side, for all wallets, a cache's worth of wallets at a time.
//
// Rows are scattered by the lower bits of their wallets, which spreads busy wallets evenly, in one pass; what falls
// into a part is then put together wallet by wallet inside a cache. Nothing is compared, so it costs O(N). Memory: 24
// bytes a purchase and a receipt, at most `room_bytes` or the largest part at a time, as the columns are read again for
// the rest.
#pragma once
#include <tbb/parallel_for.h>

#include <algorithm>
#include <bit>
#include <span>
#include <vector>

#include "cpu/sweep.hpp"
#include "io/pages.hpp"

namespace ringscan::cpu {

// A line of a wallet's account book: what it paid (a purchase) or was paid (a receipt).
struct BookLine {
  Wallet wallet, counterparty;
  std::uint32_t time;
  std::uint32_t unused;
  AmountKey amount;
};

// What one part of the wallets did, in the order of rows.
struct BookPart {
  std::span<const BookLine> purchases, receipts;
};

class BookParts {
 public:
  static constexpr std::uint64_t room_bytes = std::uint64_t{1} << 30;

  BookParts(const BackendOptions& options, const LedgerView& ledger, std::uint64_t room = room_bytes)
      : options_(options), ledger_(ledger), room_(room) {
    const std::uint64_t bytes = ledger.size() * 2 * sizeof(BookLine);
    bits_ = std::min(most_bits, unsigned(std::bit_width(bytes / part_bytes)));
    slabs_ = std::max(1u, options.threads);
  }

  // A wallet's part is its lower bits; the rest of it is its place there.
  std::size_t place(Wallet wallet) const { return to_index(wallet) >> bits_; }
  std::size_t places() const { return (ledger_.wallet_count() >> bits_) + 1; }

  // Calls visit(part) for every part, from any thread. Purchases are the rows of `bought` that is_purchase accepts,
  // receipts all rows that is_receipt accepts.
  template <class IsPurchase, class IsReceipt, class Visit>
  void visit(Slab bought, IsPurchase is_purchase, IsReceipt is_receipt, Visit visit) const {
    const std::size_t parts = std::size_t{1} << bits_;
    // By slab and part, purchases and receipts; first how many, then where the next one goes.
    std::vector<std::vector<std::size_t>> places(slabs_, std::vector<std::size_t>(2 * parts));
    over_slabs(bought, is_purchase, is_receipt,
               [&](std::size_t slab, std::size_t part, std::size_t kind, Row) { ++places[slab][2 * part + kind]; });
    PagedArray<BookLine> lines;
    for (std::size_t first = 0, last; first < parts; first = last) {
      std::vector<std::size_t> begins;  // of parts [first, last): purchases, receipts
      std::size_t size = 0;
      for (last = first; last < parts; ++last) {
        std::size_t of_part = 0;
        for (const auto& slab : places) of_part += slab[2 * last] + slab[2 * last + 1];
        if (last > first && (size + of_part) * sizeof(BookLine) > room_) break;
        for (std::size_t kind = 0; kind < 2; ++kind) {
          begins.push_back(size);
          for (auto& slab : places) size += std::exchange(slab[2 * last + kind], size);
        }
      }
      begins.push_back(size);
      lines.resize(size);
      const bool all = first == 0 && last == parts;
      over_slabs(bought, is_purchase, is_receipt, [&](std::size_t slab, std::size_t part, std::size_t kind, Row row) {
        if (!all && (part < first || part >= last)) return;
        const Wallet payer = ledger_.from[row], payee = ledger_.to[row];
        lines[places[slab][2 * part + kind]++] = {kind == 0 ? payer : payee, kind == 0 ? payee : payer,
                                                  ledger_.time[row], 0, ledger_.amount[row]};
      });
      tbb::parallel_for(std::size_t{0}, last - first, [&](std::size_t i) {
        options_.stop_if_asked();
        options_.did(0, this->places(), 2 * (begins[2 * i + 2] - begins[2 * i]) * sizeof(BookLine));
        const auto from = [&](std::size_t at) { return lines.span().subspan(begins[at], begins[at + 1] - begins[at]); };
        visit(BookPart{from(2 * i), from(2 * i + 1)});
      });
    }
  }

 private:
  static constexpr unsigned most_bits = 11;  // more streams of writing than that leave the second cache
  static constexpr std::uint64_t part_bytes = std::uint64_t{1} << 20;

  template <class IsPurchase, class IsReceipt, class Take>
  void over_slabs(Slab bought, IsPurchase is_purchase, IsReceipt is_receipt, Take take) const {
    const std::size_t mask = (std::size_t{1} << bits_) - 1;
    tbb::parallel_for(std::size_t{0}, slabs_, [&](std::size_t slab) {
      const Row rows = ledger_.size(), begin = rows / slabs_ * slab,
                end = slab + 1 == slabs_ ? rows : begin + rows / slabs_;
      options_.did(end - begin);
      for (Row row = begin; row < end; ++row) {
        if (row % 65536 == 0) options_.stop_if_asked();
        if (row >= bought.begin && row < bought.end && is_purchase(row))
          take(slab, to_index(ledger_.from[row]) & mask, 0, row);
        if (is_receipt(row)) take(slab, to_index(ledger_.to[row]) & mask, 1, row);
      }
    });
  }

  const BackendOptions& options_;
  const LedgerView& ledger_;
  std::uint64_t room_;
  unsigned bits_;
  std::size_t slabs_;
};

// A part's lines put together wallet by wallet, each wallet's in the order of rows. One thread's; keeps its room.
class SortedLines {
 public:
  void sort(std::span<const BookLine> lines, const BookParts& parts) {
    ends_.assign(parts.places() + 1, 0);
    for (const BookLine& line : lines) ++ends_[parts.place(line.wallet) + 1];
    for (std::size_t i = 1; i < ends_.size(); ++i) ends_[i] += ends_[i - 1];
    if (sorted_.size() < lines.size()) sorted_.resize(lines.size());
    for (const BookLine& line : lines) sorted_[ends_[parts.place(line.wallet)]++] = line;
  }
  // After sort(), ends_[place] is the end of its lines.
  std::span<const BookLine> of(std::size_t place) const {
    const std::size_t begin = place == 0 ? 0 : ends_[place - 1];
    return std::span(sorted_).subspan(begin, ends_[place] - begin);
  }

 private:
  std::vector<std::size_t> ends_;
  std::vector<BookLine> sorted_;
};

}  // namespace ringscan::cpu
