#include "discover/decisions.hpp"

#include <algorithm>

namespace ringscan::discover {

Decisions::Decisions(const Ledger& ledger, const DiscoverOptions& options) {
  if (options.decisions.empty()) return;
  std::vector<std::string> names;
  for (const Decision& decision : options.decisions) names.push_back(decision.account);
  const std::vector<std::optional<Account>> accounts = find_accounts(ledger, names);
  is_cleared_.resize(ledger.wallet_account.size());
  for (std::uint32_t place = 0; place < accounts.size(); ++place)
    if (accounts[place]) places_.emplace(*accounts[place], place);
  for (Node node = 0; node < is_cleared_.size(); ++node)
    if (const auto found = places_.find(ledger.wallet_account[node]); found != places_.end())
      is_cleared_[node] = options.decisions[found->second].verdict == Verdict::cleared;
}

bool Decisions::has_cleared(const Candidate& candidate) const {
  const auto cleared = [&](Node node) { return has_cleared(node); };
  return std::ranges::any_of(candidate.merchants, cleared) || std::ranges::any_of(candidate.payers, cleared);
}

void Decisions::add_without_cleared(std::vector<Candidate>& candidates) const {
  for (std::size_t i = 0, size = candidates.size(); i < size; ++i) {
    if (!has_cleared(candidates[i])) continue;
    Candidate rest = candidates[i];
    std::erase_if(rest.merchants, [&](Node node) { return has_cleared(node); });
    std::erase_if(rest.payers, [&](Node node) { return has_cleared(node); });
    if (!rest.merchants.empty() && !rest.payers.empty()) candidates.push_back(std::move(rest));
  }
}

void Decisions::mark(Farm& farm) const {
  const auto look_up = [&](Account account) {
    if (const auto found = places_.find(account); found != places_.end()) farm.decisions.push_back(found->second);
  };
  std::ranges::for_each(farm.merchants, look_up);
  std::ranges::for_each(farm.delegations, look_up);
  for (const FarmWorker& worker : farm.workers) look_up(worker.account);
  std::ranges::sort(farm.decisions);
}

}  // namespace ringscan::discover
