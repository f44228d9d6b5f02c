#include "discover/trade_graph.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace ringscan::discover {
namespace {

constexpr std::size_t ahead = 16;  // payments whose columns are soon looked at

constexpr AmountKey first_wide_key = AmountKey{1} << 57;  // below it a key is the amount, doubled

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

TradeGraph::TradeGraph(const LedgerView& given, const DiscoverOptions& options, std::vector<bool> excluded_accounts,
                       Backend& backend, const BackendOptions& run) {
  const LedgerView ledger = given.checked();
  if (ledger.size() >= std::numeric_limits<std::uint32_t>::max())
    throw Unavailable("discover takes fewer than 2^32 payments: cut the ledger with --start, --end or --assets");
  run.enter("pairs");
  exchanges_ = backend.collect_exchanges(ledger, {std::move(excluded_accounts), options.hub_degree});
  run.stop_if_asked();
  payments_.resize(exchanges_.rows.size());
  sums_.resize(edges().size());
  const bool keys_are_codes = !ledger.amounts.shifted();
  tbb::parallel_for(tbb::blocked_range<EdgeId>(0, EdgeId(sums_.size()), 1 << 12), [&](const auto& range) {
    for (EdgeId id = range.begin(); id < range.end(); ++id)
      for (std::uint32_t i = edge(id).begin; i < edge(id + 1).begin; ++i) {
        if (i + ahead < exchanges_.rows.size()) {
          __builtin_prefetch(&ledger.amount[exchanges_.rows[i + ahead]]);
          __builtin_prefetch(&ledger.time[exchanges_.rows[i + ahead]]);
        }
        const std::uint32_t row = exchanges_.rows[i];
        payments_[i] = {nearest_double(ledger.amounts, keys_are_codes, ledger.amount[row]), ledger.time[row], row};
        sums_[id] += payments_[i].amount;
      }
  });
  exchanges_.rows = {};
}

EdgeId TradeGraph::find(Node from, Node to) const {
  const auto [begin, end] = paid_by(from);
  const auto first = exchanges_.pairs.begin() + begin, last = exchanges_.pairs.begin() + end;
  const auto found = std::lower_bound(first, last, to, [](const Edge& edge, Node node) { return edge.to < node; });
  return found != last && found->to == to ? EdgeId(found - exchanges_.pairs.begin()) : no_edge;
}

}  // namespace ringscan::discover
