#include "cpu/exchanges.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_sort.h>

#include <algorithm>
#include <utility>

#include "io/pages.hpp"

namespace ringscan::cpu {
namespace {

struct PairRow {
  std::uint64_t pair;
  std::uint32_t row;
  friend auto operator<=>(const PairRow&, const PairRow&) = default;
};

template <class Body>
void for_each_block(std::size_t size, Body body) {
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, size, 1 << 14), [&](const auto& range) {
    for (std::size_t i = range.begin(); i < range.end(); ++i) body(i);
  });
}

// Begins of groups from their sizes: counts[i] is that of group i, the last one 0.
void add_up(std::vector<std::uint32_t>& counts) {
  std::uint32_t begin = 0;
  for (std::uint32_t& count : counts) begin += std::exchange(count, begin);
}

void sort_payments(const BackendOptions& options, const LedgerView& ledger, Exchanges& all) {
  PagedArray<PairRow> pages;  // goes back to the system, so that what comes next finds room
  pages.resize(ledger.size());
  std::size_t count = 0;
  for (Row row = 0; row < ledger.size(); ++row)
    if (ledger.amount[row] != 0 && ledger.from[row] != ledger.to[row])
      pages[count++] = {std::uint64_t(to_index(ledger.from[row])) << 32 | to_index(ledger.to[row]), std::uint32_t(row)};
  const std::span<PairRow> rows(pages.data(), count);
  options.stop_if_asked();
  tbb::parallel_sort(rows.begin(), rows.end());
  options.stop_if_asked();
  options.did(ledger.size(), rows.size(), rows.size() * sizeof(PairRow));

  all.rows.resize(rows.size());
  for_each_block(rows.size(), [&](std::size_t i) { all.rows[i] = rows[i].row; });
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) pairs += i == 0 || rows[i].pair != rows[i - 1].pair;
  all.pairs.reserve(pairs + 1);
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (i == 0 || rows[i].pair != rows[i - 1].pair)
      all.pairs.push_back(
          {WalletNumber(rows[i].pair >> 32), WalletNumber(rows[i].pair & 0xffffffffu), std::uint32_t(i), 0, 0});
  all.pairs.push_back({0, 0, std::uint32_t(rows.size()), 0, 0});
  for_each_block(pairs, [&](std::size_t i) {
    all.pairs[i].first = ledger.time[rows[all.pairs[i].begin].row];
    all.pairs[i].last = ledger.time[rows[all.pairs[i + 1].begin - 1].row];
  });
}

std::span<const Exchange> pairs_of(const Exchanges& all) { return std::span(all.pairs).first(all.pairs.size() - 1); }

// Returns who is excluded, by wallet.
std::vector<bool> find_workers(const LedgerView& ledger, const ExchangeQuestion& question, Exchanges& all) {
  const std::size_t wallets = ledger.wallet_count();
  all.paid_begin.resize(wallets + 1);
  all.payers.resize(wallets);
  for (const Exchange& pair : pairs_of(all)) ++all.paid_begin[pair.from], ++all.payers[pair.to];
  add_up(all.paid_begin);
  all.is_worker.resize(wallets);
  std::vector<bool> is_excluded(wallets);
  for (std::size_t wallet = 0; wallet < wallets; ++wallet) {
    is_excluded[wallet] = !question.excluded.empty() && question.excluded[to_index(ledger.wallet_account[wallet])];
    all.is_worker[wallet] = !is_excluded[wallet] && all.payers[wallet] <= question.hub_degree &&
                            all.paid_begin[wallet + 1] - all.paid_begin[wallet] <= question.hub_degree;
    if (all.is_worker[wallet] != 0) all.all_activity += all.payers[wallet];
  }
  return is_excluded;
}

void index_workers(const std::vector<bool>& is_excluded, Exchanges& all) {
  const std::size_t wallets = all.is_worker.size();
  const auto buys = [&](const Exchange& pair) { return all.is_worker[pair.from] != 0 && !is_excluded[pair.to]; };
  const auto pays = [&](const Exchange& pair) { return all.is_worker[pair.to] != 0 && !is_excluded[pair.from]; };
  all.customers_begin.resize(wallets + 1);
  all.recipients_begin.resize(wallets + 1);
  all.activity.resize(wallets);
  for (const Exchange& pair : pairs_of(all)) {
    all.customers_begin[pair.to] += buys(pair);
    all.recipients_begin[pair.from] += pays(pair);
    if (buys(pair)) all.activity[pair.to] += all.payers[pair.from];
  }
  add_up(all.customers_begin);
  add_up(all.recipients_begin);
  all.customers.resize(all.customers_begin.back());
  all.recipients.resize(all.recipients_begin.back());
  std::vector<std::uint32_t> next = all.customers_begin;
  std::size_t recipient = 0;
  for (std::uint32_t place = 0; place < pairs_of(all).size(); ++place) {
    const Exchange& pair = all.pairs[place];
    if (buys(pair)) all.customers[next[pair.to]++] = place;
    if (pays(pair)) all.recipients[recipient++] = place;
  }
}

// Of two ascending lists each: O(pairs).
void intersect_roles(Exchanges& all) {
  all.paid_back.resize(all.payers.size());
  for_each_block(all.payers.size(), [&](std::size_t wallet) {
    std::uint32_t customer = all.customers_begin[wallet], recipient = all.recipients_begin[wallet];
    while (customer < all.customers_begin[wallet + 1] && recipient < all.recipients_begin[wallet + 1]) {
      const WalletNumber buys = all.pairs[all.customers[customer]].from,
                         is_paid = all.pairs[all.recipients[recipient]].to;
      all.paid_back[wallet] += buys == is_paid;
      customer += buys <= is_paid;
      recipient += is_paid <= buys;
    }
  });
}

}  // namespace

Exchanges collect_exchanges(const BackendOptions& options, const LedgerView& ledger, const ExchangeQuestion& question) {
  Exchanges all;
  sort_payments(options, ledger, all);
  options.stop_if_asked();
  index_workers(find_workers(ledger, question, all), all);
  intersect_roles(all);
  options.did(0, 4 * all.pairs.size(), sizeof(Exchange) * all.pairs.size());
  return all;
}

}  // namespace ringscan::cpu
