#include "packed/pair_marks_writer.hpp"

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <limits>

#include "io/pages.hpp"
#include "ledger/row_marks.hpp"

namespace ringscan::packed {
namespace {

constexpr std::uint64_t most_receipts_of_table = std::uint64_t{1} << 20;
constexpr std::uint64_t least_receipts_of_table = 64;

// What one customer paid the account at hand.
struct Customer {
  std::uint32_t account;  // + 1; 0 is a free slot
  Wallet wallet;          // of its first payment
  AmountKey least;
  bool is_one_payment, is_one_step, is_one_wallet;
};

struct Receipt {
  Wallet from;
  AmountKey amount;
  Row row;
};

// One thread's: marks the receipts of one account after the other.
class Marker {
 public:
  Marker(const EntryIndex& receipts, std::span<const Account> wallet_account, std::uint64_t most_of_table)
      : receipts_(receipts), wallet_account_(wallet_account), most_of_table_(most_of_table) {}

  // Calls put(row, mark) for those that are not `some`.
  template <class Put>
  void mark(std::span<const Wallet> wallets, Put put) {
    std::uint64_t count = 0;
    for (const Wallet wallet : wallets) count += receipts_.count(wallet);
    if (count > most_marked_receipts) return;
    const std::uint64_t passes = (count + most_of_table_ - 1) / most_of_table_;
    for (std::uint64_t pass = 0; pass < passes; ++pass) {
      const auto is_of_pass = [&](std::uint64_t hash) { return passes == 1 || (hash & 0xFFFFFFFF) % passes == pass; };
      std::uint64_t of_pass = count;
      if (passes > 1) {
        of_pass = 0;
        each(wallets, [&](const Receipt& receipt) { of_pass += is_of_pass(hash(customer_of(receipt))); });
      }
      clear(of_pass);
      each(wallets, [&](const Receipt& receipt) { take(receipt, is_of_pass); });
      for (Customer& customer : slots_) customer.least = std::numeric_limits<AmountKey>::max();
      each(wallets, [&](const Receipt& receipt) { tell(receipt, is_of_pass, put); });
    }
  }

 private:
  template <class Visit>
  void each(std::span<const Wallet> wallets, Visit visit) const {
    const std::size_t size = receipts_.entry_bytes();
    for (const Wallet wallet : wallets) {
      const std::byte* place = receipts_.entries.data() + receipts_.begins[to_index(wallet)] * size;
      const std::byte* const end = receipts_.entries.data() + receipts_.begins[to_index(wallet) + 1] * size;
      for (; place != end; place += size) {
        Receipt receipt;
        std::memcpy(&receipt.from, place, 4);
        std::memcpy(&receipt.amount, place + 8, 8);
        receipt.row = 0;
        std::memcpy(&receipt.row, place + 16, receipts_.has_wide_rows ? 8 : 4);  // little-endian
        visit(receipt);
      }
    }
  }
  std::uint32_t customer_of(const Receipt& receipt) const {
    return std::uint32_t(wallet_account_[to_index(receipt.from)]);
  }
  static std::uint64_t hash(std::uint32_t account) {
    const std::uint64_t product = (std::uint64_t{account} + 1) * 0x9E3779B97F4A7C15u;
    return product ^ product >> 32;
  }
  void clear(std::uint64_t receipts) {
    slots_.assign(std::bit_ceil(2 * receipts + 1), Customer{});
    shift_ = 64 - unsigned(std::countr_zero(slots_.size()));
  }
  Customer& slot(std::uint32_t account, std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t place = hash >> shift_;
    while (slots_[place].account != account + 1 && slots_[place].account != 0) place = (place + 1) & mask;
    return slots_[place];
  }

  template <class IsOfPass>
  void take(const Receipt& receipt, IsOfPass is_of_pass) {
    const std::uint32_t account = customer_of(receipt);
    const std::uint64_t code = hash(account);
    if (!is_of_pass(code)) return;
    Customer& customer = slot(account, code);
    if (customer.account == 0) {
      customer = {account + 1, receipt.from, receipt.amount, true, true, true};
      return;
    }
    customer.is_one_payment = false;
    customer.is_one_wallet &= customer.wallet == receipt.from;
    if (receipt.amount >= customer.least) return;
    customer.least = receipt.amount;
    customer.is_one_step = false;
  }
  template <class IsOfPass, class Put>
  void tell(const Receipt& receipt, IsOfPass is_of_pass, Put put) {
    const std::uint32_t account = customer_of(receipt);
    const std::uint64_t code = hash(account);
    if (!is_of_pass(code)) return;
    Customer& customer = slot(account, code);
    if (customer.is_one_payment) return put(receipt.row, PairMark::only);
    if (!customer.is_one_wallet) return;
    if (receipt.amount >= customer.least) return put(receipt.row, PairMark::outlived);
    customer.least = receipt.amount;
    if (customer.is_one_step) put(receipt.row, PairMark::first);
  }

  const EntryIndex& receipts_;
  std::span<const Account> wallet_account_;
  std::uint64_t most_of_table_;
  std::vector<Customer> slots_;
  unsigned shift_ = 0;
};

}  // namespace

void write_pair_marks(const EntryIndex& receipts, const WalletsOfAccounts& wallets_of,
                      std::span<const Account> wallet_account, std::size_t accounts, const IndexBudget& budget,
                      SectionWriter& marks) {
  // Half of the budget for the marks, half for the tables, which are at most four slots a receipt.
  const Row rows_at_once =
      std::max<Row>(1, budget.memory_bytes / 2 / sizeof(PairMarks::Block)) * PairMarks::rows_a_block;
  const std::uint64_t of_table = std::clamp(budget.memory_bytes / 2 / budget.threads / (4 * sizeof(Customer)),
                                            least_receipts_of_table, most_receipts_of_table);
  tbb::enumerable_thread_specific<Marker> markers([&] { return Marker(receipts, wallet_account, of_table); });
  for (Row begin = 0; begin < receipts.rows; begin += std::min(rows_at_once, receipts.rows - begin)) {
    const Row end = begin + std::min(rows_at_once, receipts.rows - begin);
    PagedArray<PairMarks::Block> blocks;
    blocks.resize(PairMarks::blocks(end - begin));
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, accounts, 256), [&](const auto& range) {
      budget.stop_if_asked();
      std::vector<Wallet> wallets;
      for (std::size_t account = range.begin(); account < range.end(); ++account) {
        wallets.clear();
        wallets_of.read(Account(account), wallets);
        markers.local().mark(wallets, [&](Row row, PairMark mark) {
          const Row place = row - begin;
          if (place >= end - begin) return;
          PairMarks::Block& block = blocks[place / PairMarks::rows_a_block];
          const std::uint64_t bit = std::uint64_t{1} << place % PairMarks::rows_a_block;
          const auto set = [&](std::uint64_t& word) { std::atomic_ref(word).fetch_or(bit, std::memory_order_relaxed); };
          if (std::uint64_t(mark) & 1) set(block.low);
          if (std::uint64_t(mark) & 2) set(block.high);
        });
      }
    });
    marks.append(blocks.span());
  }
}

}  // namespace ringscan::packed
