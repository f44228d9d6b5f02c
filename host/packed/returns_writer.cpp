#include "packed/returns_writer.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <bit>

#include "io/pages.hpp"
#include "ledger/row_marks.hpp"

namespace ringscan::packed {
namespace {

constexpr std::uint64_t bits_a_row = 16;  // of the table: less than one payment in 16 is named for nothing
constexpr std::uint64_t least_bits = 1024;
constexpr Row prefetch_distance = 32;
constexpr std::size_t words_at_once = 1024;

}  // namespace

void write_returns(std::span<const Wallet> from, std::span<const Wallet> to, const IndexBudget& budget,
                   SectionWriter& returns) {
  const Row rows = from.size();
  const std::uint64_t bits = std::max(least_bits, std::bit_ceil(rows * bits_a_row));
  const unsigned shift = 64 - unsigned(std::countr_zero(bits));
  const auto place = [&](Wallet payer, Wallet payee) {
    const std::uint64_t pair = std::uint64_t(payer) << 32 | std::uint64_t(payee);
    const std::uint64_t product = pair * 0x9E3779B97F4A7C15u;
    return (product ^ product >> 32) * 0xD6E8FEB86659FD93u >> shift;
  };
  PagedArray<std::uint64_t> may_be;
  may_be.resize(Returns::words(rows));
  // Threads share the rows, and a part of the table at a time.
  const std::uint64_t part_bits = std::max(least_bits, std::min(bits / 8, std::bit_floor(budget.memory_bytes)) * 8);
  PagedArray<std::uint64_t> table;
  table.resize(part_bits / 64);
  for (std::uint64_t part = 0; part < bits / part_bits; ++part) {
    if (part > 0) std::ranges::fill(table.data(), table.data() + table.size(), 0);
    const auto over_rows = [&](std::span<const Wallet> payers, std::span<const Wallet> payees, auto take) {
      tbb::parallel_for(tbb::blocked_range<std::size_t>(0, may_be.size(), words_at_once), [&](const auto& words) {
        budget.stop_if_asked();
        const Row end = std::min<Row>(rows, words.end() * Returns::rows_a_word);
        for (Row row = words.begin() * Returns::rows_a_word; row < end; ++row) {
          if (row + prefetch_distance < end) {
            const std::uint64_t ahead =
                place(payers[row + prefetch_distance], payees[row + prefetch_distance]) - part * part_bits;
            __builtin_prefetch(&table[ahead % part_bits / 64], 1);
          }
          const std::uint64_t bit = place(payers[row], payees[row]) - part * part_bits;
          if (bit < part_bits) take(row, table[bit / 64], std::uint64_t{1} << bit % 64);
        }
      });
    };
    over_rows(from, to, [](Row, std::uint64_t& word, std::uint64_t bit) {
      std::atomic_ref(word).fetch_or(bit, std::memory_order_relaxed);
    });
    over_rows(to, from, [&](Row row, std::uint64_t word, std::uint64_t bit) {
      may_be[row / Returns::rows_a_word] |= std::uint64_t{(word & bit) != 0} << row % Returns::rows_a_word;
    });
  }
  returns.append(may_be.span());
}

}  // namespace ringscan::packed
