#include "cpu/count_by_books.hpp"

#include <tbb/enumerable_thread_specific.h>

#include "cpu/book_judge.hpp"
#include "cpu/books.hpp"

namespace ringscan::cpu {
namespace {

// One thread's.
struct Worker {
  Worker(const BackendOptions& options, const Question& question, const Delegations& delegations, Slab bought)
      : judge(options, question, delegations), collector(make_collector(options, bought)) {}

  SortedLines purchases, receipts;
  BookJudge judge;
  std::unique_ptr<PairCollector> collector;
};

template <class IsAsked, class IsAskedFor>
void collect(const BackendOptions& options, const Question& question, Slab bought, IsAsked is_asked,
             IsAskedFor is_asked_for, PairCollectors& collectors) {
  const LedgerView& ledger = question.ledger;
  const Rule& rule = question.rule;
  const Delegations delegations;
  const bool one_asset = has_one_asset(ledger), nobody_excluded = rule.excluded.empty();
  const auto account = [&](Wallet wallet) {
    return one_asset ? Account(to_index(wallet)) : ledger.wallet_account[to_index(wallet)];
  };
  const auto excludes = [&](Wallet wallet) { return !nobody_excluded && rule.excludes(account(wallet)); };
  const auto is_purchase = [&](Row row) {
    return is_asked(row) && !excludes(ledger.from[row]) && !excludes(ledger.to[row]);
  };
  const auto is_receipt = [&](Row row) {
    return rule.model != Model::purchase_only && is_asked_for(ledger.to[row]) && !excludes(ledger.from[row]);
  };

  tbb::enumerable_thread_specific<Worker> workers([&] { return Worker(options, question, delegations, bought); });
  const BookParts parts(options, ledger);
  options.enter("books");
  parts.visit(bought, is_purchase, is_receipt, [&](const BookPart& part) {
    Worker& worker = workers.local();
    worker.purchases.sort(part.purchases, parts);
    worker.receipts.sort(part.receipts, parts);
    PairCollector::Room room = worker.collector->room();
    for (std::size_t place = 0; place < parts.places(); ++place) {
      const std::span<const BookLine> purchases = worker.purchases.of(place), receipts = worker.receipts.of(place);
      if (purchases.empty() || (receipts.empty() && rule.model != Model::purchase_only)) continue;
      const std::span<const char> is_hit = worker.judge.judge(purchases, receipts);
      const auto customer = std::uint32_t(account(purchases.front().wallet));
      for (std::size_t i = 0; i < purchases.size(); ++i) {
        *room.next = PairCollector::pair(std::uint32_t(account(purchases[i].counterparty)), customer);
        room.next += is_hit[i];
        if (room.next == room.end) room = worker.collector->take(room);
      }
    }
    worker.collector->take(room);
  });

  for (Worker& worker : workers) {
    options.did(0, worker.judge.work());
    collectors.push_back(std::move(worker.collector));
  }
}

}  // namespace

std::unique_ptr<PairCollector> make_collector(const BackendOptions& options, Slab bought) {
  return std::make_unique<PairCollector>(bought.end - bought.begin, roomy_pairs / options.threads);
}

void collect_by_books(const BackendOptions& options, const Question& question, Slab bought, const OpenPurchases* open,
                      PairCollectors& collectors) {
  if (open == nullptr)
    collect(
        options, question, bought, [](Row) { return true; }, [](Wallet) { return true; }, collectors);
  else
    collect(
        options, question, bought, [&](Row row) { return open->holds(row); },
        [&](Wallet payee) { return open->are_of(payee); }, collectors);
}

HitCount count_collected(const BackendOptions& options, const PairCollectors& collectors) {
  HitCount count;
  std::vector<PairCollector*> all;
  for (const auto& collector : collectors) {
    count.hits += collector->taken();
    all.push_back(collector.get());
  }
  options.enter("pairs");
  count.pairs = count_distinct(options, all);
  return count;
}

HitCount count_by_books(const BackendOptions& options, const Question& question, const Interval& interval) {
  const Slab bought = rows_inside(question.ledger, interval);
  if (bought.begin == bought.end) return {};
  PairCollectors collectors;
  collect_by_books(options, question, bought, nullptr, collectors);
  return count_collected(options, collectors);
}

}  // namespace ringscan::cpu
