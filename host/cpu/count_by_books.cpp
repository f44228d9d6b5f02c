#include "cpu/count_by_books.hpp"

#include <tbb/enumerable_thread_specific.h>

#include <memory>

#include "cpu/band_search.hpp"
#include "cpu/books.hpp"
#include "cpu/evaluation.hpp"
#include "cpu/pair_counter.hpp"

namespace ringscan::cpu {
namespace {

// One thread's.
struct Worker {
  Worker(const Question& question, const Delegations& delegations, std::uint64_t expected, std::uint64_t room_for)
      : band_search(question),
        evaluation(question, delegations),
        collector(std::make_unique<PairCollector>(expected, room_for)) {}

  SortedLines purchases, receipts;
  BandSearch band_search;
  std::vector<char> is_hit;
  Evaluation evaluation;
  std::vector<Entry> purchase_entries, receipt_entries;
  Accusations accusations;
  std::unique_ptr<PairCollector> collector;
};

// Rows are places in the list: all that an evaluation wants of them is their order.
void copy_entries(std::span<const BookLine> lines, std::vector<Entry>& entries) {
  entries.clear();
  for (std::size_t i = 0; i < lines.size(); ++i)
    entries.push_back({lines[i].counterparty, lines[i].time, lines[i].amount, i});
}

void judge(const Question& question, Worker& worker, std::span<const BookLine> purchases,
           std::span<const BookLine> receipts) {
  if (question.rule.model == Model::any) return worker.band_search.search(purchases, receipts, worker.is_hit);
  copy_entries(purchases, worker.purchase_entries);
  copy_entries(receipts, worker.receipt_entries);
  worker.evaluation.accuse(purchases.front().wallet, worker.purchase_entries, worker.receipt_entries, false,
                           worker.accusations);
  worker.is_hit.resize(purchases.size());
  for (std::size_t i = 0; i < purchases.size(); ++i) worker.is_hit[i] = worker.accusations[i].purchase != no_row;
}

}  // namespace

HitCount count_by_books(const BackendOptions& options, const Question& question, const Interval& interval) {
  const LedgerView& ledger = question.ledger;
  const Rule& rule = question.rule;
  const Slab bought = rows_inside(ledger, interval);
  if (bought.begin == bought.end) return {};
  Delegations delegations;
  if (rule.model == Model::advanced)
    delegations = ScannedBooks::scanned_delegations(options, ledger, [](Wallet) { return true; });
  const bool one_asset = has_one_asset(ledger), nobody_excluded = rule.excluded.empty();
  const auto account = [&](Wallet wallet) {
    return one_asset ? Account(to_index(wallet)) : ledger.wallet_account[to_index(wallet)];
  };
  const auto excludes = [&](Wallet wallet) { return !nobody_excluded && rule.excludes(account(wallet)); };
  const auto is_purchase = [&](Row row) { return !excludes(ledger.from[row]) && !excludes(ledger.to[row]); };
  const auto is_receipt = [&](Row row) { return rule.model != Model::purchase_only && !excludes(ledger.from[row]); };

  tbb::enumerable_thread_specific<Worker> workers(
      [&] { return Worker(question, delegations, bought.end - bought.begin, roomy_pairs / options.threads); });
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
      judge(question, worker, purchases, receipts);
      const auto customer = std::uint32_t(account(purchases.front().wallet));
      for (std::size_t i = 0; i < purchases.size(); ++i) {
        *room.next = PairCollector::pair(std::uint32_t(account(purchases[i].counterparty)), customer);
        room.next += worker.is_hit[i];
        if (room.next == room.end) room = worker.collector->take(room);
      }
    }
    worker.collector->take(room);
  });

  HitCount count;
  std::vector<PairCollector*> collectors;
  for (Worker& worker : workers) {
    options.did(0, worker.band_search.work() + worker.evaluation.work());
    count.hits += worker.collector->taken();
    collectors.push_back(worker.collector.get());
  }
  options.enter("pairs");
  count.pairs = count_distinct(options, collectors);
  return count;
}

}  // namespace ringscan::cpu
