#include "cpu/count_delegated.hpp"

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>

#include "cpu/delegated_hits.hpp"
#include "cpu/wallet_lines.hpp"

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

// All that a search looks at. Purchases that are asked about are lines of their own where these are some only.
struct Lines {
  WalletLines payments, receipts;
  std::optional<WalletLines> purchases, sales;
};

Lines all_lines(const BackendOptions& options, const Question& question) {
  const LedgerView& ledger = question.ledger;
  const Rule& rule = question.rule;
  const auto is_anybodys = [](Row) { return true; };
  const auto is_nobodys_excluded = [&](Row row) {
    return !rule.excludes(ledger.account_of(ledger.from[row])) && !rule.excludes(ledger.account_of(ledger.to[row]));
  };
  const auto lines = [&](std::span<const Wallet> of, std::span<const Wallet> counterparty) {
    return rule.excluded.empty() ? WalletLines(options, ledger, of, counterparty, is_anybodys)
                                 : WalletLines(options, ledger, of, counterparty, is_nobodys_excluded);
  };
  return {lines(ledger.from, ledger.to), lines(ledger.to, ledger.from), {}, {}};
}

Lines open_lines(const BackendOptions& options, const Question& question, const OpenPurchases& open) {
  const LedgerView& ledger = question.ledger;
  const Rule& rule = question.rule;
  const auto excludes = [&](Wallet wallet) {
    return !rule.excluded.empty() && rule.excludes(ledger.account_of(wallet));
  };
  const auto is_open = [&](Row row) { return open.holds(row); };
  const auto is_payment = [&](Row row) { return open.are_at(ledger.from[row]) && !excludes(ledger.to[row]); };
  const auto is_receipt = [&](Row row) { return open.are_of(ledger.to[row]) && !excludes(ledger.from[row]); };
  return {WalletLines(options, ledger, ledger.from, ledger.to, is_payment),
          WalletLines(options, ledger, ledger.to, ledger.from, is_receipt),
          WalletLines(options, ledger, ledger.from, ledger.to, is_open),
          WalletLines(options, ledger, ledger.to, ledger.from, is_open)};
}

// One thread's.
struct Local {
  std::unique_ptr<DelegatedHits> search;
  std::unique_ptr<PairCollector> collector;
  PairCollector::Room room{};
  HitCount count;
};

// The pairs that are found are counted, and collected if asked for.
HitCount search(const BackendOptions& options, const Question& question, Slab bought, const Lines& lines,
                PairCollectors* collectors) {
  const LedgerView& ledger = question.ledger;
  const WalletLines& purchases = lines.purchases ? *lines.purchases : lines.payments;
  const WalletLines& sales = lines.sales ? *lines.sales : lines.receipts;
  const Shares shares(lines.payments, lines.receipts, ledger.wallet_count());
  tbb::enumerable_thread_specific<Local> locals([&] {
    Local local{std::make_unique<DelegatedHits>(question, bought, lines.payments, lines.receipts, purchases, sales),
                {},
                {},
                {}};
    if (collectors != nullptr) {
      local.collector = make_collector(options, bought);
      local.room = local.collector->room();
    }
    return local;
  });
  const auto found = [&](Local& local, Wallet merchant, Wallet customer, std::uint64_t hits) {
    local.count.hits += hits;
    ++local.count.pairs;
    if (collectors == nullptr) return;
    *local.room.next++ =
        PairCollector::pair(std::uint32_t(ledger.account_of(merchant)), std::uint32_t(ledger.account_of(customer)));
    if (local.room.next == local.room.end) local.room = local.collector->take(local.room);
  };
  options.enter("merchants");
  shares.each(options, [&](std::size_t begin, std::size_t end) {
    Local& local = locals.local();
    for (std::size_t wallet = begin; wallet < end; ++wallet) {
      const Wallet merchant = Wallet(wallet);
      local.search->at_merchant(merchant,
                                [&](Wallet customer, std::uint64_t hits) { found(local, merchant, customer, hits); });
    }
  });
  options.enter("workers");
  shares.each(options, [&](std::size_t begin, std::size_t end) {
    Local& local = locals.local();
    for (std::size_t wallet = begin; wallet < end; ++wallet) {
      const Wallet worker = Wallet(wallet);
      local.search->at_worker(worker,
                              [&](Wallet merchant, std::uint64_t hits) { found(local, merchant, worker, hits); });
    }
  });
  HitCount count;
  for (Local& local : locals) {
    options.did(0, local.search->work());
    count.hits += local.count.hits;
    count.pairs += local.count.pairs;
    if (collectors == nullptr) continue;
    local.collector->take(local.room);
    collectors->push_back(std::move(local.collector));
  }
  return count;
}

}  // namespace

std::uint64_t collect_delegated(const BackendOptions& options, const Question& question, Slab bought,
                                const OpenPurchases& open, PairCollectors& collectors) {
  options.enter("books");
  return search(options, question, bought, open_lines(options, question, open), &collectors).hits;
}

// With several assets the wallets of two accounts may meet more than once; else each pair is found once.
HitCount count_delegated(const BackendOptions& options, const Question& question, const Interval& interval) {
  const Slab bought = rows_inside(question.ledger, interval);
  if (bought.begin == bought.end) return {};
  options.enter("books");
  const Lines lines = all_lines(options, question);
  if (has_one_asset(question.ledger)) return search(options, question, bought, lines, nullptr);
  PairCollectors collectors;
  HitCount count = search(options, question, bought, lines, &collectors);
  count.pairs = count_collected(options, collectors).pairs;
  return count;
}

}  // namespace ringscan::cpu
