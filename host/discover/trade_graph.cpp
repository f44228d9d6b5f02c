#include "discover/trade_graph.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_sort.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace ringscan::discover {
namespace {

constexpr AmountKey first_wide_key = AmountKey{1} << 57;  // below it a key is the amount, doubled

struct PairRow {
  std::uint64_t pair;
  std::uint32_t row;
  friend auto operator<=>(const PairRow&, const PairRow&) = default;
};

// Begins of groups from their sizes: counts[i] is that of group i, the last one 0.
void add_up(std::vector<EdgeId>& counts) {
  EdgeId begin = 0;
  for (EdgeId& count : counts) begin += std::exchange(count, begin);
}

}  // namespace

double nearest_double(const Amount& amount) {
  int top = 3;
  while (top > 0 && amount.limbs[std::size_t(top)] == 0) --top;
  const std::uint64_t high = amount.limbs[std::size_t(top)];
  if (top == 0) return double(high);
  // 62 bits and more, and a last one that says whether there is anything below: enough to round as the whole would.
  const int shift = std::countl_zero(high);
  const std::uint64_t next = amount.limbs[std::size_t(top - 1)];
  std::uint64_t bits = shift == 0 ? high : high << shift | next >> (64 - shift);
  bool rest = shift == 0 ? next != 0 : next << shift != 0;
  for (int limb = top - 2; limb >= 0; --limb) rest |= amount.limbs[std::size_t(limb)] != 0;
  bits |= rest;
  return std::ldexp(double(bits), 64 * top - shift);
}

double nearest_double(const AmountKeysView& amounts, bool keys_are_codes, AmountKey key) {
  if (key < first_wide_key) return double(key >> 1);
  if (!keys_are_codes) return nearest_double(amounts.amount(key));
  // The code itself: 55 bits behind the leading one, and whether there is anything below.
  const std::uint64_t bits = (std::uint64_t{1} << 56) | (key & ((std::uint64_t{1} << 56) - 1));
  return std::ldexp(double(bits), int(key >> 56) + 55 - 57);
}

TradeGraph::TradeGraph(const LedgerView& given, const DiscoverOptions& options,
                       const std::vector<bool>& excluded_accounts, const BackendOptions& run) {
  const LedgerView ledger = given.checked();
  if (ledger.size() >= std::numeric_limits<std::uint32_t>::max())
    throw Unavailable("discover takes fewer than 2^32 payments: cut the ledger with --start, --end or --assets");
  run.enter("pairs");
  read_payments(ledger);
  run.stop_if_asked();
  find_workers(ledger, options, excluded_accounts);
}

void TradeGraph::read_payments(const LedgerView& ledger) {
  std::vector<PairRow> rows;
  rows.reserve(ledger.size());
  for (Row row = 0; row < ledger.size(); ++row)
    if (ledger.amount[row] != 0 && ledger.from[row] != ledger.to[row])
      rows.push_back({std::uint64_t(to_index(ledger.from[row])) << 32 | to_index(ledger.to[row]), std::uint32_t(row)});
  tbb::parallel_sort(rows.begin(), rows.end());

  payments_.resize(rows.size());
  const bool keys_are_codes = !ledger.amounts.shifted();
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, rows.size(), 1 << 14), [&](const auto& range) {
    for (std::size_t i = range.begin(); i < range.end(); ++i) {
      const std::uint32_t row = rows[i].row;
      payments_[i] = {nearest_double(ledger.amounts, keys_are_codes, ledger.amount[row]), ledger.time[row], row};
    }
  });
  std::size_t edges = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) edges += i == 0 || rows[i].pair != rows[i - 1].pair;
  edges_.reserve(edges + 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Payment& payment = payments_[i];
    if (i == 0 || rows[i].pair != rows[i - 1].pair)
      edges_.push_back({Node(rows[i].pair >> 32), Node(rows[i].pair), EdgeId(i), payment.time, payment.time, 0});
    edges_.back().last = payment.time;
    edges_.back().sum += payment.amount;
  }
  edges_.push_back({0, 0, EdgeId(rows.size()), 0, 0, 0});
}

void TradeGraph::find_workers(const LedgerView& ledger, const DiscoverOptions& options,
                              const std::vector<bool>& excluded) {
  const std::size_t nodes = ledger.wallet_count();
  out_begin_.resize(nodes + 1);
  payers_.resize(nodes);
  for (const Edge& edge : edges()) ++out_begin_[edge.from], ++payers_[edge.to];
  add_up(out_begin_);
  is_worker_.resize(nodes);
  std::vector<bool> is_excluded(nodes);
  for (std::size_t node = 0; node < nodes; ++node) {
    is_excluded[node] = !excluded.empty() && excluded[to_index(ledger.wallet_account[node])];
    is_worker_[node] =
        !is_excluded[node] && payers_[node] <= options.hub_degree && payees(Node(node)) <= options.hub_degree;
    if (is_worker_[node] != 0) all_activity_ += payers_[node];
  }
  index_workers(is_excluded);
}

void TradeGraph::index_workers(const std::vector<bool>& is_excluded) {
  const std::size_t nodes = node_count();
  const auto buys = [&](const Edge& edge) { return is_worker_[edge.from] != 0 && !is_excluded[edge.to]; };
  const auto pays = [&](const Edge& edge) { return is_worker_[edge.to] != 0 && !is_excluded[edge.from]; };
  customer_begin_.resize(nodes + 1);
  recipient_begin_.resize(nodes + 1);
  activity_.resize(nodes);
  for (const Edge& edge : edges()) {
    customer_begin_[edge.to] += buys(edge);
    recipient_begin_[edge.from] += pays(edge);
    if (buys(edge)) activity_[edge.to] += payers_[edge.from];
  }
  add_up(customer_begin_);
  add_up(recipient_begin_);
  customers_.resize(customer_begin_.back());
  recipients_.resize(recipient_begin_.back());
  std::vector<EdgeId> next = customer_begin_;
  std::size_t recipient = 0;
  for (EdgeId id = 0; id < edges().size(); ++id) {
    const Edge& edge = edges_[id];
    if (buys(edge)) customers_[next[edge.to]++] = id;
    if (pays(edge)) recipients_[recipient++] = id;
  }
}

EdgeId TradeGraph::find(Node from, Node to) const {
  const auto [begin, end] = paid_by(from);
  const auto first = edges_.begin() + begin, last = edges_.begin() + end;
  const auto found = std::lower_bound(first, last, to, [](const Edge& edge, Node node) { return edge.to < node; });
  return found != last && found->to == to ? EdgeId(found - edges_.begin()) : no_edge;
}

}  // namespace ringscan::discover
