// What the literature on click farms looks for besides a closed money path: bursts, accounts in step, equal amounts,
// fresh accounts, little other activity, a common source of money. Shown beside the tests; no gate and no part of the
// score. Counts are exact integers.
//
// Costs the purchases of the merchants' customers and the payments of the workers, sorted: n log n, and no step is
// quadratic in anybody's degree.
#pragma once
#include <cstdint>
#include <optional>

#include "discover/evaluator.hpp"
#include "discover/history.hpp"

namespace ringscan::discover {

struct Share {
  std::uint64_t count = 0, of = 0;
  friend bool operator==(const Share&, const Share&) = default;
};

// Customers here may be workers (DiscoverOptions::hub_degree); others: customers of the merchants that are no workers.
struct Circumstances {
  // The burst of all purchases at the merchants, as of `scan --between auto`; on an axis of seconds alone. Purchases in
  // it, and the whole ledger's payments in the same time.
  std::optional<Interval> burst;
  Share purchases_in_burst, payments_in_burst;
  double burst_tail = 0;  // -log10 of a bound on the chance of such a burst, did purchases come as all payments do

  // First purchases within `step` of a worker's: of (another) worker, and of others.
  std::uint64_t step = 0;
  Share workers_in_step, others_in_step;

  // Payments whose exact amount another worker has too: from payers to workers, and from these to merchants.
  Share equal_rewards, equal_purchases;

  // Accounts first seen in the ledger at most `youth` before their first purchase at the merchants; of those whose
  // first purchase is later than that after the ledger's beginning.
  std::uint64_t youth = 0;
  Share fresh_workers, fresh_others;

  Share payments_inside;  // of the workers, in all assets: with the merchants and the payers
  Share workers_inside;   // half of whose payments or more are

  // Who paid most workers their first money in the ledger, in any asset, before they first bought; not the merchants
  // and payers. None if it is one worker each.
  std::optional<Account> funder;
  Share workers_funded;    // of those whose first money came so
  double funder_tail = 0;  // -log10 of a bound on the chance, were their sources drawn as those of all accounts

  friend bool operator==(const Circumstances&, const Circumstances&) = default;
};

class Observer {
 public:
  Observer(const TradeGraph& graph, const Ledger& ledger, const DiscoverOptions& options)
      : graph_(graph), ledger_(ledger), view_(ledger.view().checked()), options_(options), history_(ledger.view()) {}

  // `workers`: those reported, ascending. Adds what was looked at to `work`.
  Circumstances observe(const Candidate& candidate, const std::vector<Node>& workers, Work& work) const;

 private:
  struct FirstPurchase {
    Node node;
    std::uint32_t time;
  };
  struct Customers {
    std::vector<FirstPurchase> workers, others;  // ascending node
    std::vector<std::uint32_t> times;            // of all purchases, ascending
  };

  Customers find_customers(const Candidate& candidate, const std::vector<Node>& workers, Work& work) const;
  void find_burst_of(const Customers& customers, Circumstances& found) const;
  void find_steps(const Customers& customers, Circumstances& found) const;
  Share fresh(const std::vector<FirstPurchase>& customers) const;
  void compare_amounts(const Candidate& candidate, const std::vector<Node>& workers, Circumstances& found,
                       Work& work) const;
  void find_funder(const Candidate& candidate, const Customers& customers, Circumstances& found) const;
  std::size_t account(Node node) const { return to_index(view_.wallet_account[node]); }

  const TradeGraph& graph_;
  const Ledger& ledger_;
  LedgerView view_;
  const DiscoverOptions& options_;
  History history_;
};

}  // namespace ringscan::discover
