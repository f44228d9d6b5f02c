#include "packed/index_writer.hpp"

#include <sys/mman.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_pipeline.h>

#include <bit>
#include <cstring>
#include <memory>
#include <new>

namespace ringscan::packed {
namespace {

constexpr std::size_t bucket_bits = 10;             // buckets at most of one pass: few enough for the TLB
constexpr std::size_t least_piece_rows = 1u << 16;  // that a task takes at a time
constexpr std::size_t most_pieces = 256;

// Room that comes in huge pages where the system has them, as buckets are written all over it.
class Room {
 public:
  explicit Room(std::size_t bytes) : bytes_(std::max<std::size_t>(1, bytes)) {
    void* const begin = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (begin == MAP_FAILED) throw std::bad_alloc();
    ::madvise(begin, bytes_, MADV_HUGEPAGE);
    begin_ = static_cast<char*>(begin);
  }
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;
  ~Room() { ::munmap(begin_, bytes_); }
  char* begin() const { return begin_; }

 private:
  char* begin_;
  std::size_t bytes_;
};

template <class T>
char* put(char* place, T value) {
  std::memcpy(place, &value, sizeof value);
  return place + sizeof value;
}

struct WalletRange {
  std::uint64_t begin, end;
};

struct Group {  // of neighbouring buckets
  std::size_t begin, end;
};

template <bool has_amounts, bool has_wide_rows>
class IndexWriter {
 public:
  IndexWriter(const IndexColumns& columns, const IndexBudget& budget, SectionWriter& begins, SectionWriter& entries)
      : columns_(columns), budget_(budget), begins_(begins), entries_(entries) {}

  void run() {
    if (columns_.wallet_count > 0) write({0, columns_.wallet_count});
    begins_.append(std::span<const std::uint64_t>(&written_, 1));
  }

 private:
  static constexpr std::size_t size = entry_bytes(has_amounts, has_wide_rows);
  static constexpr std::size_t moved_size = size + sizeof(std::uint32_t);  // with its wallet

  struct Buckets {
    WalletRange wallets;
    unsigned shift;  // wallet - wallets.begin >> shift is the bucket
    std::size_t count, piece_rows;
    std::vector<std::uint64_t> rows;             // by bucket
    std::vector<std::vector<std::uint64_t>> at;  // by piece and bucket: its rows, then where they go
  };

  char* put_entry(char* place, Row row) const {
    place = put(place, columns_.counterparty[row]);
    place = put(place, columns_.time[row]);
    if constexpr (has_amounts) place = put(place, columns_.amount[row]);
    if constexpr (has_wide_rows) return put(place, row);
    return put(place, std::uint32_t(row));
  }

  template <class Visit>  // (row, wallet), for the piece's rows of these wallets
  void visit_piece(const Buckets& buckets, std::size_t piece, WalletRange wallets, Visit visit) const {
    const Row begin = piece * buckets.piece_rows,
              end = std::min<Row>(columns_.wallet.size(), begin + buckets.piece_rows);
    const std::uint64_t count = wallets.end - wallets.begin;
    for (Row row = begin; row < end; ++row) {
      const std::uint64_t wallet = to_index(columns_.wallet[row]);
      if (wallet - wallets.begin < count) visit(row, wallet);
    }
  }

  Buckets count(WalletRange wallets) const {
    const std::uint64_t wallet_count = wallets.end - wallets.begin;
    const unsigned bits = unsigned(std::bit_width(wallet_count - 1));
    const std::size_t rows = columns_.wallet.size();
    const std::size_t piece_rows = std::max(least_piece_rows, rows / most_pieces + 1),
                      pieces = blocks_of(rows, piece_rows);
    Buckets buckets{wallets, bits > bucket_bits ? unsigned(bits - bucket_bits) : 0, 0, piece_rows, {}, {}};
    buckets.count = ((wallet_count - 1) >> buckets.shift) + 1;
    buckets.at.resize(pieces);
    tbb::parallel_for(std::size_t{0}, pieces, [&](std::size_t piece) {
      std::vector<std::uint64_t> of_piece(buckets.count);
      visit_piece(buckets, piece, wallets,
                  [&](Row, std::uint64_t wallet) { ++of_piece[(wallet - wallets.begin) >> buckets.shift]; });
      buckets.at[piece] = std::move(of_piece);
    });
    buckets.rows.resize(buckets.count);
    for (const auto& piece : buckets.at)
      for (std::size_t bucket = 0; bucket < buckets.count; ++bucket) buckets.rows[bucket] += piece[bucket];
    return buckets;
  }

  WalletRange wallets_of(const Buckets& buckets, Group group) const {
    const auto first = [&](std::size_t bucket) {
      return std::min(buckets.wallets.end, buckets.wallets.begin + (std::uint64_t(bucket) << buckets.shift));
    };
    return {first(group.begin), first(group.end)};
  }

  void write(WalletRange wallets) {
    budget_.stop_if_asked();
    if (wallets.end - wallets.begin == 1) return stream(wallets);
    Buckets buckets = count(wallets);
    const std::uint64_t most_of_pass = budget_.memory_bytes / 2 / moved_size,
                        most_of_bucket = budget_.memory_bytes / 2 / (budget_.threads + 1) / size;
    for (std::size_t begin = 0; begin < buckets.count;) {
      std::size_t end = begin;
      std::uint64_t rows = 0;
      while (end < buckets.count && buckets.rows[end] <= most_of_bucket && rows + buckets.rows[end] <= most_of_pass)
        rows += buckets.rows[end++];
      if (end > begin)
        write_group(buckets, {begin, end}, rows);
      else
        write(wallets_of(buckets, {begin, ++end}));
      begin = end;
    }
  }

  // One wallet's entries as they come.
  void stream(WalletRange wallet) {
    begins_.append(std::span<const std::uint64_t>(&written_, 1));
    char entry[size];
    for (Row row = 0; row < columns_.wallet.size(); ++row)
      if (to_index(columns_.wallet[row]) == wallet.begin) {
        put_entry(entry, row);
        entries_.append({entry, size});
        ++written_;
      }
  }

  // All entries of the group into their buckets, then bucket by bucket into the file.
  void write_group(Buckets& buckets, Group group, std::uint64_t rows) {
    const Room room(rows * moved_size);
    std::vector<std::uint64_t> bucket_begin;
    std::uint64_t next = 0;
    for (std::size_t bucket = group.begin; bucket < group.end; ++bucket) {
      bucket_begin.push_back(next);
      for (auto& piece : buckets.at) next += std::exchange(piece[bucket], next);
    }
    bucket_begin.push_back(next);
    const WalletRange wallets = wallets_of(buckets, group);
    tbb::parallel_for(std::size_t{0}, buckets.at.size(), [&](std::size_t piece) {
      std::vector<std::uint64_t>& at = buckets.at[piece];
      visit_piece(buckets, piece, wallets, [&](Row row, std::uint64_t wallet) {
        char* const place = room.begin() + at[(wallet - buckets.wallets.begin) >> buckets.shift]++ * moved_size;
        put_entry(put(place, std::uint32_t(wallet)), row);
      });
    });
    budget_.stop_if_asked();

    struct Sorted {
      std::vector<std::uint64_t> begins;
      std::unique_ptr<char[]> entries;
      std::uint64_t count;
    };
    std::size_t started = 0;
    tbb::parallel_pipeline(
        budget_.threads + 1,
        tbb::make_filter<void, std::size_t>(tbb::filter_mode::serial_in_order,
                                            [&](tbb::flow_control& control) {
                                              if (started == group.end - group.begin) control.stop();
                                              return started++;
                                            }) &
            tbb::make_filter<std::size_t, std::shared_ptr<Sorted>>(
                tbb::filter_mode::parallel,
                [&](std::size_t bucket) {
                  const WalletRange of_bucket = wallets_of(buckets, {group.begin + bucket, group.begin + bucket + 1});
                  auto sorted = std::make_shared<Sorted>();
                  sorted->count = bucket_begin[bucket + 1] - bucket_begin[bucket];
                  sorted->entries = std::make_unique_for_overwrite<char[]>(sorted->count * size);
                  sort_bucket(room.begin() + bucket_begin[bucket] * moved_size, sorted->count, of_bucket,
                              sorted->begins, sorted->entries.get());
                  return sorted;
                }) &
            tbb::make_filter<std::shared_ptr<Sorted>, void>(
                tbb::filter_mode::serial_in_order, [&](const std::shared_ptr<Sorted>& sorted) {
                  for (std::uint64_t& begin : sorted->begins) begin += written_;
                  begins_.append(std::span<const std::uint64_t>(sorted->begins));
                  entries_.append({sorted->entries.get(), sorted->count * size});
                  written_ += sorted->count;
                }));
  }

  static void sort_bucket(const char* moved, std::uint64_t count, WalletRange wallets,
                          std::vector<std::uint64_t>& begins, char* entries) {
    std::vector<std::uint64_t> next(wallets.end - wallets.begin);
    const auto wallet_of = [&](std::uint64_t i) {
      std::uint32_t wallet;
      std::memcpy(&wallet, moved + i * moved_size, sizeof wallet);
      return wallet - wallets.begin;
    };
    for (std::uint64_t i = 0; i < count; ++i) ++next[wallet_of(i)];
    std::uint64_t begin = 0;
    for (std::uint64_t& of_wallet : next) begin += std::exchange(of_wallet, begin);
    begins = next;
    for (std::uint64_t i = 0; i < count; ++i)
      std::memcpy(entries + next[wallet_of(i)]++ * size, moved + i * moved_size + sizeof(std::uint32_t), size);
  }

  const IndexColumns& columns_;
  const IndexBudget& budget_;
  SectionWriter &begins_, &entries_;
  std::uint64_t written_ = 0;  // entries
};

}  // namespace

void write_index(const IndexColumns& columns, bool has_amounts, bool has_wide_rows, const IndexBudget& budget,
                 SectionWriter& begins, SectionWriter& entries) {
  const auto write = [&]<bool amounts, bool wide_rows>() {
    IndexWriter<amounts, wide_rows>(columns, budget, begins, entries).run();
  };
  if (has_amounts)
    has_wide_rows ? write.template operator()<true, true>() : write.template operator()<true, false>();
  else
    has_wide_rows ? write.template operator()<false, true>() : write.template operator()<false, false>();
}

}  // namespace ringscan::packed
