#include "cpu/suspects_by_sweep.hpp"

#include <tbb/parallel_for.h>
#include <tbb/parallel_sort.h>

#include <memory>

#include "cpu/parallel.hpp"
#include "cpu/sweep.hpp"
#include "rules/predicates.hpp"

namespace ringscan::cpu {
namespace {

// Those rows of a ledger, in its order.
struct SomeRows {
  static constexpr std::uint64_t bytes_a_row =
      sizeof(Row) + 2 * sizeof(Wallet) + sizeof(std::uint32_t) + sizeof(AmountKey);
  std::vector<Wallet> from, to;
  std::vector<std::uint32_t> time;
  std::vector<AmountKey> amount;

  SomeRows(const LedgerView& ledger, std::span<const Row> rows)
      : from(rows.size()), to(rows.size()), time(rows.size()), amount(rows.size()) {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, rows.size(), block_rows), [&](const auto& part) {
      for (std::size_t i = part.begin(); i < part.end(); ++i) {
        from[i] = ledger.from[rows[i]], to[i] = ledger.to[rows[i]];
        time[i] = ledger.time[rows[i]], amount[i] = ledger.amount[rows[i]];
      }
    });
  }
  LedgerView in(LedgerView ledger) const {
    ledger.from = from, ledger.to = to, ledger.time = time, ledger.amount = amount;
    return ledger;
  }
};

// Payments to merchants and to wallets that pay them. A bit a wallet, which a cache holds longer than its number.
std::vector<Row> rows_that_count(const BackendOptions& options, const LedgerView& ledger,
                                 std::span<const std::uint32_t> number) {
  std::vector<bool> is_merchant(ledger.wallet_count());
  for (std::size_t w = 0; w < number.size(); ++w) is_merchant[w] = number[w] != no_merchant;
  const std::vector<Wallet> customers = collect<Wallet>(options, ledger.size(), [&](Row row, std::vector<Wallet>& out) {
    if (is_merchant[to_index(ledger.to[row])]) out.push_back(ledger.from[row]);
  });
  std::vector<bool> counts = is_merchant;
  for (const Wallet customer : customers) counts[to_index(customer)] = true;
  options.did(2 * ledger.size());
  return collect<Row>(options, ledger.size(), [&](Row row, std::vector<Row>& out) {
    if (counts[to_index(ledger.to[row])]) out.push_back(row);
  });
}

template <bool has_excluded>
class Search {
 public:
  Search(const BackendOptions& options, const LedgerView& ledger, const Rule& rule, std::span<const Merchant> merchants,
         std::span<const std::uint32_t> number)
      : options_(options), ledger_(ledger), rule_(rule), merchants_(merchants), number_(number) {}

  std::vector<Suspicion> run() {
    slabs_ = cut_into_slabs(ledger_, {0, ledger_.size()}, slab_count(options_, ledger_, sizeof(AmountKey)));
    found_.resize(slabs_.size());
    tbb::parallel_for(
        std::size_t{0}, slabs_.size(), [&](std::size_t i) { sweep_slab(i); }, tbb::simple_partitioner());
    settle_open();
    std::vector<Suspicion> all;
    for (const Found& found : found_) all.insert(all.end(), found.suspects.begin(), found.suspects.end());
    options_.did(0, all.size(), all.size() * sizeof(Suspicion));
    tbb::parallel_sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }

 private:
  using State = LaterMaximum<has_excluded>;
  struct Found {
    std::unique_ptr<State> state;
    std::vector<Row> open;  // purchases that the slab's own receipts do not make suspect
    std::vector<Suspicion> suspects;
  };

  void sweep_slab(std::size_t i) {
    Found& found = found_[i];
    found.state = std::make_unique<State>(ledger_, rule_);
    const bool is_last = i + 1 == slabs_.size();
    sweep(options_, ledger_, slabs_[i], slabs_[i].end, found.state->handle(), [&](Row row, bool is_hit) {
      const std::uint32_t merchant = number_[to_index(ledger_.to[row])];
      if (merchant == no_merchant) return;
      const Interval& interval = merchants_[merchant].interval;
      if (!rules::is_between(interval.after, ledger_.first_time + std::int64_t{ledger_.time[row]}, interval.before))
        return;
      if (is_hit)
        suspect(row, found);
      else if (!is_last)
        found.open.push_back(row);
    });
  }

  // Slab after slab from the last but one, each asked of all that is later.
  void settle_open() {
    for (std::size_t i = slabs_.size(); i-- > 1;) {
      const auto later = found_[i].state->handle();
      Found& earlier = found_[i - 1];
      for (const Row row : earlier.open)
        if (later.is_hit(row)) suspect(row, earlier);
      options_.did(earlier.open.size());
      earlier.state->add_later(*found_[i].state);
      found_[i].state.reset();
    }
  }

  void suspect(Row row, Found& found) const {
    found.suspects.push_back({number_[to_index(ledger_.to[row])], ledger_.wallet_account[to_index(ledger_.from[row])]});
  }

  const BackendOptions& options_;
  const LedgerView& ledger_;
  const Rule& rule_;
  const std::span<const Merchant> merchants_;
  const std::span<const std::uint32_t> number_;
  std::vector<Slab> slabs_;
  std::vector<Found> found_;  // by slab
};

std::vector<Suspicion> search(const BackendOptions& options, const LedgerView& ledger, const Rule& rule,
                              std::span<const Merchant> merchants, std::span<const std::uint32_t> number) {
  if (rule.excluded.empty()) return Search<false>(options, ledger, rule, merchants, number).run();
  return Search<true>(options, ledger, rule, merchants, number).run();
}

}  // namespace

std::vector<Suspicion> find_suspects_by_sweep(const BackendOptions& options, const Question& question,
                                              std::span<const Merchant> merchants,
                                              std::span<const std::uint32_t> number) {
  const LedgerView& ledger = question.ledger;
  const std::vector<Row> rows = rows_that_count(options, ledger, number);
  if (rows.size() > ledger.size() / 2) return search(options, ledger, question.rule, merchants, number);
  const SomeRows some(ledger, rows);
  options.did(0, 0, rows.size() * SomeRows::bytes_a_row);
  return search(options, some.in(ledger), question.rule, merchants, number);
}

}  // namespace ringscan::cpu
