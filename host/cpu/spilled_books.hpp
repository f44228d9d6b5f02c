// Hits and distinct pairs with every receiver a merchant, for a ledger on the disk and rules that ask of a receipt more
// than its amount.
//
// A first pass counts how many lines fall into each bucket of wallets (book_rows.hpp); by that, buckets are put
// together to parts that fit the memory. A second pass writes every line to its part on the disk, 20 bytes each. Then
// one part after the other is read back and judged bucket by bucket, in all threads. For `advanced` what merchants paid
// is cut into groups of merchants besides, and every part is judged once for each group: its purchases at the group's
// merchants.
#pragma once
#include "cpu/book_rows.hpp"
#include "cpu/parted_file.hpp"
#include "cpu/spilled_pairs.hpp"

namespace ringscan::cpu {

// Lines by bucket; a payment's bucket is that of the merchant who made it.
class BookCensus {
 public:
  BookCensus(const BackendOptions& options, const BookRows& rows, Row piece_rows);

  std::uint64_t lines(LineKind kind, std::size_t bucket) const { return counts_[std::size_t(kind)][bucket]; }
  std::uint64_t lines(std::size_t bucket) const {
    return lines(LineKind::purchase, bucket) + lines(LineKind::receipt, bucket);
  }
  std::uint64_t all(LineKind kind) const;
  // What the bucket has that has most.
  std::uint64_t most_lines() const;
  std::uint64_t most(LineKind kind) const;
  std::size_t buckets() const { return counts_.front().size(); }

 private:
  std::array<std::vector<std::uint64_t>, line_kinds> counts_;
};

// How the work is cut up.
struct BookCuts {
  Row piece_rows = Row{1} << 17;
  std::uint64_t lines_of_part = 1;  // purchases and receipts, or a bucket's if that has more
  std::uint64_t payments_of_group = ~std::uint64_t{0};
  std::size_t lines_at_once = 1024;  // of a wallet, that a thread looks at together
  std::size_t chunk_bytes = 4096;    // written at once, a part's
  PairSpill pairs = {};

  // Bytes of memory: a line of a part, a payment of a group, and another of the merchant who has most.
  static constexpr std::uint64_t bytes_of_line = 24, bytes_of_payment = 92, more_for_busiest = 72;
  static constexpr std::uint64_t bytes_of_census(unsigned bucket_bits, unsigned threads) {
    return (std::uint64_t{8} * line_kinds << bucket_bits) * (threads + 1);
  }
};

// Buckets that stand together, by bucket: numbers ascend from 0, and none holds more than `most` lines, or one bucket.
struct Bundles {
  std::vector<std::uint32_t> of_bucket;
  std::size_t count = 0;

  template <class Lines>
  Bundles(std::size_t buckets, std::uint64_t most, Lines lines) : of_bucket(buckets) {
    std::uint64_t held = 0;
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
      if (bucket > 0 && held + lines(bucket) > most) held = 0, ++count;
      held += lines(bucket);
      of_bucket[bucket] = std::uint32_t(count);
    }
    ++count;
  }
};
struct BookBundles {
  Bundles parts, groups;
  BookBundles(const BookCensus& census, const BookCuts& cuts)
      : parts(census.buckets(), cuts.lines_of_part, [&](std::size_t bucket) { return census.lines(bucket); }),
        groups(census.buckets(), cuts.payments_of_group,
               [&](std::size_t bucket) { return census.lines(LineKind::payment, bucket); }) {}

  // Streams of writing for each slab of rows: purchases by part and group, receipts by part, payments by group.
  std::size_t streams() const { return parts.count * groups.count + parts.count + groups.count; }
};

HitCount count_spilled_books(const BackendOptions& options, const Question& question, const BookRows& rows,
                             const BookCensus& census, const BookCuts& cuts);

}  // namespace ringscan::cpu
