#include "cpu/count_by_books.hpp"

#include <tbb/enumerable_thread_specific.h>

#include <memory>

#include "cpu/book_judge.hpp"
#include "cpu/books.hpp"
#include "cpu/pair_counter.hpp"

namespace ringscan::cpu {
namespace {

// One thread's.
struct Worker {
  Worker(const BackendOptions& options, const Question& question, const Delegations& delegations,
         std::uint64_t expected, std::uint64_t room_for)
      : judge(options, question, delegations), collector(std::make_unique<PairCollector>(expected, room_for)) {}

  SortedLines purchases, receipts;
  BookJudge judge;
  std::unique_ptr<PairCollector> collector;
};

}  // namespace

HitCount count_by_books(const BackendOptions& options, const Question& question, const Interval& interval) {
  const LedgerView& ledger = question.ledger;
  const Rule& rule = question.rule;
  const Slab bought = rows_inside(ledger, interval);
  if (bought.begin == bought.end) return {};
  const Delegations delegations;
  const bool one_asset = has_one_asset(ledger), nobody_excluded = rule.excluded.empty();
  const auto account = [&](Wallet wallet) {
    return one_asset ? Account(to_index(wallet)) : ledger.wallet_account[to_index(wallet)];
  };
  const auto excludes = [&](Wallet wallet) { return !nobody_excluded && rule.excludes(account(wallet)); };
  const auto is_purchase = [&](Row row) { return !excludes(ledger.from[row]) && !excludes(ledger.to[row]); };
  const auto is_receipt = [&](Row row) { return rule.model != Model::purchase_only && !excludes(ledger.from[row]); };

  tbb::enumerable_thread_specific<Worker> workers(
      [&] { return Worker(options, question, delegations, bought.end - bought.begin, roomy_pairs / options.threads); });
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

  HitCount count;
  std::vector<PairCollector*> collectors;
  for (Worker& worker : workers) {
    options.did(0, worker.judge.work());
    count.hits += worker.collector->taken();
    collectors.push_back(worker.collector.get());
  }
  options.enter("pairs");
  count.pairs = count_distinct(options, collectors);
  return count;
}

}  // namespace ringscan::cpu
