#include "detect/scan.hpp"

#include <algorithm>
#include <utility>

#include "detect/burst.hpp"

namespace ringscan {
namespace {

Rule make_rule(const Ledger& ledger, const ScanRequest& request) {
  Rule rule{request.effective_model(), request.within, request.max_gain, {}};
  if (!request.excluded.empty()) {
    rule.excluded.resize(ledger.accounts.size());
    for (const std::optional<Account> account : find_accounts(ledger, request.excluded))
      if (account) rule.excluded[to_index(*account)] = true;
  }
  return rule;
}

// share > limit as exact rationals: workers * 10^places > numerator * customers. Nobody's share is above anything.
bool is_boosted(std::uint64_t workers, std::uint64_t customers, const Decimal& limit) {
  return multiply(Amount{workers}, *times_power_of_ten(Amount{1}, limit.places)) >
         multiply(limit.numerator, Amount{customers});
}

// The merchants asked about in the order of their accounts' bytes, and those of them that can have suspects.
struct Merchants {
  std::vector<MerchantAsked> asked;
  std::vector<Merchant> merchants;
  std::vector<std::size_t> place;  // of merchants in `asked`
};

Merchants present_merchants(const Ledger& ledger, const ScanRequest& request, const Rule& rule) {
  Merchants list{request.merchants, {}, {}};
  std::ranges::sort(list.asked, {}, &MerchantAsked::account);
  std::vector<std::string> names;
  for (const MerchantAsked& merchant : list.asked) names.push_back(merchant.account);
  const std::vector<std::optional<Account>> accounts = find_accounts(ledger, names);
  for (std::size_t i = 0; i < list.asked.size(); ++i) {
    if (!accounts[i] || rule.excludes(*accounts[i])) continue;
    list.merchants.push_back({*accounts[i], list.asked[i].interval.value_or(request.between.value_or(Interval{}))});
    list.place.push_back(i);
  }
  return list;
}

// One scan, step by step. Merchants are named by their place in the result; backends see those that can have suspects.
class Scan {
 public:
  Scan(Backend& backend, const Ledger& ledger, const ScanRequest& request)
      : backend_(backend), ledger_(ledger), view_(ledger.view()), rule_(make_rule(ledger, request)) {
    Merchants list = present_merchants(ledger, request, rule_);
    for (MerchantAsked& asked : list.asked)
      result_.merchants.push_back(
          {.account = std::move(asked.account), .between = request.is_between_auto ? asked.interval : std::nullopt});
    merchants_ = std::move(list.merchants);
    place_ = std::move(list.place);
  }

  ScanResult run(const ScanRequest& request, const PhaseObserver& on_phase) {
    const auto begin = [&](std::string_view phase) {
      if (on_phase) on_phase(phase);
    };
    if (request.is_between_auto) {
      begin("bursts");
      find_intervals();
    }
    begin("customers");
    const std::vector<std::uint64_t> customers = backend_.count_customers(view_, merchants_);
    for (std::size_t m = 0; m < merchants_.size(); ++m) result_.merchants[place_[m]].customers = customers[m];
    begin("suspects");
    suspects_ = backend_.find_suspects(view_, rule_, merchants_);
    for (const Suspicion& suspicion : suspects_) ++merchant_of(suspicion).suspects;
    begin("workers");
    find_workers(request);
    begin("evidence");
    accuse();
    return std::move(result_);
  }

 private:
  MerchantResult& merchant_of(const Suspicion& suspicion) { return result_.merchants[place_[suspicion.merchant]]; }

  // Of merchants without one of their own. Where nothing rises, no time lies in between.
  void find_intervals() {
    std::vector<std::size_t> open;
    std::vector<Account> accounts;
    for (std::size_t m = 0; m < merchants_.size(); ++m)
      if (!result_.merchants[place_[m]].between) open.push_back(m), accounts.push_back(merchants_[m].account);
    std::vector<std::optional<Interval>> bursts = backend_.find_bursts(view_, accounts);
    if (bursts.empty()) bursts = find_bursts(view_, accounts);
    for (std::size_t i = 0; i < open.size(); ++i) {
      result_.merchants[place_[open[i]]].between = bursts[i];
      merchants_[open[i]].interval = bursts[i].value_or(no_time);
    }
  }

  // Algorithm 1's intersection, then Algorithm 3's loop over the merchants.
  void find_workers(const ScanRequest& request) {
    const std::uint64_t with_suspects =
        std::uint64_t(std::ranges::count_if(result_.merchants, [](const auto& m) { return m.suspects > 0; }));
    const std::uint64_t quorum = request.quorum.value_or(with_suspects);
    std::vector<bool> is_worker(view_.account_count);
    if (with_suspects > 0)
      for (const Account worker : backend_.find_workers(view_, suspects_, quorum)) is_worker[to_index(worker)] = true;
    for (const Suspicion& suspicion : suspects_)
      merchant_of(suspicion).workers += is_worker[to_index(suspicion.customer)];
    for (MerchantResult& merchant : result_.merchants)
      if (merchant.customers > 0) merchant.share = double(merchant.workers) / double(merchant.customers);
    if (request.min_share) {
      std::vector<bool> stays(view_.account_count);
      for (const Suspicion& suspicion : suspects_) {
        const MerchantResult& merchant = merchant_of(suspicion);
        if (is_worker[to_index(suspicion.customer)] &&
            is_boosted(merchant.workers, merchant.customers, *request.min_share))
          stays[to_index(suspicion.customer)] = true;
      }
      is_worker = std::move(stays);
      for (MerchantResult& merchant : result_.merchants) merchant.workers = 0;
      for (const Suspicion& suspicion : suspects_)
        merchant_of(suspicion).workers += is_worker[to_index(suspicion.customer)];
    }
    std::erase_if(suspects_, [&](const Suspicion& suspicion) { return !is_worker[to_index(suspicion.customer)]; });
  }

  // Evidence for every merchant of every worker; suspects_ holds just these by now.
  void accuse() {
    const std::vector<Evidence> evidence = backend_.find_evidence(view_, rule_, merchants_, suspects_);
    std::vector<std::pair<std::string, std::size_t>> by_name;  // account, place in suspects_
    for (std::size_t i = 0; i < suspects_.size(); ++i)
      by_name.emplace_back(ledger_.accounts.at(to_index(suspects_[i].customer)), i);
    std::ranges::sort(by_name);  // suspects_ ascends in merchant, and places in suspects_ break ties of the name
    for (std::size_t i = 0; i < by_name.size(); ++i) {
      const Suspicion& suspicion = suspects_[by_name[i].second];
      if (i == 0 || suspicion.customer != result_.workers.back().account)
        result_.workers.push_back({suspicion.customer, {}});
      result_.workers.back().merchants.push_back({place_[suspicion.merchant], evidence[by_name[i].second]});
    }
  }

  Backend& backend_;
  const Ledger& ledger_;
  LedgerView view_;
  Rule rule_;
  std::vector<Merchant> merchants_;
  std::vector<std::size_t> place_;  // of merchants_ in the result
  std::vector<Suspicion> suspects_;
  ScanResult result_;
};

void check_time_rule(const ScanRequest& request) {
  if (request.model || request.within || request.max_gain)
    throw UsageError("--rule time looks at purchases alone: it takes no --model, --within or --max-gain");
  if (request.between || request.is_between_auto) return;
  for (const MerchantAsked& merchant : request.merchants)
    if (!merchant.interval)
      throw UsageError(
          "--rule time needs --between T1,T2, or an interval T1,T2 behind every account of the merchants "
          "file; " +
          merchant.account + " has none");
  if (request.all_merchants) throw UsageError("--rule time needs --between T1,T2");
}

}  // namespace

void check_request(const ScanRequest& request, TimeAxis axis) {
  if (request.is_between_auto && request.all_merchants)
    throw UsageError(
        "--between auto finds an interval for each of the merchants that are given: --merchants all takes --between "
        "T1,T2");
  if (request.is_between_auto && axis != TimeAxis::seconds)
    throw UsageError(
        "--between auto looks at windows of hours and days, which blocks and steps do not have: give T1,T2");
  if (request.rule == RuleName::time) check_time_rule(request);
  if (request.rule == RuleName::share && !request.min_share)
    throw UsageError("--rule share needs --min-share P, the share of customers above which a merchant is boosted");
  if (request.model == Model::basic && request.max_gain)
    throw UsageError("--model basic has no reward to bound: it takes no --max-gain");
  if (request.min_share && *request.min_share > Decimal{Amount{1}, 0})
    throw UsageError("--min-share is a share of customers: from 0 to 1");
  if (request.all_merchants) return;
  if (request.quorum && (*request.quorum < 1 || *request.quorum > request.merchants.size()))
    throw UsageError("--quorum is all, or from 1 to the number of merchants, which is " +
                     std::to_string(request.merchants.size()));
}

ScanResult scan(Backend& backend, const Ledger& ledger, const ScanRequest& request, const PhaseObserver& on_phase) {
  check_request(request, ledger.time_axis);
  return Scan(backend, ledger, request).run(request, on_phase);
}

std::vector<Row> evidence_rows(const ScanResult& result) {
  std::vector<Row> rows;
  for (const WorkerResult& worker : result.workers)
    for (const AccusedAt& accused : worker.merchants)
      for (const Row row : {accused.evidence.purchase, accused.evidence.reward, accused.evidence.funding})
        if (row != no_row) rows.push_back(row);
  return rows;
}

DeviceMemory device_memory(const Backend& backend, const Ledger& ledger, const ScanRequest& request) {
  const Rule rule = make_rule(ledger, request);
  return backend.device_memory(ledger.view(), rule, present_merchants(ledger, request, rule).merchants);
}

HitCount count_all(Backend& backend, const Ledger& ledger, const ScanRequest& request) {
  check_request(request, ledger.time_axis);
  return backend.count_hits(ledger.view(), make_rule(ledger, request), request.between.value_or(Interval{}));
}

}  // namespace ringscan
