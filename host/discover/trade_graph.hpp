// Who paid whom, how much and when: the pair tables that a backend collects (purchases, payments to workers, funding),
// with the amounts that discovery computes with.
//
// A node is a wallet: one account in one asset, so that amounts of different assets never meet. Payments of amount 0
// and to oneself are left out. Amounts become the nearest doubles, and sums are taken in canonical order: equal ledgers
// give equal sums. Beside what the backend takes 20 bytes a payment and 36 an edge at the peak.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "backend.hpp"
#include "discover/options.hpp"

namespace ringscan::discover {

using Node = WalletNumber;
using EdgeId = std::uint32_t;  // a place in TradeGraph::edges
inline constexpr EdgeId no_edge = ~EdgeId{0};
using Edge = Exchange;  // what one node paid another

struct Payment {
  double amount;
  std::uint32_t time, row;
};

// The nearest double, ties to even.
double nearest_double(const Amount& amount);
double nearest_double(const AmountKeysView& amounts, bool keys_are_codes, AmountKey key);

class TradeGraph {
 public:
  // Throws Unavailable for 2^32 payments or more, and what the backend throws.
  TradeGraph(const LedgerView& ledger, const DiscoverOptions& options, std::vector<bool> excluded_accounts,
             Backend& backend, const BackendOptions& run);

  std::size_t node_count() const { return exchanges_.payers.size(); }
  // As the backend gave it, without the rows.
  const Exchanges& exchanges() const { return exchanges_; }
  // Ascending (from, to).
  std::span<const Edge> edges() const { return std::span(exchanges_.pairs).first(exchanges_.pairs.size() - 1); }
  const Edge& edge(EdgeId id) const { return exchanges_.pairs[id]; }
  double sum(EdgeId id) const { return sums_[id]; }
  std::uint32_t payment_count(EdgeId id) const { return edge(id + 1).begin - edge(id).begin; }
  // In canonical order.
  std::span<const Payment> payments(EdgeId id) const {
    return std::span(payments_).subspan(edge(id).begin, payment_count(id));
  }

  // May be a worker: not excluded, and neither pays nor is paid by more nodes than the hub degree.
  bool is_worker(Node node) const { return exchanges_.is_worker[node] != 0; }
  std::uint32_t payers(Node node) const { return exchanges_.payers[node]; }  // distinct, of everybody

  // Edges from possible workers to a merchant, ascending worker. None for an excluded node.
  std::span<const EdgeId> customers(Node merchant) const {
    return group(exchanges_.customers, exchanges_.customers_begin, merchant);
  }
  // Edges from a payer to possible workers, ascending worker. None for an excluded node.
  std::span<const EdgeId> recipients(Node payer) const {
    return group(exchanges_.recipients, exchanges_.recipients_begin, payer);
  }
  // Edges from a node to anybody, ascending receiver: begin and end.
  std::pair<EdgeId, EdgeId> paid_by(Node node) const {
    return {exchanges_.paid_begin[node], exchanges_.paid_begin[node + 1]};
  }
  // Of a node whose payees are soon searched: first the one, then the other.
  void prefetch_place(Node node) const { __builtin_prefetch(&exchanges_.paid_begin[node]); }
  void prefetch_payees(Node node) const {
    const auto [begin, end] = paid_by(node);
    __builtin_prefetch(&exchanges_.pairs[begin + (end - begin) / 2]);
  }
  // O(log payees).
  EdgeId find(Node from, Node to) const;

  // Payers of the merchant's customers, summed: how active its customers are.
  std::uint64_t activity(Node merchant) const { return exchanges_.activity[merchant]; }
  std::uint64_t all_activity() const { return exchanges_.all_activity; }

 private:
  static std::span<const EdgeId> group(const std::vector<EdgeId>& ids, const std::vector<EdgeId>& begin, Node node) {
    return std::span(ids).subspan(begin[node], begin[node + 1] - begin[node]);
  }

  Exchanges exchanges_;
  std::vector<Payment> payments_;
  std::vector<double> sums_;  // of amounts, by edge
};

}  // namespace ringscan::discover
