// Who paid whom, how much and when: the three pair tables that discovery asks (purchases, payments to workers,
// funding), as one sorted table of edges with two indexes.
//
// A node is a wallet: one account in one asset, so that amounts of different assets never meet. Payments of amount 0
// and to oneself are left out. Amounts become the nearest doubles, and sums are taken in canonical order: equal ledgers
// give equal sums. O(N log N) time; 52 bytes a payment and 48 an edge at the peak.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "backend.hpp"
#include "discover/options.hpp"

namespace ringscan::discover {

using Node = std::uint32_t;    // Wallet, for tables of them
using EdgeId = std::uint32_t;  // a place in TradeGraph::edges
inline constexpr EdgeId no_edge = ~EdgeId{0};

// What one node paid another.
struct Edge {
  Node from, to;
  std::uint32_t begin;        // of its payments
  std::uint32_t first, last;  // times, as in LedgerView
  double sum;
};

struct Payment {
  double amount;
  std::uint32_t time, row;
};

// The nearest double, ties to even.
double nearest_double(const Amount& amount);
double nearest_double(const AmountKeysView& amounts, bool keys_are_codes, AmountKey key);

class TradeGraph {
 public:
  // Throws Unavailable for 2^32 payments or more.
  TradeGraph(const LedgerView& ledger, const DiscoverOptions& options, const std::vector<bool>& excluded_accounts,
             const BackendOptions& run);

  std::size_t node_count() const { return is_worker_.size(); }
  // Ascending (from, to).
  std::span<const Edge> edges() const { return std::span(edges_).first(edges_.size() - 1); }
  const Edge& edge(EdgeId id) const { return edges_[id]; }
  std::uint32_t payment_count(EdgeId id) const { return edges_[id + 1].begin - edges_[id].begin; }
  // In canonical order.
  std::span<const Payment> payments(EdgeId id) const {
    return std::span(payments_).subspan(edges_[id].begin, payment_count(id));
  }

  // May be a worker: not excluded, and neither pays nor is paid by more nodes than the hub degree.
  bool is_worker(Node node) const { return is_worker_[node] != 0; }
  std::uint32_t payers(Node node) const { return payers_[node]; }  // distinct, of everybody
  std::uint32_t payees(Node node) const { return out_begin_[node + 1] - out_begin_[node]; }

  // Edges from possible workers to a merchant, ascending worker. None for an excluded node.
  std::span<const EdgeId> customers(Node merchant) const { return group(customers_, customer_begin_, merchant); }
  // Edges from a payer to possible workers, ascending worker. None for an excluded node.
  std::span<const EdgeId> recipients(Node payer) const { return group(recipients_, recipient_begin_, payer); }
  // Edges from a node to anybody, ascending receiver: begin and end.
  std::pair<EdgeId, EdgeId> paid_by(Node node) const { return {out_begin_[node], out_begin_[node + 1]}; }
  // O(log payees).
  EdgeId find(Node from, Node to) const;

  // Payers of the merchant's customers, summed: how active its customers are.
  std::uint64_t activity(Node merchant) const { return activity_[merchant]; }
  std::uint64_t all_activity() const { return all_activity_; }

 private:
  static std::span<const EdgeId> group(const std::vector<EdgeId>& ids, const std::vector<EdgeId>& begin, Node node) {
    return std::span(ids).subspan(begin[node], begin[node + 1] - begin[node]);
  }
  void read_payments(const LedgerView& ledger);
  void find_workers(const LedgerView& ledger, const DiscoverOptions& options, const std::vector<bool>& excluded);
  void index_workers(const std::vector<bool>& is_excluded);

  std::vector<Edge> edges_;  // and one behind the last
  std::vector<Payment> payments_;
  std::vector<EdgeId> out_begin_;
  std::vector<std::uint32_t> payers_;
  std::vector<std::uint8_t> is_worker_;
  std::vector<EdgeId> customers_, customer_begin_, recipients_, recipient_begin_;
  std::vector<std::uint64_t> activity_;
  std::uint64_t all_activity_ = 0;
};

}  // namespace ringscan::discover
