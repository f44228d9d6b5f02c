#include "read/ledger_builder.hpp"

#include <tbb/parallel_sort.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "io/errors.hpp"

namespace ringscan {
namespace {

constexpr std::uint32_t unseen = std::numeric_limits<std::uint32_t>::max();

// Numbers texts anew by first appearance.
class Renumbering {
 public:
  explicit Renumbering(const PackedTexts& texts) : texts_(texts), number_(texts.size(), unseen) {}
  std::uint32_t operator()(std::uint32_t provisional) {
    std::uint32_t& number = number_[provisional];
    if (number == unseen) {
      number = std::uint32_t(in_order_.size());
      in_order_.push_back_packed(texts_.packed(provisional));
    }
    return number;
  }
  PackedTexts in_order() && { return std::move(in_order_); }

 private:
  const PackedTexts& texts_;
  std::vector<std::uint32_t> number_;
  PackedTexts in_order_;
};

// (account, asset) -> wallet by first appearance: open addressing, as most ledgers have one asset and few have many.
class Wallets {
 public:
  Wallets() : slots_(1024, unseen) {}
  Wallet operator()(std::uint32_t account, std::uint32_t asset) {
    std::size_t slot = place(account, asset);
    if (slots_[slot] == unseen) {
      if (accounts_.size() >= unseen) throw Unavailable("2^32 wallets or more: split the ledger by asset");
      slots_[slot] = std::uint32_t(accounts_.size());
      accounts_.push_back(Account(account));
      assets_.push_back(Asset(asset));
      if (accounts_.size() * 2 > slots_.size()) {
        slots_.assign(slots_.size() * 2, unseen);
        for (std::uint32_t wallet = 0; wallet < accounts_.size(); ++wallet)
          slots_[place(std::uint32_t(accounts_[wallet]), std::uint32_t(assets_[wallet]))] = wallet;
        slot = place(account, asset);
      }
    }
    return Wallet(slots_[slot]);
  }
  void move_to(Ledger& ledger) && {
    ledger.wallet_account = std::move(accounts_);
    ledger.wallet_asset = std::move(assets_);
  }

 private:
  std::size_t place(std::uint32_t account, std::uint32_t asset) const {
    std::uint64_t code = (std::uint64_t(asset) << 32 | account) * 0x9E3779B97F4A7C15u;
    for (std::size_t slot = (code ^ (code >> 32)) & (slots_.size() - 1);; slot = (slot + 1) & (slots_.size() - 1)) {
      const std::uint32_t wallet = slots_[slot];
      if (wallet == unseen || (accounts_[wallet] == Account(account) && assets_[wallet] == Asset(asset))) return slot;
    }
  }

  std::vector<std::uint32_t> slots_;
  std::vector<Account> accounts_;
  std::vector<Asset> assets_;
};

struct PackedIds final : TransactionIds {
  PackedTexts texts;
  std::string at(Row row) const override { return texts.at(row); }
};

template <class T>
int three_way(const T& a, const T& b) {
  return a < b ? -1 : int(b < a);
}

}  // namespace

void LedgerBuilder::add(const Payment& payment, bool kept) {
  RowData row{};
  row.time = payment.time;
  row.block = payment.block;
  row.transaction_index = payment.transaction_index;
  row.log_index = payment.log_index;
  row.id = ids_.size();
  ids_.push_back_packed(pack_text(payment.id, scratch_));
  row.code = order_code(payment.amount);
  if (!stands_for_one_amount(row.code)) {
    row.wide = wide_amounts_.size();
    wide_amounts_.push_back(payment.amount);
  }
  row.from = accounts_.intern(payment.from);
  row.to = accounts_.intern(payment.to);
  row.asset = assets_.intern(payment.asset);
  row.kept = kept;
  rows_.push_back(row);
}

Amount LedgerBuilder::amount(const RowData& row) const {
  return stands_for_one_amount(row.code) ? amount_of_even_code(row.code) : wide_amounts_[row.wide];
}

// Canonical order is (time, block, transaction index, log index, id, from, to, asset, amount); what makes two rows
// duplicates is the same without block and transaction index.
int LedgerBuilder::compare(const RowData& a, const RowData& b, bool identity_only) const {
  if (const int order = three_way(a.time, b.time)) return order;
  if (!identity_only) {
    if (const int order = three_way(a.block, b.block)) return order;
    if (const int order = three_way(a.transaction_index, b.transaction_index)) return order;
  }
  if (const int order = three_way(a.log_index, b.log_index)) return order;
  if (const int order = compare_packed(ids_.packed(a.id), ids_.packed(b.id))) return order;
  const auto by_text = [](const Dictionary& names, std::uint32_t left, std::uint32_t right) {
    return left == right ? 0 : compare_packed(names.texts().packed(left), names.texts().packed(right));
  };
  if (const int order = by_text(accounts_, a.from, b.from)) return order;
  if (const int order = by_text(accounts_, a.to, b.to)) return order;
  if (const int order = by_text(assets_, a.asset, b.asset)) return order;
  if (const int order = three_way(a.code, b.code)) return order;
  return stands_for_one_amount(a.code) ? 0 : three_way(wide_amounts_[a.wide], wide_amounts_[b.wide]);
}

void LedgerBuilder::keep_only(const std::vector<bool>& keep, Drop reason) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (keep[i]) rows_[kept++] = rows_[i];
  dropped[std::size_t(reason)] += rows_.size() - kept;
  rows_.resize(kept);
}

void LedgerBuilder::dedupe() {
  std::vector<std::size_t> order(rows_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Of equal rows the one that stands first in canonical order stays, so that the file order does not matter.
  tbb::parallel_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (const int by_identity = compare(rows_[a], rows_[b], true)) return by_identity < 0;
    return compare(rows_[a], rows_[b], false) < 0;
  });
  std::vector<bool> keep(rows_.size(), true);
  for (std::size_t i = 1; i < order.size(); ++i)
    if (compare(rows_[order[i - 1]], rows_[order[i]], true) == 0) keep[order[i]] = false;
  keep_only(keep, Drop::duplicate);
}

Ledger LedgerBuilder::finish() {
  std::vector<bool> keep(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) keep[i] = rows_[i].kept;
  keep_only(keep, Drop::outside_filter);
  keep = {};
  const auto before = [this](const RowData& a, const RowData& b) { return compare(a, b, false) < 0; };
  if (!std::ranges::is_sorted(rows_, before)) tbb::parallel_sort(rows_.begin(), rows_.end(), before);

  Ledger ledger;
  ledger.time_axis = axis_;
  ledger.dropped = dropped;
  if (rows_.empty()) return ledger;
  ledger.first_time = rows_.front().time;
  const std::uint64_t span = std::uint64_t(rows_.back().time) - std::uint64_t(ledger.first_time);
  if (span > std::numeric_limits<std::uint32_t>::max()) {
    const auto far = std::ranges::find_if(rows_, [&](const RowData& row) {
      return std::uint64_t(row.time) - std::uint64_t(ledger.first_time) > std::numeric_limits<std::uint32_t>::max();
    });
    throw BadInput("the ledger's times span more than 2^32 - 1: it begins at " + std::to_string(ledger.first_time) +
                   ", and transaction '" + ids_.at(far->id) + "' has time " + std::to_string(far->time) +
                   "; check --time-format, or cut with --start and --end");
  }

  std::vector<Amount> wide;
  for (const RowData& row : rows_)
    if (!stands_for_one_amount(row.code)) wide.push_back(wide_amounts_[row.wide]);
  ledger.amounts = AmountKeys(std::move(wide));
  const bool shifted = ledger.amounts.view().shifted();

  const std::size_t count = rows_.size();
  ledger.from.reserve(count), ledger.to.reserve(count), ledger.time.reserve(count), ledger.amount.reserve(count);
  auto ids = std::make_shared<PackedIds>();
  ids->texts.reserve(count, ids_.bytes().size());
  Renumbering account(accounts_.texts()), asset(assets_.texts());
  Wallets wallet;
  for (const RowData& row : rows_) {
    const std::uint32_t from = account(row.from), to = account(row.to), of = asset(row.asset);
    ledger.from.push_back(wallet(from, of));
    ledger.to.push_back(wallet(to, of));
    ledger.time.push_back(std::uint32_t(row.time - ledger.first_time));
    ledger.amount.push_back(shifted ? ledger.amounts.key(amount(row)) : row.code);
    ids->texts.push_back_packed(ids_.packed(row.id));
  }
  ledger.transaction_ids = std::move(ids);
  ledger.accounts = std::move(account).in_order();
  ledger.assets = std::move(asset).in_order();
  std::move(wallet).move_to(ledger);
  *this = LedgerBuilder(axis_);
  return ledger;
}

}  // namespace ringscan
