// Which lines of account books the rows of a ledger on the disk give, and where these are counted.
#pragma once
#include <tbb/parallel_for.h>

#include <limits>

#include "cpu/account_numbers.hpp"
#include "cpu/row_pieces.hpp"

namespace ringscan::cpu {

// What is kept of a row: of a purchase its customer's wallet and the merchant, of a receipt the payee and the payer, of
// a merchant's payment (advanced) the merchant and the payee. 20 bytes.
struct SpilledLine {
  Wallet wallet, counterparty;
  std::uint32_t time, amount_low, amount_high;

  AmountKey amount() const { return AmountKey{amount_high} << 32 | amount_low; }
};
static_assert(sizeof(SpilledLine) == 20);

enum class LineKind { purchase, receipt, payment };
inline constexpr std::size_t line_kinds = 3;

// A bucket holds all lines that belong together: those of a wallet or, where only what a merchant itself pays counts,
// those of a wallet and a merchant, so that no hot account is a hot bucket then.
class BookRows {
 public:
  BookRows(const Question& question, Slab bought, unsigned bucket_bits)
      : ledger_(question.ledger),
        accounts_(question.ledger, question.rule),
        bought_(bought),
        model_(question.rule.model),
        mask_((std::size_t{1} << bucket_bits) - 1) {
    find_receipts(question.within);
  }

  const AccountNumbers& accounts() const { return accounts_; }
  std::size_t buckets() const { return mask_ + 1; }
  std::size_t bucket(Wallet wallet) const { return to_index(wallet) & mask_; }
  std::size_t bucket(Wallet wallet, Wallet counterparty) const {
    if (model_ == Model::any || model_ == Model::advanced) return bucket(wallet);
    const std::uint64_t both = PairCollector::pair(std::uint32_t(wallet), std::uint32_t(counterparty));
    return (both * 0x9E3779B97F4A7C15u >> 40) & mask_;
  }

  // Calls take(slab, kind, line), from as many threads as there are slabs; each slab's rows ascend, and follow those of
  // the slab before.
  template <class Take>
  void each(const BackendOptions& options, std::size_t slabs, Row piece_rows, Take take) const {
    const Slab all = {std::min(bought_.begin, received_.begin), std::max(bought_.end, received_.end)};
    const auto cut = [&](std::size_t slab) { return all.begin + (all.end - all.begin) / slabs * slab; };
    tbb::parallel_for(
        std::size_t{0}, slabs,
        [&](std::size_t slab) {
          const PassingRows rows(ledger_);
          const Row last = slab + 1 == slabs ? all.end : cut(slab + 1);
          Row asked_for = cut(slab);
          for (Row begin = cut(slab), end; begin < last; begin = end) {
            options.stop_if_asked();
            end = std::min(last, begin + piece_rows);
            const Row ahead = std::min(last, end + 8 * piece_rows);
            rows.ahead(std::exchange(asked_for, ahead), ahead);
            rows.need(begin, end);
            for (Row row = begin; row < end; ++row) take_lines(slab, row, take);
            rows.release(begin, end);
            options.did(end - begin);
          }
        },
        tbb::simple_partitioner());
  }

 private:
  template <class Take>
  [[gnu::always_inline]] void take_lines(std::size_t slab, Row row, Take& take) const {
    const Wallet from = ledger_.from[row], to = ledger_.to[row];
    if (accounts_.excludes(from) || accounts_.excludes(to)) return;
    const AmountKey amount = ledger_.amount[row];
    const SpilledLine paid = {from, to, ledger_.time[row], std::uint32_t(amount), std::uint32_t(amount >> 32)};
    if (row >= bought_.begin && row < bought_.end) take(slab, LineKind::purchase, paid);
    if (row < received_.begin || row >= received_.end) return;
    take(slab, LineKind::receipt, SpilledLine{to, from, paid.time, paid.amount_low, paid.amount_high});
    if (model_ == Model::advanced) take(slab, LineKind::payment, paid);
  }

  // The rows that may complete a purchase.
  void find_receipts(std::uint64_t within) {
    const PassingRows rows(ledger_);
    const std::uint64_t first = rows.time(bought_.begin), last = rows.time(bought_.end - 1);
    if (model_ == Model::basic) {
      const std::uint64_t least = first - std::min(first, within);
      received_ = {rows.first(0, bought_.begin, [&](std::uint32_t time) { return time >= least; }), bought_.end};
    } else {
      const std::uint64_t most = last + std::min<std::uint64_t>(within, std::numeric_limits<std::uint32_t>::max());
      received_ = {bought_.begin,
                   rows.first(bought_.end, ledger_.size(), [&](std::uint32_t time) { return time > most; })};
    }
  }

  const LedgerView& ledger_;
  AccountNumbers accounts_;
  Slab bought_, received_{};
  Model model_;
  std::size_t mask_;
};

}  // namespace ringscan::cpu
