#include "detect/verify.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "detect/check_burst.hpp"
#include "detect/recount.hpp"

namespace ringscan {
namespace {

constexpr double most_reference_steps = 1e10;  // not an amount: about a minute on one core

class EvidenceCheck {
 public:
  EvidenceCheck(const Ledger& ledger, const ScanRequest& request)
      : ledger_(ledger),
        view_(ledger.view().checked()),
        request_(request),
        excluded_(request.excluded.begin(), request.excluded.end()) {
    for (const MerchantAsked& merchant : request.merchants)
      intervals_.emplace_back(merchant.account, merchant.interval);
    std::ranges::sort(intervals_, {}, [](const auto& named) { return named.first; });
  }

  std::uint64_t rows_checked = 0;

  void check(const std::string& merchant, const std::string& worker, const Evidence& evidence) {
    merchant_ = merchant;
    worker_ = worker;
    const Model model = request_.effective_model();
    const Payment r1 = row(evidence.purchase, "the purchase is no transaction of the ledger");
    expect(r1.from == worker && r1.to == merchant, "the purchase is not the worker's at the merchant");
    const Interval interval = interval_of(merchant);
    expect(interval.after < r1.time && r1.time < interval.before, "the purchase lies outside its interval");
    expect(!excluded_.contains(worker) && !excluded_.contains(merchant), "an excluded account is accused");
    expect((evidence.reward != no_row) == has_reward(model), "the reward is missing, or not of this model");
    expect((evidence.funding != no_row) == (model == Model::advanced || model == Model::basic),
           "the funding is missing, or not of this model");
    if (model == Model::basic) check_funding(r1, row(evidence.funding, "the funding is no transaction of the ledger"));
    if (has_reward(model))
      check_reward(r1, row(evidence.reward, "the reward is no transaction of the ledger"), evidence);
  }

 private:
  struct Payment {
    std::string from, to;
    Asset asset;
    Amount amount;
    std::int64_t time;
  };

  void expect(bool holds, const char* otherwise) const {
    if (!holds)
      throw WrongAnswer("verification failed for worker " + worker_ + " at merchant " + merchant_ + ": " + otherwise);
  }

  Payment row(Row row, const char* otherwise) {
    expect(row < view_.size(), otherwise);
    ++rows_checked;
    const auto name = [&](Account account) { return ledger_.accounts.at(to_index(account)); };
    return {name(view_.sender(row)), name(view_.receiver(row)), view_.asset(row), view_.amount_at(row),
            view_.time_at(row)};
  }

  void check_reward(const Payment& r1, const Payment& r2, const Evidence& evidence) {
    expect(r2.to == r1.from && r2.asset == r1.asset, "the reward is not the worker's, or of another asset");
    expect(r2.amount > r1.amount, "the reward is not larger than the purchase");
    expect(r2.time > r1.time, "the reward is not later than the purchase");
    expect(!excluded_.contains(r2.from), "an excluded account pays the reward");
    expect(!request_.within || std::uint64_t(r2.time - r1.time) <= *request_.within, "the reward comes too late");
    expect(!request_.max_gain || gains_at_most(*request_.max_gain, r1.amount, r2.amount), "the reward gains too much");
    if (request_.effective_model() == Model::enhanced) expect(r2.from == r1.to, "the merchant does not pay the reward");
    if (request_.effective_model() != Model::advanced) return;
    const Payment r3 = row(evidence.funding, "the funding is no transaction of the ledger");
    expect(r3.from == r1.to && r3.to == r2.from && r3.asset == r1.asset, "the merchant does not fund the delegation");
    expect(r2.from != r1.to && r2.from != r1.from, "the delegation is no third party");
    expect(r1.time < r3.time && r3.time < r2.time, "the delegation is not funded between purchase and reward");
  }

  void check_funding(const Payment& r1, const Payment& r0) {
    expect(r0.from == r1.to && r0.to == r1.from && r0.asset == r1.asset, "the merchant does not fund the worker");
    expect(r0.time < r1.time && r0.amount >= r1.amount, "the funding is later or smaller than the purchase");
    expect(!request_.within || std::uint64_t(r1.time - r0.time) <= *request_.within, "the funding is too old");
  }

  Interval interval_of(const std::string& merchant) const {
    const auto place =
        std::ranges::lower_bound(intervals_, merchant, {}, [](const auto& named) { return named.first; });
    expect(place != intervals_.end() && place->first == merchant, "nobody asked about this merchant");
    return place->second.value_or(request_.between.value_or(Interval{}));
  }

  const Ledger& ledger_;
  LedgerView view_;
  const ScanRequest& request_;
  std::unordered_set<std::string> excluded_;
  std::vector<std::pair<std::string, std::optional<Interval>>> intervals_;  // ascending
  std::string merchant_, worker_;
};

// Every count and every worker, missing ones too, against the second count.
void check_completeness(const Ledger& ledger, const ScanRequest& request, const ScanResult& result) {
  const Recount second = recount(ledger, request);
  const auto expect = [](bool holds, const std::string& whom, const char* otherwise) {
    if (!holds) throw WrongAnswer("verification failed for " + whom + ": " + otherwise);
  };
  expect(second.merchants.size() == result.merchants.size(), "the merchants", "not those that were asked about");
  std::vector<std::uint64_t> suspects(second.merchants.size()), workers(second.merchants.size());
  std::map<Account, std::vector<std::size_t>> merchants_of;
  for (const auto& [merchant, customer] : second.suspicions) {
    ++suspects[merchant];
    merchants_of[customer].push_back(merchant);
  }
  const std::uint64_t with_suspects =
      std::uint64_t(std::ranges::count_if(suspects, [](auto count) { return count > 0; }));
  const std::uint64_t quorum = request.quorum.value_or(std::max<std::uint64_t>(1, with_suspects));
  std::erase_if(merchants_of, [&](const auto& entry) { return entry.second.size() < quorum; });
  for (const auto& [worker, merchants] : merchants_of)
    for (const std::size_t merchant : merchants) ++workers[merchant];
  std::vector<bool> boosted(suspects.size(), true);
  for (std::size_t m = 0; m < suspects.size(); ++m) {
    const MerchantResult& merchant = result.merchants[m];
    expect(merchant.account == second.merchants[m], merchant.account, "not among the merchants asked about");
    expect(merchant.customers == second.customers[m], merchant.account, "its customers are miscounted");
    expect(merchant.suspects == suspects[m], merchant.account, "its suspects are miscounted");
    const double share = second.customers[m] == 0 ? 0 : double(workers[m]) / double(second.customers[m]);
    expect(merchant.share == share, merchant.account, "its share is miscalculated");
    if (request.min_share)
      boosted[m] = multiply(Amount{workers[m]}, *times_power_of_ten(Amount{1}, request.min_share->places)) >
                   multiply(request.min_share->numerator, Amount{second.customers[m]});
  }
  std::erase_if(merchants_of, [&](const auto& entry) {
    return std::ranges::none_of(entry.second, [&](std::size_t merchant) { return bool(boosted[merchant]); });
  });
  std::fill(workers.begin(), workers.end(), 0);
  for (const WorkerResult& worker : result.workers) {
    const std::string name = ledger.accounts.at(to_index(worker.account));
    std::vector<std::size_t> merchants;
    for (const AccusedAt& at : worker.merchants) merchants.push_back(at.merchant), ++workers.at(at.merchant);
    expect(merchants_of.contains(worker.account) && merchants_of.at(worker.account) == merchants, name,
           "no worker of these merchants");
    merchants_of.erase(worker.account);
  }
  if (!merchants_of.empty())
    expect(false, ledger.accounts.at(to_index(merchants_of.begin()->first)), "a worker that the answer leaves out");
  for (std::size_t m = 0; m < workers.size(); ++m)
    expect(result.merchants[m].workers == workers[m], result.merchants[m].account, "its workers are miscounted");
}

bool reference_is_affordable(std::size_t merchants, Row transactions) {
  return double(merchants) * double(transactions) * double(transactions) <= most_reference_steps;  // not an amount
}

// The request with the intervals that --between auto found, each of which is checked.
ScanRequest with_intervals(const Ledger& ledger, const ScanRequest& request, const ScanResult& result) {
  if (!request.is_between_auto) return request;
  ScanRequest resolved = request;
  resolved.is_between_auto = false;
  std::vector<std::string> names;
  for (const MerchantAsked& asked : request.merchants) names.push_back(asked.account);
  const std::vector<std::optional<Account>> accounts = find_accounts(ledger, names);
  const LedgerView view = ledger.view().checked();
  std::vector<std::vector<std::int64_t>> times(names.size());
  std::map<Account, std::size_t> place;
  const std::unordered_set<std::string> excluded(request.excluded.begin(), request.excluded.end());
  for (std::size_t m = 0; m < names.size(); ++m)
    if (accounts[m] && !excluded.contains(names[m])) place[*accounts[m]] = m;
  for (Row row = 0; row < view.size(); ++row)
    if (const auto merchant = place.find(view.receiver(row)); merchant != place.end())
      times[merchant->second].push_back(view.time_at(row));
  for (std::size_t m = 0; m < names.size(); ++m) {
    const auto told = std::ranges::lower_bound(result.merchants, names[m], {}, &MerchantResult::account);
    const std::optional<Interval>& own = request.merchants[m].interval;
    if (told == result.merchants.end() || told->account != names[m] ||
        (own ? told->between != own : !is_burst(times[m], told->between)))
      throw WrongAnswer("verification failed for " + names[m] + ": its interval is not the one of its burst");
    resolved.merchants[m].interval = told->between.value_or(no_time);
  }
  return resolved;
}

constexpr const char* too_large = "the reference was not run: merchants * transactions^2 exceeds 10^10";

}  // namespace

std::vector<std::string> verify(const Ledger& ledger, const ScanRequest& request, const ScanResult& result,
                                Backend& reference) {
  const ScanRequest resolved = with_intervals(ledger, request, result);
  EvidenceCheck evidence(ledger, resolved);
  for (const WorkerResult& worker : result.workers)
    for (const AccusedAt& at : worker.merchants)
      evidence.check(result.merchants.at(at.merchant).account, ledger.accounts.at(to_index(worker.account)),
                     at.evidence);
  check_completeness(ledger, resolved, result);
  std::vector<std::string> checked = {
      std::to_string(evidence.rows_checked) + " evidence transactions satisfy the rule on exact amounts",
      "a second count, customer by customer, finds the same suspects and workers"};
  if (request.is_between_auto)
    checked.insert(checked.begin(), "a second count of each merchant's purchases finds the same intervals");
  if (!reference_is_affordable(request.merchants.size(), ledger.from.size())) {
    checked.push_back(too_large);
    return checked;
  }
  if (scan(reference, ledger, request) != result)
    throw WrongAnswer("verification failed: the reference gives another result");
  checked.push_back("the reference gives the same result");
  return checked;
}

std::vector<std::string> verify(const Ledger& ledger, const ScanRequest& request, const HitCount& count,
                                Backend& reference) {
  if (!reference_is_affordable(1, ledger.from.size())) return {too_large};
  if (count_all(reference, ledger, request) != count)
    throw WrongAnswer("verification failed: the reference counts otherwise");
  return {"the reference gives the same counts"};
}

}  // namespace ringscan
