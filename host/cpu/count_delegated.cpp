#include "cpu/count_delegated.hpp"

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>

#include <memory>

#include "cpu/delegated_hits.hpp"
#include "cpu/pair_counter.hpp"

namespace ringscan::cpu {
namespace {

constexpr std::size_t wallets_at_once = 1024;

// One thread's. With several assets the wallets of two accounts may meet more than once; else pairs need no collector.
struct Local {
  std::unique_ptr<DelegatedHits> search;
  std::unique_ptr<PairCollector> collector;
  PairCollector::Room room{};
  HitCount count;
};

}  // namespace

HitCount count_delegated(const BackendOptions& options, const Question& question, const Interval& interval) {
  const LedgerView& ledger = question.ledger;
  const Rule& rule = question.rule;
  const Slab bought = rows_inside(ledger, interval);
  if (bought.begin == bought.end) return {};
  const auto is_anybodys = [](Row) { return true; };
  const auto is_nobodys_excluded = [&](Row row) {
    return !rule.excludes(ledger.account_of(ledger.from[row])) && !rule.excludes(ledger.account_of(ledger.to[row]));
  };
  const auto lines = [&](std::span<const Wallet> of, std::span<const Wallet> counterparty) {
    return rule.excluded.empty() ? WalletLines(options, ledger, of, counterparty, is_anybodys)
                                 : WalletLines(options, ledger, of, counterparty, is_nobodys_excluded);
  };
  options.enter("books");
  const WalletLines payments = lines(ledger.from, ledger.to), receipts = lines(ledger.to, ledger.from);
  const auto over_wallets = [&](auto visit) {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, ledger.wallet_count(), wallets_at_once),
                      [&](const auto& range) {
                        options.stop_if_asked();
                        visit(range.begin(), range.end());
                      });
  };
  const bool one_asset = has_one_asset(ledger);
  tbb::enumerable_thread_specific<Local> locals([&] {
    Local local{std::make_unique<DelegatedHits>(question, bought, payments, receipts), {}, {}, {}};
    if (!one_asset) {
      local.collector = std::make_unique<PairCollector>(bought.end - bought.begin, roomy_pairs / options.threads);
      local.room = local.collector->room();
    }
    return local;
  });
  const auto found = [&](Local& local, Wallet merchant, Wallet customer, std::uint64_t hits) {
    local.count.hits += hits;
    ++local.count.pairs;
    if (one_asset) return;
    *local.room.next++ =
        PairCollector::pair(std::uint32_t(ledger.account_of(merchant)), std::uint32_t(ledger.account_of(customer)));
    if (local.room.next == local.room.end) local.room = local.collector->take(local.room);
  };
  options.enter("merchants");
  over_wallets([&](std::size_t begin, std::size_t end) {
    Local& local = locals.local();
    for (std::size_t wallet = begin; wallet < end; ++wallet) {
      const Wallet merchant = Wallet(wallet);
      local.search->at_merchant(merchant,
                                [&](Wallet customer, std::uint64_t hits) { found(local, merchant, customer, hits); });
    }
  });
  options.enter("workers");
  over_wallets([&](std::size_t begin, std::size_t end) {
    Local& local = locals.local();
    for (std::size_t wallet = begin; wallet < end; ++wallet) {
      const Wallet worker = Wallet(wallet);
      local.search->at_worker(worker,
                              [&](Wallet merchant, std::uint64_t hits) { found(local, merchant, worker, hits); });
    }
  });

  HitCount count;
  std::vector<PairCollector*> collectors;
  for (Local& local : locals) {
    options.did(0, local.search->work());
    count.hits += local.count.hits;
    count.pairs += local.count.pairs;
    if (one_asset) continue;
    local.collector->take(local.room);
    collectors.push_back(local.collector.get());
  }
  options.enter("pairs");
  if (!one_asset) count.pairs = count_distinct(options, collectors);
  return count;
}

}  // namespace ringscan::cpu
