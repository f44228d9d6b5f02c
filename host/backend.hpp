// THE SEAM: what a backend can be asked. cpu/, reference/ and kernels/ answer behind it, detect/ asks through it.
//
// A backend returns integers and row numbers only, the same ones whatever its threads and whichever backend it is;
// results are sorted, so equal answers are equal vectors. Merchants are distinct, known to the ledger and not excluded.
#pragma once
#include <atomic>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/errors.hpp"
#include "ledger/ledger.hpp"
#include "rule.hpp"

namespace ringscan {

// Customer `customer` is a suspect at merchants[merchant]; every wallet of either counts.
struct Suspicion {
  std::uint32_t merchant;  // a place in the list of merchants that was asked about
  Account customer;
  friend auto operator<=>(const Suspicion&, const Suspicion&) = default;
};

// The canonical rows behind a suspicion: the first purchase that satisfies the rule, for it the first reward, for both
// the first R3 (advanced); for basic R0 as funding and no reward. Whatever the model does not have is no_row.
struct Evidence {
  Row purchase = no_row;
  Row reward = no_row;
  Row funding = no_row;
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

struct HitCount {
  std::uint64_t hits = 0;   // purchases that satisfy the rule
  std::uint64_t pairs = 0;  // distinct (merchant account, customer account) among them
  friend bool operator==(const HitCount&, const HitCount&) = default;
};

using WalletNumber = std::uint32_t;  // a Wallet, in tables of them

// What one wallet paid another.
struct Exchange {
  WalletNumber from, to;
  std::uint32_t begin;        // of its payments in Exchanges::rows
  std::uint32_t first, last;  // times of them, as in LedgerView
  friend bool operator==(const Exchange&, const Exchange&) = default;
};

// Who paid whom: what discover is built on. Wallets of one asset meet; payments of amount 0 and to oneself are left
// out. 20 bytes a pair, 4 a payment, up to 8 a pair for the two indexes, 29 a wallet.
struct Exchanges {
  std::vector<std::uint32_t> rows;  // by (from, to), then as they stand
  // Ascending (from, to), and one behind the last, of which only `begin` means anything.
  std::vector<Exchange> pairs;
  // By wallet, and one behind the last: where in `pairs`, `customers` and `recipients` its own begin.
  std::vector<std::uint32_t> paid_begin, customers_begin, recipients_begin;
  // By wallet. A possible worker is not excluded, and neither pays nor is paid by more wallets than the hub degree.
  std::vector<std::uint32_t> payers;  // distinct, of everybody
  std::vector<std::uint8_t> is_worker;
  std::vector<std::uint64_t> activity;   // payers of its customers, summed
  std::vector<std::uint32_t> paid_back;  // customers that are its recipients, too
  std::uint64_t all_activity = 0;        // payers of all possible workers, summed
  // Places in `pairs`: from possible workers to wallets that are not excluded, ascending (to, from); from wallets that
  // are not excluded to possible workers, ascending (from, to).
  std::vector<std::uint32_t> customers, recipients;
  friend bool operator==(const Exchanges&, const Exchanges&) = default;
};

struct ExchangeQuestion {
  std::vector<bool> excluded;  // by account, or empty: no workers, and neither customers nor recipients of theirs
  std::uint32_t hub_degree = 0;
};

// Possible workers that pay the merchant and are paid by the payer.
struct CommonAccounts {
  WalletNumber merchant, payer;
  std::uint32_t count;
  bool is_funded;  // the merchant paid the payer
  friend bool operator==(const CommonAccounts&, const CommonAccounts&) = default;
};

struct CommonCounts {
  std::vector<CommonAccounts> pairs;  // ascending (payer, merchant)
  std::uint64_t paths = 0;            // payer -> recipient -> whoever that pays: what there was to count
  std::uint64_t compared = 0;         // pairs with two common accounts or more
  friend bool operator==(const CommonCounts&, const CommonCounts&) = default;
};

// A payer has between 2 and `most_recipients` recipients, a merchant 2 customers or more.
struct CommonQuestion {
  std::vector<bool> banned;  // by wallet: neither merchant nor payer
  std::uint32_t most_recipients = 0;
  // Of a pair that is not funded: common accounts at least, by the payer's recipients; none is enough beyond the end. A
  // funded pair needs 2.
  std::vector<std::uint32_t> least_common;
};

struct DeviceMemory {
  std::uint64_t needed_bytes = 0;  // at most
  std::uint64_t free_bytes = 0;
};

// What count_hits within BackendOptions::memory_bytes would take.
struct CountPlan {
  bool is_in_memory = true;         // as without a limit; what follows is 0 then
  std::uint64_t memory_bytes = 0;   // anonymous, at most
  std::uint64_t disk_bytes = 0;     // of files without names, at most
  std::uint64_t ledger_passes = 0;  // how often the columns are read
  std::uint64_t parts = 0;          // in which spilled lines are counted; 0: one sweep after another spills pairs alone
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string_view name() const = 0;

  // The ring join: every (merchant, customer) with a purchase that satisfies the rule, ascending and distinct.
  virtual std::vector<Suspicion> find_suspects(const LedgerView& ledger, const Rule& rule,
                                               std::span<const Merchant> merchants) = 0;
  // Distinct senders to each merchant, over all assets, excluded accounts and all times included (Algorithm 3 divides
  // by them).
  virtual std::vector<std::uint64_t> count_customers(const LedgerView& ledger, std::span<const Merchant> merchants) = 0;
  // The set intersections: customers that are suspects at `quorum` merchants or more, ascending. Needs quorum >= 1 and
  // suspects as find_suspects returns them.
  virtual std::vector<Account> find_workers(const LedgerView& ledger, std::span<const Suspicion> suspects,
                                            std::uint64_t quorum) = 0;
  // Canonical evidence for each of `suspects`, which find_suspects returned for the same question (all or some, in its
  // order).
  virtual std::vector<Evidence> find_evidence(const LedgerView& ledger, const Rule& rule,
                                              std::span<const Merchant> merchants,
                                              std::span<const Suspicion> suspects) = 0;
  // Every receiver that is not excluded is a merchant, each with this interval.
  virtual HitCount count_hits(const LedgerView& ledger, const Rule& rule, const Interval& interval) = 0;

  // Who paid whom, and who may be a worker. Fewer than 2^32 - 1 rows. O(N log N).
  virtual Exchanges collect_exchanges(const LedgerView& ledger, const ExchangeQuestion& question) = 0;
  // The set intersections behind discover's links: merchants' customers and payers' recipients that are the same, of
  // pairs with enough of them, and of payers whom one of their merchants with 2 such accounts or more funds.
  // O(paths log paths).
  virtual CommonCounts count_common_accounts(const Exchanges& exchanges, const CommonQuestion& question) = 0;

  // How count_hits would keep within the limit of memory. Throws Unavailable, with the bytes that it lacks, where it
  // cannot; for some rules it reads the columns once.
  virtual CountPlan plan_count(const LedgerView&, const Rule&, const Interval&) { return {}; }
  // The intervals of --between auto, by loops of the backend's own; empty where it has none: detect/burst.hpp finds
  // them.
  virtual std::vector<std::optional<Interval>> find_bursts(const LedgerView&, std::span<const Account>) { return {}; }

  // What find_suspects and find_evidence (no merchants: count_hits) may take of a device. Nothing without a device.
  virtual DeviceMemory device_memory(const LedgerView&, const Rule&, std::span<const Merchant>) const { return {}; }
};

// What a backend did, counted in blocks and not in its inner loops, so that counting costs nothing that can be
// measured. Searching a sorted list or a tree counts as one comparison: what the counts must show is walks that grow.
struct BackendWork {
  std::atomic<std::uint64_t> rows = 0;         // of columns and indexes looked at
  std::atomic<std::uint64_t> comparisons = 0;  // elements walked, sorted, put into trees and tables, or searched for
  std::atomic<std::uint64_t> bytes = 0;        // written to be read again
};

// What every backend is built with. Long loops look at `interrupted` now and then and throw Interrupted.
struct BackendOptions {
  unsigned threads = 1;
  const std::atomic<bool>* interrupted = nullptr;
  int device = 0;  // for backends that have several to choose from
  // Told the name of each stage as it begins, by backends that work in stages; for benchmarks.
  std::function<void(std::string_view)> on_stage = {};

  BackendWork* work = nullptr;  // added to, by backends that count; for tests

  std::uint64_t memory_bytes = 0;  // that count_hits may take of anonymous memory, all of the process's; 0: no limit
  std::string spill_path = {};     // beside this path stand the files, without names, for what does not fit

  void did(std::uint64_t rows, std::uint64_t comparisons = 0, std::uint64_t bytes = 0) const {
    if (work == nullptr) return;
    work->rows += rows;
    work->comparisons += comparisons;
    work->bytes += bytes;
  }
  void stop_if_asked() const {
    if (interrupted != nullptr && interrupted->load(std::memory_order_relaxed)) throw Interrupted();
  }
  void enter(std::string_view stage) const {
    if (on_stage) on_stage(stage);
  }
};

}  // namespace ringscan
