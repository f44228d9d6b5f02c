// `scan`: the paper's three algorithms for given merchants, asked through the seam and put together here.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend.hpp"

namespace ringscan {

enum class RuleName { ring, time, share };

struct MerchantAsked {
  std::string account;               // canonical
  std::optional<Interval> interval;  // its own; else the request's, or that of its burst
};

// What the user asked, resolved; check_request says which combinations mean something.
struct ScanRequest {
  RuleName rule = RuleName::ring;
  std::optional<Model> model;  // of the user; rule `time` has none, others default to any
  std::optional<std::uint64_t> within;
  std::optional<Decimal> max_gain;
  std::optional<Interval> between;
  bool is_between_auto = false;  // instead of `between`: that of each merchant's burst (detect/burst.hpp)
  std::optional<Decimal> min_share;
  std::optional<std::uint64_t> quorum;   // none: all merchants with a suspect
  std::vector<MerchantAsked> merchants;  // distinct accounts in any order
  bool all_merchants = false;            // --merchants all: only for count_all
  std::vector<std::string> excluded;     // canonical

  Model effective_model() const { return rule == RuleName::time ? Model::purchase_only : model.value_or(Model::any); }
};

// Throws UsageError with a sentence for a combination that means nothing, in times of this axis.
void check_request(const ScanRequest& request, TimeAxis axis = TimeAxis::seconds);

struct MerchantResult {
  std::string account;
  std::uint64_t customers = 0;  // distinct senders
  std::uint64_t suspects = 0;   // |Customer[m]|
  std::uint64_t workers = 0;    // its suspects in the final worker set
  double share = 0;             // workers before --min-share filters / customers
  // Of --between auto: its own, or that of its burst; none where nothing rises, or nobody may be a suspect.
  std::optional<Interval> between = std::nullopt;
  friend bool operator==(const MerchantResult&, const MerchantResult&) = default;
};

struct AccusedAt {
  std::size_t merchant;  // a place in ScanResult::merchants
  Evidence evidence;
  friend bool operator==(const AccusedAt&, const AccusedAt&) = default;
};

struct WorkerResult {
  Account account;
  std::vector<AccusedAt> merchants;  // all where it is a suspect, ascending
  friend bool operator==(const WorkerResult&, const WorkerResult&) = default;
};

// Merchants and workers in the order of their accounts' bytes. The same for every backend.
struct ScanResult {
  std::vector<MerchantResult> merchants;
  std::vector<WorkerResult> workers;
  friend bool operator==(const ScanResult&, const ScanResult&) = default;
};

// All rows that the result shows, in no particular order.
std::vector<Row> evidence_rows(const ScanResult& result);

// Told the name of each phase as it begins: bursts (of --between auto), customers, suspects, workers, evidence.
using PhaseObserver = std::function<void(std::string_view)>;

ScanResult scan(Backend& backend, const Ledger& ledger, const ScanRequest& request, const PhaseObserver& on_phase = {});
// What the question may take of the backend's device.
DeviceMemory device_memory(const Backend& backend, const Ledger& ledger, const ScanRequest& request);
// Every receiver a merchant: only the numbers.
HitCount count_all(Backend& backend, const Ledger& ledger, const ScanRequest& request);

}  // namespace ringscan
