#include "reference/exchanges.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace ringscan {
namespace {

using Places = std::map<WalletNumber, std::vector<std::uint32_t>>;

// The lists of wallets one after the other, and where each begins.
void lay_out(const Places& lists, WalletNumber wallets, std::vector<std::uint32_t>& all,
             std::vector<std::uint32_t>& begins) {
  for (WalletNumber wallet = 0; wallet < wallets; ++wallet) {
    begins.push_back(std::uint32_t(all.size()));
    if (const auto own = lists.find(wallet); own != lists.end())
      all.insert(all.end(), own->second.begin(), own->second.end());
  }
  begins.push_back(std::uint32_t(all.size()));
}

}  // namespace

Exchanges exchanges_by_maps(const LedgerView& ledger, const ExchangeQuestion& question) {
  const WalletNumber wallets = WalletNumber(ledger.wallet_count());
  const auto is_excluded = [&](WalletNumber wallet) {
    return !question.excluded.empty() && question.excluded[to_index(ledger.wallet_account[wallet])];
  };
  std::map<std::pair<WalletNumber, WalletNumber>, std::vector<std::uint32_t>> rows_of;
  std::map<WalletNumber, std::set<WalletNumber>> payers, payees;
  for (Row row = 0; row < ledger.size(); ++row) {
    const WalletNumber from = WalletNumber(ledger.from[row]), to = WalletNumber(ledger.to[row]);
    if (from == to || ledger.amount_at(row) == Amount{}) continue;
    rows_of[{from, to}].push_back(std::uint32_t(row));
    payers[to].insert(from);
    payees[from].insert(to);
  }
  Exchanges all;
  for (WalletNumber wallet = 0; wallet < wallets; ++wallet) {
    all.payers.push_back(std::uint32_t(payers[wallet].size()));
    all.is_worker.push_back(!is_excluded(wallet) && payers[wallet].size() <= question.hub_degree &&
                            payees[wallet].size() <= question.hub_degree);
    if (all.is_worker.back() != 0) all.all_activity += payers[wallet].size();
  }
  Places paid, customers, recipients;
  all.activity.resize(wallets);
  for (const auto& [pair, rows] : rows_of) {
    const auto [from, to] = pair;
    const std::uint32_t place = std::uint32_t(all.pairs.size());
    all.pairs.push_back(
        {from, to, std::uint32_t(all.rows.size()), ledger.time[rows.front()], ledger.time[rows.back()]});
    all.rows.insert(all.rows.end(), rows.begin(), rows.end());
    paid[from].push_back(place);
    if (all.is_worker[from] != 0 && !is_excluded(to)) {
      customers[to].push_back(place);
      all.activity[to] += payers[from].size();
    }
    if (all.is_worker[to] != 0 && !is_excluded(from)) recipients[from].push_back(place);
  }
  all.pairs.push_back({0, 0, std::uint32_t(all.rows.size()), 0, 0});
  std::vector<std::uint32_t> in_order;
  lay_out(paid, wallets, in_order, all.paid_begin);
  lay_out(customers, wallets, all.customers, all.customers_begin);
  lay_out(recipients, wallets, all.recipients, all.recipients_begin);
  all.paid_back.resize(wallets);
  for (const auto& [merchant, places] : customers)
    for (const std::uint32_t bought : places)
      for (const std::uint32_t place : recipients[merchant])
        all.paid_back[merchant] += all.pairs[bought].from == all.pairs[place].to;
  return all;
}

CommonCounts common_accounts_by_sets(const BackendOptions& options, const Exchanges& exchanges,
                                     const CommonQuestion& question) {
  std::map<WalletNumber, std::set<WalletNumber>> customers, recipients, payees;
  for (const std::uint32_t place : exchanges.customers)
    customers[exchanges.pairs[place].to].insert(exchanges.pairs[place].from);
  for (const std::uint32_t place : exchanges.recipients)
    recipients[exchanges.pairs[place].from].insert(exchanges.pairs[place].to);
  for (std::size_t place = 0; place + 1 < exchanges.pairs.size(); ++place)
    payees[exchanges.pairs[place].from].insert(exchanges.pairs[place].to);
  std::erase_if(customers, [](const auto& one) { return one.second.size() < 2; });
  std::erase_if(recipients,
                [&](const auto& one) { return one.second.size() < 2 || one.second.size() > question.most_recipients; });
  for (auto* roles : {&customers, &recipients})
    std::erase_if(*roles, [&](const auto& one) { return question.banned[one.first]; });

  CommonCounts all;
  for (const auto& [payer, paid] : recipients) {
    options.stop_if_asked();
    for (const WalletNumber recipient : paid) all.paths += payees[recipient].size();
    std::vector<CommonAccounts> of_payer;
    for (const auto& [merchant, buyers] : customers) {
      if (merchant == payer) continue;
      std::vector<WalletNumber> common;
      std::ranges::set_intersection(buyers, paid, std::back_inserter(common));
      if (common.size() < 2) continue;
      ++all.compared;
      of_payer.push_back({merchant, payer, std::uint32_t(common.size()), payees[merchant].contains(payer)});
    }
    if (std::ranges::none_of(of_payer, &CommonAccounts::is_funded)) continue;
    for (const CommonAccounts& pair : of_payer)
      if (pair.is_funded ||
          (paid.size() < question.least_common.size() && pair.count >= question.least_common[paid.size()]))
        all.pairs.push_back(pair);
  }
  return all;
}

}  // namespace ringscan
