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

struct DeviceMemory {
  std::uint64_t needed_bytes = 0;  // at most
  std::uint64_t free_bytes = 0;
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
