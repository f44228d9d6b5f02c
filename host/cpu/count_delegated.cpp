#include "cpu/count_delegated.hpp"

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <atomic>
#include <memory>

#include "cpu/delegated_hits.hpp"
#include "cpu/pair_counter.hpp"

namespace ringscan::cpu {
namespace {

// The wallets in shares of about the same number of lines, the largest first: the busiest wallets alone, and the others
// in the order of their numbers, in which neighbours met early and know each other's lines.
class Shares {
 public:
  Shares(const WalletLines& payments, const WalletLines& receipts, std::size_t wallets) {
    std::vector<Share> rest;
    std::size_t begin = 0, lines = 0;
    const auto end_share = [&](std::size_t end) {
      if (end > begin) rest.push_back({begin, end, lines});
      begin = end, lines = 0;
    };
    for (std::size_t wallet = 0; wallet < wallets; ++wallet) {
      const std::size_t of_wallet = payments.count(Wallet(wallet)) + receipts.count(Wallet(wallet));
      if (of_wallet >= lines_at_once) {
        end_share(wallet);
        shares_.push_back({wallet, wallet + 1, of_wallet});
        begin = wallet + 1;
      } else if ((lines += of_wallet) >= lines_at_once) {
        end_share(wallet + 1);
      }
    }
    end_share(wallets);
    std::ranges::sort(shares_, std::ranges::greater{}, &Share::lines);
    shares_.insert(shares_.end(), rest.begin(), rest.end());
  }
  // Calls visit(begin, end) for all wallets; each thread takes the next share.
  template <class Visit>
  void each(const BackendOptions& options, Visit visit) const {
    std::atomic<std::size_t> next = 0;
    tbb::parallel_for(
        0u, std::max(1u, options.threads),
        [&](unsigned) {
          for (std::size_t i; (i = next++) < shares_.size();) {
            options.stop_if_asked();
            visit(shares_[i].begin, shares_[i].end);
          }
        },
        tbb::simple_partitioner());
  }

 private:
  static constexpr std::size_t lines_at_once = 8192;
  struct Share {
    std::size_t begin, end, lines;
  };
  std::vector<Share> shares_;
};

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
  const Shares shares(payments, receipts, ledger.wallet_count());
  const auto over_wallets = [&](auto visit) { shares.each(options, visit); };
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
