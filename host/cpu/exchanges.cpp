#include "cpu/exchanges.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_sort.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "io/pages.hpp"

namespace ringscan::cpu {
namespace {

struct PairRow {
  std::uint64_t pair;
  std::uint32_t row, time;
  friend bool operator<(const PairRow& a, const PairRow& b) {
    return std::pair(a.pair, a.row) < std::pair(b.pair, b.row);
  }
};

// Buckets of senders: few enough to be written at once, and what is in one stays near while it is sorted.
constexpr std::size_t bucket_bits = 10, chunks = 16, most_at_once = 1 << 16;

// What is soon looked at in memory that is read here and there.
constexpr std::size_t ahead = 16;

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

// Calls body(chunk, row) for every payment that counts; chunks of rows at once, the rows of one in order.
template <class Body>
void for_each_payment(const LedgerView& ledger, Body body) {
  tbb::parallel_for(std::size_t{0}, chunks, [&](std::size_t chunk) {
    for (Row row = ledger.size() * chunk / chunks; row < ledger.size() * (chunk + 1) / chunks; ++row)
      if (ledger.amount[row] != 0 && ledger.from[row] != ledger.to[row]) body(chunk, row);
  });
}

void sort_payments(const BackendOptions& options, const LedgerView& ledger, Exchanges& all) {
  const int shift = std::max(0, int(std::bit_width(ledger.wallet_count())) - int(bucket_bits));
  const std::size_t buckets = (ledger.wallet_count() >> shift) + 1;
  const auto bucket_of = [&](Row row) { return to_index(ledger.from[row]) >> shift; };
  std::vector<std::uint32_t> next(buckets * chunks + 1);  // by bucket and chunk: where its next payment goes
  for_each_payment(ledger, [&](std::size_t chunk, Row row) { ++next[bucket_of(row) * chunks + chunk]; });
  add_up(next);
  const std::size_t count = next.back();
  std::vector<std::uint32_t> begin(buckets + 1);
  for (std::size_t bucket = 0; bucket <= buckets; ++bucket) begin[bucket] = next[bucket * chunks];
  PagedArray<PairRow> rows;  // goes back to the system, so that what comes next finds room
  rows.resize(count);
  for_each_payment(ledger, [&](std::size_t chunk, Row row) {
    const std::uint64_t from = to_index(ledger.from[row]), to = to_index(ledger.to[row]);
    rows[next[bucket_of(row) * chunks + chunk]++] = {from << 32 | to, std::uint32_t(row), ledger.time[row]};
  });
  options.stop_if_asked();
  std::vector<std::uint32_t> pairs_begin(buckets + 1);
  const auto begins_pair = [&](std::size_t i, std::size_t first) {
    return i == first || rows[i].pair != rows[i - 1].pair;
  };
  tbb::parallel_for(std::size_t{0}, buckets, [&](std::size_t bucket) {
    PairRow *const first = rows.data() + begin[bucket], *const last = rows.data() + begin[bucket + 1];
    if (std::size_t(last - first) > most_at_once)
      tbb::parallel_sort(first, last);
    else
      std::sort(first, last);
    for (std::size_t i = begin[bucket]; i < begin[bucket + 1]; ++i)
      pairs_begin[bucket] += begins_pair(i, begin[bucket]);
  });
  add_up(pairs_begin);
  options.stop_if_asked();
  options.did(ledger.size(), count, count * sizeof(PairRow));

  all.rows.resize(count);
  all.pairs.resize(pairs_begin.back() + std::size_t{1});
  tbb::parallel_for(std::size_t{0}, buckets, [&](std::size_t bucket) {
    std::size_t end = pairs_begin[bucket];
    for (std::size_t i = begin[bucket]; i < begin[bucket + 1]; ++i) {
      const auto& [numbers, row, time] = rows[i];
      if (begins_pair(i, begin[bucket]))
        all.pairs[end++] = {WalletNumber(numbers >> 32), WalletNumber(numbers & 0xffffffffu), std::uint32_t(i), time,
                            0};
      all.pairs[end - 1].last = time;
      all.rows[i] = row;
    }
  });
  all.pairs.back() = {0, 0, std::uint32_t(count), 0, 0};
}

std::span<const Exchange> pairs_of(const Exchanges& all) { return std::span(all.pairs).first(all.pairs.size() - 1); }

// Returns who is excluded, by wallet.
std::vector<bool> find_workers(const LedgerView& ledger, const ExchangeQuestion& question, Exchanges& all) {
  const std::size_t wallets = ledger.wallet_count();
  all.paid_begin.resize(wallets + 1);
  all.payers.resize(wallets);
  const std::span<const Exchange> pairs = pairs_of(all);
  for (std::size_t place = 0; place < pairs.size(); ++place) {
    if (place + ahead < pairs.size()) __builtin_prefetch(&all.payers[pairs[place + ahead].to], 1);
    ++all.paid_begin[pairs[place].from], ++all.payers[pairs[place].to];
  }
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
  const std::span<const Exchange> pairs = pairs_of(all);
  for (std::size_t place = 0; place < pairs.size(); ++place) {
    if (place + ahead < pairs.size()) {
      const WalletNumber later = pairs[place + ahead].to;
      __builtin_prefetch(&all.customers_begin[later], 1);
      __builtin_prefetch(&all.activity[later], 1);
    }
    const Exchange& pair = pairs[place];
    all.recipients_begin[pair.from] += pays(pair);
    if (buys(pair)) ++all.customers_begin[pair.to], all.activity[pair.to] += all.payers[pair.from];
  }
  add_up(all.customers_begin);
  add_up(all.recipients_begin);
  all.customers.resize(all.customers_begin.back());
  all.recipients.resize(all.recipients_begin.back());
  std::vector<std::uint32_t> next = all.customers_begin;
  std::size_t recipient = 0;
  for (std::uint32_t place = 0; place < pairs.size(); ++place) {
    if (place + 2 * ahead < pairs.size()) {
      __builtin_prefetch(&next[pairs[place + 2 * ahead].to], 1);
      __builtin_prefetch(all.customers.data() + next[pairs[place + ahead].to], 1);
    }
    if (buys(pairs[place])) all.customers[next[pairs[place].to]++] = place;
    if (pays(pairs[place])) all.recipients[recipient++] = place;
  }
}

// Of two ascending lists each: O(pairs).
void intersect_roles(Exchanges& all) {
  all.paid_back.resize(all.payers.size());
  for_each_block(all.payers.size(), [&](std::size_t wallet) {
    std::uint32_t customer = all.customers_begin[wallet], recipient = all.recipients_begin[wallet];
    while (customer < all.customers_begin[wallet + 1] && recipient < all.recipients_begin[wallet + 1]) {
      if (customer + ahead < all.customers.size()) __builtin_prefetch(&all.pairs[all.customers[customer + ahead]]);
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
