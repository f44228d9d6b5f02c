#include "cpu/spilled_books.hpp"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_invoke.h>
#include <tbb/parallel_sort.h>

#include <atomic>
#include <numeric>

#include "cpu/book_judge.hpp"

namespace ringscan::cpu {
namespace {

constexpr std::size_t pairs_at_once = 4096;

// Lines of one kind of a part, bucket by bucket, each bucket's in the order of rows.
class PartLines {
 public:
  // Room for the lines that the census has counted in buckets [first, last).
  PartLines(const BookCensus& census, LineKind kind, std::size_t first, std::size_t last) : first_(first), begins_(1) {
    for (std::size_t bucket = first; bucket < last; ++bucket)
      begins_.push_back(begins_.back() + census.lines(kind, bucket));
    ends_ = begins_;
    lines_.resize(begins_.back());
  }
  void add(std::size_t bucket, const SpilledLine& line) {
    lines_[ends_[bucket - first_]++] = {line.wallet, line.counterparty, line.time, 0, line.amount()};
  }
  std::span<BookLine> of(std::size_t bucket) const {
    const std::size_t place = bucket - first_;
    return {lines_.data() + begins_[place], ends_[place] - begins_[place]};
  }

 private:
  std::size_t first_;
  std::vector<std::size_t> begins_, ends_;
  PagedArray<BookLine> lines_;
};

class SpilledBooks {
 public:
  SpilledBooks(const BackendOptions& options, const Question& question, const BookRows& rows, const BookCensus& census,
               const BookCuts& cuts)
      : options_(options),
        question_(question),
        rows_(rows),
        census_(census),
        cuts_(cuts),
        bundles_(census, cuts),
        slabs_(options.threads),
        pairs_(options, cuts.pairs) {}

  HitCount run() {
    {
      PartedFile<SpilledLine> file(options_.spill_path, slabs_ * bundles_.streams(), cuts_.chunk_bytes);
      options_.enter("spill");
      rows_.each(options_, slabs_, cuts_.piece_rows, [&](std::size_t slab, LineKind kind, const SpilledLine& line) {
        file.add(slab * bundles_.streams() + stream(kind, line), line);
      });
      file.finish();
      options_.did(0, 0, file.bytes());
      options_.enter("books");
      for (std::size_t group = 0; group < groups(); ++group) judge_group(file, group);
    }
    options_.enter("pairs");
    return {hits_, pairs_.count_distinct()};
  }

 private:
  std::size_t parts() const { return bundles_.parts.count; }
  std::size_t groups() const { return bundles_.groups.count; }
  std::size_t stream(LineKind kind, std::size_t part, std::size_t group) const {
    if (kind == LineKind::purchase) return part * groups() + group;
    return parts() * groups() + (kind == LineKind::receipt ? part : parts() + group);
  }
  std::size_t stream(LineKind kind, const SpilledLine& line) const {
    const std::size_t part = bundles_.parts.of_bucket[rows_.bucket(line.wallet, line.counterparty)];
    const Wallet merchant = kind == LineKind::payment ? line.wallet : line.counterparty;
    return stream(kind, part, groups() == 1 ? 0 : bundles_.groups.of_bucket[rows_.bucket(merchant)]);
  }
  // Calls use(lines) for a stream's lines, slab after slab: in the order of rows.
  template <class Use>
  void read(const PartedFile<SpilledLine>& file, std::size_t stream, Use use) const {
    for (std::size_t slab = 0; slab < slabs_; ++slab)
      file.read(slab * bundles_.streams() + stream, [&](std::span<const SpilledLine> lines) {
        options_.stop_if_asked();
        use(lines);
      });
  }

  void judge_group(const PartedFile<SpilledLine>& file, std::size_t group) {
    Delegations delegations;
    if (question_.rule.model == Model::advanced) read_payments(file, group, delegations);
    for (std::size_t first = 0, last; first < census_.buckets(); first = last) {
      const std::uint32_t part = bundles_.parts.of_bucket[first];
      for (last = first; last < census_.buckets() && bundles_.parts.of_bucket[last] == part;) ++last;
      PartLines purchases(census_, LineKind::purchase, first, last), receipts(census_, LineKind::receipt, first, last);
      const auto load = [&](LineKind kind, PartLines& lines) {
        read(file, stream(kind, part, group), [&](std::span<const SpilledLine> some) {
          for (const SpilledLine& line : some) lines.add(rows_.bucket(line.wallet, line.counterparty), line);
        });
      };
      tbb::parallel_invoke([&] { load(LineKind::purchase, purchases); }, [&] { load(LineKind::receipt, receipts); });
      judge_part(delegations, purchases, receipts, first, last);
    }
  }

  void read_payments(const PartedFile<SpilledLine>& file, std::size_t group, Delegations& delegations) const {
    PagedArray<SpilledLine> payments;
    std::size_t count = 0;
    for (std::size_t bucket = 0; bucket < census_.buckets(); ++bucket)
      if (bundles_.groups.of_bucket[bucket] == group) count += census_.lines(LineKind::payment, bucket);
    payments.resize(count);
    std::size_t next = 0;
    read(file, stream(LineKind::payment, 0, group), [&](std::span<const SpilledLine> some) {
      next += std::ranges::copy(some, payments.data() + next).in - some.begin();
    });
    tbb::parallel_sort(payments.data(), payments.data() + count, [](const SpilledLine& a, const SpilledLine& b) {
      return std::tuple(a.wallet, a.counterparty, a.time) < std::tuple(b.wallet, b.counterparty, b.time);
    });
    delegations.reserve(count);
    std::vector<Entry> of_merchant;
    for (std::size_t begin = 0, end; begin < count; begin = end) {
      of_merchant.clear();
      for (end = begin; end < count && payments[end].wallet == payments[begin].wallet; ++end)
        of_merchant.push_back({payments[end].counterparty, payments[end].time, payments[end].amount(), end});
      delegations.add(payments[begin].wallet, of_merchant);
    }
  }

  // One thread's.
  struct Worker {
    Worker(const BackendOptions& options, const Question& question, const Delegations& delegations, std::size_t at_once)
        : judge(options, question, delegations, at_once) {}
    BookJudge judge;
    std::vector<std::uint64_t> pairs;
  };

  void judge_part(const Delegations& delegations, const PartLines& purchases, const PartLines& receipts,
                  std::size_t first, std::size_t last) {
    tbb::enumerable_thread_specific<Worker> workers(
        [&] { return Worker(options_, question_, delegations, cuts_.lines_at_once); });
    tbb::parallel_for(first, last, [&](std::size_t bucket) {
      if (purchases.of(bucket).empty() || receipts.of(bucket).empty()) return;
      options_.stop_if_asked();
      judge_bucket(workers.local(), sorted(purchases.of(bucket)), sorted(receipts.of(bucket)));
    });
    for (Worker& worker : workers) {
      leave(worker);
      options_.did(0, worker.judge.work());
    }
  }

  // Where they stand, as a hot account's would not fit twice. Equal times may change places: no count depends on them.
  static std::span<const BookLine> sorted(std::span<BookLine> lines) {
    std::ranges::sort(lines, {},
                      [](const BookLine& line) { return std::uint64_t{to_index(line.wallet)} << 32 | line.time; });
    return lines;
  }

  void judge_bucket(Worker& worker, std::span<const BookLine> purchases, std::span<const BookLine> receipts) {
    const auto take_wallet = [](std::span<const BookLine>& lines, Wallet wallet) {
      const auto first = std::ranges::find_if(lines, [&](const BookLine& line) { return line.wallet >= wallet; });
      const auto end = std::find_if(first, lines.end(), [&](const BookLine& line) { return line.wallet != wallet; });
      lines = {end, lines.end()};
      return std::span<const BookLine>(first, end);
    };
    while (!purchases.empty()) {
      const Wallet wallet = purchases.front().wallet;
      const std::span<const BookLine> bought = take_wallet(purchases, wallet), received = take_wallet(receipts, wallet);
      if (received.empty()) continue;
      const std::span<const char> is_hit = worker.judge.judge(bought, received);
      for (std::size_t i = 0; i < bought.size(); ++i)
        if (is_hit[i])
          worker.pairs.push_back(PairCollector::pair(std::uint32_t(bought[i].counterparty), std::uint32_t(wallet)));
      if (worker.pairs.size() >= pairs_at_once) leave(worker);
    }
  }

  void leave(Worker& worker) {
    hits_ += worker.pairs.size();
    rows_.accounts().name_pairs(worker.pairs);
    pairs_.add(worker.pairs);
    worker.pairs.clear();
  }

  const BackendOptions& options_;
  const Question& question_;
  const BookRows& rows_;
  const BookCensus& census_;
  const BookCuts& cuts_;
  BookBundles bundles_;
  std::size_t slabs_;
  SpilledPairs pairs_;
  std::atomic<std::uint64_t> hits_ = 0;
};

}  // namespace

BookCensus::BookCensus(const BackendOptions& options, const BookRows& rows, Row piece_rows) {
  using Counts = std::array<std::vector<std::uint64_t>, line_kinds>;
  const auto zeros = [&](Counts& counts) {
    for (auto& kind : counts) kind.resize(rows.buckets());
  };
  options.enter("census");
  std::vector<Counts> of_slab(options.threads);
  std::ranges::for_each(of_slab, zeros);
  rows.each(options, of_slab.size(), piece_rows, [&](std::size_t slab, LineKind kind, const SpilledLine& line) {
    ++of_slab[slab][std::size_t(kind)]
             [kind == LineKind::payment ? rows.bucket(line.wallet) : rows.bucket(line.wallet, line.counterparty)];
  });
  zeros(counts_);
  for (const Counts& counts : of_slab)
    for (std::size_t kind = 0; kind < line_kinds; ++kind)
      for (std::size_t bucket = 0; bucket < rows.buckets(); ++bucket) counts_[kind][bucket] += counts[kind][bucket];
}

std::uint64_t BookCensus::all(LineKind kind) const {
  const std::vector<std::uint64_t>& counts = counts_[std::size_t(kind)];
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::uint64_t BookCensus::most(LineKind kind) const { return std::ranges::max(counts_[std::size_t(kind)]); }

std::uint64_t BookCensus::most_lines() const {
  std::uint64_t most = 0;
  for (std::size_t bucket = 0; bucket < buckets(); ++bucket) most = std::max(most, lines(bucket));
  return most;
}

HitCount count_spilled_books(const BackendOptions& options, const Question& question, const BookRows& rows,
                             const BookCensus& census, const BookCuts& cuts) {
  return SpilledBooks(options, question, rows, census, cuts).run();
}

}  // namespace ringscan::cpu
