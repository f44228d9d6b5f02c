#include "cpu/count_by_books.hpp"

#include <tbb/enumerable_thread_specific.h>

#include <memory>

#include "cpu/band_search.hpp"
#include "cpu/books.hpp"
#include "cpu/evaluation.hpp"
#include "cpu/pair_counter.hpp"

namespace ringscan::cpu {
namespace {

// Which wallets are named: a bit a wallet, of which those that lines name are touched.
class Named {
 public:
  explicit Named(std::size_t wallets) { words_.resize(wallets / 64 + 1); }
  void set(Wallet wallet) { words_[to_index(wallet) / 64] |= std::uint64_t{1} << to_index(wallet) % 64; }
  void clear(Wallet wallet) { words_[to_index(wallet) / 64] = 0; }
  bool holds(Wallet wallet) const { return words_[to_index(wallet) / 64] >> to_index(wallet) % 64 & 1; }

 private:
  PagedArray<std::uint64_t> words_;
};

// One thread's.
struct Worker {
  Worker(const Question& question, const Delegations& delegations, std::uint64_t expected, std::uint64_t room_for)
      : band_search(question),
        evaluation(question, delegations),
        named(question.ledger.wallet_count()),
        collector(std::make_unique<PairCollector>(expected, room_for)) {}

  SortedLines purchases, receipts;
  BandSearch band_search;
  std::vector<char> is_hit;
  Evaluation evaluation;
  Named named;
  std::vector<Entry> purchase_entries, receipt_entries;
  Accusations accusations;
  std::unique_ptr<PairCollector> collector;
};

// The lines whose counterparty is among those of `others`. Rows are places in the list: all that an evaluation wants of
// them is their order.
void copy_named(Named& named, std::span<const BookLine> lines, const auto& others, std::vector<Entry>& entries) {
  entries.clear();
  for (const auto& other : others) named.set(other.counterparty);
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (named.holds(lines[i].counterparty))
      entries.push_back({lines[i].counterparty, lines[i].time, lines[i].amount, i});
  for (const auto& other : others) named.clear(other.counterparty);
}

void judge(const Question& question, Worker& worker, std::span<const BookLine> purchases,
           std::span<const BookLine> receipts) {
  if (question.rule.model == Model::any) return worker.band_search.search(purchases, receipts, worker.is_hit);
  worker.is_hit.assign(purchases.size(), question.rule.model == Model::purchase_only);
  if (question.rule.model == Model::purchase_only) return;
  // enhanced and basic: whoever is not both customer and payee of the other has no part in it.
  copy_named(worker.named, receipts, purchases, worker.receipt_entries);
  if (worker.receipt_entries.empty()) return;
  copy_named(worker.named, purchases, worker.receipt_entries, worker.purchase_entries);
  worker.evaluation.accuse(purchases.front().wallet, worker.purchase_entries, worker.receipt_entries, false,
                           worker.accusations);
  for (std::size_t i = 0; i < worker.accusations.size(); ++i)
    worker.is_hit[worker.purchase_entries[i].row] = worker.accusations[i].purchase != no_row;
}

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
