#include "discover/candidates.hpp"

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_sort.h>

#include <algorithm>
#include <cmath>

#include "discover/tails.hpp"
#include "discover/tally.hpp"

namespace ringscan::discover {
namespace {

// What `visit(node, scratch, out)` appends for every node, in no particular order.
template <class T, class Scratch, class Visit>
std::vector<T> collect(std::size_t nodes, const BackendOptions& run, tbb::enumerable_thread_specific<Scratch>& scratch,
                       Visit visit) {
  tbb::enumerable_thread_specific<std::vector<T>> found;
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, nodes, 256), [&](const auto& range) {
    run.stop_if_asked();
    for (std::size_t node = range.begin(); node < range.end(); ++node)
      visit(Node(node), scratch.local(), found.local());
  });
  std::vector<T> all;
  for (const std::vector<T>& part : found) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// A payment to a possible worker.
struct Receipt {
  double amount;
  Node payer;
  std::uint32_t time;
};

// Each possible worker's receipts in time order, from payers that a pair may have.
class Receipts {
 public:
  Receipts(const TradeGraph& graph, const DiscoverOptions& options, const std::vector<bool>& banned) {
    const auto is_payer = [&](Node node) {
      const std::size_t recipients = graph.recipients(node).size();
      return !banned[node] && recipients >= options.min_workers && recipients <= options.max_recipients;
    };
    begin_.resize(graph.node_count() + 1);
    const auto for_each_edge = [&](auto visit) {
      for (Node payer = 0; payer < graph.node_count(); ++payer)
        if (is_payer(payer))
          for (const EdgeId id : graph.recipients(payer)) visit(payer, id);
    };
    for_each_edge([&](Node, EdgeId id) { begin_[graph.edge(id).to] += graph.payment_count(id); });
    std::uint32_t next = 0;
    for (std::uint32_t& begin : begin_) next += std::exchange(begin, next);
    receipts_.resize(next);
    std::vector<std::uint32_t> place = begin_;
    for_each_edge([&](Node payer, EdgeId id) {
      for (const Payment& payment : graph.payments(id))
        receipts_[place[graph.edge(id).to]++] = {payment.amount, payer, payment.time};
    });
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, graph.node_count(), 1024), [&](const auto& range) {
      for (std::size_t node = range.begin(); node < range.end(); ++node)
        std::sort(receipts_.begin() + begin_[node], receipts_.begin() + begin_[node + 1],
                  [](const Receipt& a, const Receipt& b) {
                    return std::tuple(a.time, a.payer, a.amount) < std::tuple(b.time, b.payer, b.amount);
                  });
    });
  }
  std::span<const Receipt> of(Node node) const {
    return std::span(receipts_).subspan(begin_[node], begin_[node + 1] - begin_[node]);
  }

 private:
  std::vector<std::uint32_t> begin_;
  std::vector<Receipt> receipts_;
};

struct PairScratch {
  Tally tally;                     // by payer and side: workers
  std::vector<std::uint64_t> own;  // of one worker
  Work work;
};

// Calls visit(payer, side) for every receipt that matches the purchase with a gain, the nearest on each side.
template <class Visit>
void for_each_match(const DiscoverOptions& options, const Payment& purchase, std::span<const Receipt> receipts,
                    Work& work, Visit visit) {
  const auto later = std::ranges::upper_bound(receipts, purchase.time, {}, &Receipt::time);
  const auto look = [&](const Receipt& receipt, std::uint32_t delay, Side side) {
    if (delay > options.within) return false;
    ++work.windows;
    if (gain_of(options, purchase.amount, receipt.amount) == Gain::more) visit(receipt.payer, side);
    return true;
  };
  std::uint32_t most = options.rewards_a_purchase;
  for (auto i = later; i != receipts.end() && most > 0; ++i, --most)
    if (!look(*i, i->time - purchase.time, Side::after)) break;
  most = options.rewards_a_purchase;
  const auto earlier = std::ranges::lower_bound(receipts.begin(), later, purchase.time, {}, &Receipt::time);
  for (auto i = earlier; i != receipts.begin() && most > 0; --most)
    if (--i; !look(*i, purchase.time - i->time, Side::before)) break;
}

void sort_candidates(std::vector<Candidate>& candidates) {
  tbb::parallel_sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
}

}  // namespace

std::vector<Candidate> direct_candidates(const TradeGraph& graph, const DiscoverOptions& options) {
  std::vector<Candidate> candidates;
  if (!options.pays_directly) return candidates;
  for (Node node = 0; node < graph.node_count(); ++node) {
    const std::span<const EdgeId> customers = graph.customers(node), recipients = graph.recipients(node);
    std::uint32_t paid_back = 0;
    for (std::size_t i = 0, j = 0; i < customers.size() && j < recipients.size();) {
      const Node customer = graph.edge(customers[i]).from, recipient = graph.edge(recipients[j]).to;
      paid_back += customer == recipient;
      i += customer <= recipient;
      j += recipient <= customer;
    }
    if (paid_back >= options.min_workers) candidates.push_back({{node}, {node}});
  }
  return candidates;
}

std::vector<Candidate> matching_pairs(const TradeGraph& graph, const DiscoverOptions& options,
                                      const std::vector<bool>& banned, const BackendOptions& run, Work& work) {
  const Receipts receipts(graph, options, banned);
  const double activity = double(std::max<std::uint64_t>(1, graph.all_activity()));
  tbb::enumerable_thread_specific<PairScratch> scratch;
  const auto visit = [&](Node merchant, PairScratch& own, std::vector<Candidate>& out) {
    const std::span<const EdgeId> customers = graph.customers(merchant);
    if (banned[merchant] || customers.size() < options.min_workers) return;
    own.tally.clear();
    for (const EdgeId id : customers) {
      own.own.clear();
      const std::span<const Receipt> received = receipts.of(graph.edge(id).from);
      for (const Payment& purchase : graph.payments(id))
        for_each_match(options, purchase, received, own.work, [&](Node payer, Side side) {
          if (payer != merchant) own.own.push_back(std::uint64_t{payer} << 1 | std::uint64_t(side));
        });
      std::ranges::sort(own.own);
      own.own.erase(std::unique(own.own.begin(), own.own.end()), own.own.end());
      for (const std::uint64_t key : own.own) own.tally.add(key);
    }
    for (const auto& [key, workers] : own.tally.counts()) {
      const Node payer = Node(key >> 1);
      const double recipients = double(graph.recipients(payer).size());
      const double expected = options.open_rate * recipients * double(graph.activity(merchant)) / activity;
      if (workers >= options.min_workers && workers <= options.max_recipients &&
          workers >= options.open_share * recipients &&
          poisson_tail(workers, expected) > -std::log10(options.open_chance))
        out.push_back({{merchant}, {payer}});
    }
  };
  std::vector<Candidate> pairs = collect<Candidate>(graph.node_count(), run, scratch, visit);
  for (const PairScratch& own : scratch) work += own.work;
  sort_candidates(pairs);
  return pairs;
}

std::vector<Link> find_links(const TradeGraph& graph, const DiscoverOptions& options, const std::vector<bool>& banned,
                             const BackendOptions& run, Work& work) {
  const double activity = double(std::max<std::uint64_t>(1, graph.all_activity()));
  tbb::enumerable_thread_specific<PairScratch> scratch;
  const auto visit = [&](Node payer, PairScratch& own, std::vector<Link>& out) {
    const std::span<const EdgeId> recipients = graph.recipients(payer);
    if (banned[payer] || recipients.size() < 2 || recipients.size() > options.max_recipients) return;
    own.tally.clear();
    for (const EdgeId id : recipients) {
      const auto [begin, end] = graph.paid_by(graph.edge(id).to);
      for (EdgeId bought = begin; bought < end; ++bought) own.tally.add(graph.edge(bought).to);
      own.work.paths += end - begin;
    }
    for (const auto& [key, common] : own.tally.counts()) {
      const Node merchant = Node(key);
      if (common < 2 || merchant == payer || banned[merchant] || graph.customers(merchant).size() < 2) continue;
      const double expected = double(recipients.size()) * double(graph.activity(merchant)) / activity;
      const double rarity = poisson_tail(common, expected);
      ++own.work.lookups;
      const bool is_funded = graph.find(merchant, payer) != no_edge;
      const bool is_strong_fund = is_funded && common >= 3 && rarity > -std::log10(options.strong_chance);
      const bool overlaps = recipients.size() >= 3 && recipients.size() <= options.overlap_recipients && common >= 3 &&
                            common >= options.overlap_share * double(recipients.size()) &&
                            rarity > -std::log10(options.overlap_chance);
      if (overlaps || (is_funded && rarity > -std::log10(options.linked_chance)))
        out.push_back({merchant, payer, common, overlaps || is_strong_fund});
    }
  };
  std::vector<Link> links = collect<Link>(graph.node_count(), run, scratch, visit);
  for (const PairScratch& own : scratch) work += own.work;
  tbb::parallel_sort(links.begin(), links.end(), [](const Link& a, const Link& b) {
    return std::pair(a.payer, a.merchant) < std::pair(b.payer, b.merchant);
  });
  return links;
}

}  // namespace ringscan::discover
