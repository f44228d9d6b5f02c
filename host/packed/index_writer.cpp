#include "packed/index_writer.hpp"

#include <sys/mman.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_pipeline.h>

#include <bit>
#include <cstring>
#include <memory>
#include <new>
#include <string>

namespace ringscan::packed {
namespace {

constexpr std::size_t bucket_bits = 10;             // buckets at most of one pass: few enough for the TLB
constexpr std::size_t least_piece_rows = 1u << 16;  // that a task takes at a time
constexpr std::size_t most_pieces = 256;
constexpr std::size_t longest_steps = LaterMaxima::step_bytes << 3;  // of a streamed wallet, on their way

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

// One wallet's later maxima, found from its last receipt to its first.
class LaterMaximum {
 public:
  // Appends a step that is one. How many are new: 0 or 1.
  std::uint64_t receive(std::uint32_t time, AmountKey amount, std::string& steps) {
    if (amount <= maximum_) return 0;
    const bool replaces = maximum_ != 0 && time == time_;
    if (replaces) steps.resize(steps.size() - LaterMaxima::step_bytes);
    maximum_ = amount;
    time_ = time;
    steps.append(reinterpret_cast<const char*>(&time), sizeof time);
    steps.append(reinterpret_cast<const char*>(&amount), sizeof amount);
    return replaces ? 0 : 1;
  }

 private:
  std::uint32_t time_ = 0;
  AmountKey maximum_ = 0;
};

struct WalletRange {
  std::uint64_t begin, end;
};

struct Group {  // of neighbouring buckets
  std::size_t begin, end;
};

template <bool has_amounts, bool has_wide_rows>
class IndexWriter {
 public:
  IndexWriter(const IndexColumns& columns, const IndexBudget& budget, SectionWriter& begins, SectionWriter& entries,
              const std::optional<LaterMaximaWriters>& later_maxima)
      : columns_(columns), budget_(budget), begins_(begins), entries_(entries), later_maxima_(later_maxima) {}

  void run() {
    if (columns_.wallet_count > 0) write({0, columns_.wallet_count});
    begins_.append(std::span<const std::uint64_t>(&written_, 1));
    if (later_maxima_) later_maxima_->begins.append(std::span<const std::uint64_t>(&steps_written_, 1));
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
                        sorted_size = size + (later_maxima_ ? LaterMaxima::step_bytes : 0),
                        most_of_bucket = budget_.memory_bytes / 2 / (budget_.threads + 1) / sorted_size;
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
    if (!later_maxima_) return;
    std::string steps;
    LaterMaximum maximum;
    later_maxima_->begins.append(std::span<const std::uint64_t>(&steps_written_, 1));
    for (Row row = columns_.wallet.size(); row-- > 0;)
      if (to_index(columns_.wallet[row]) == wallet.begin) {
        steps_written_ += maximum.receive(columns_.time[row], columns_.amount[row], steps);
        if (steps.size() < longest_steps) continue;
        later_maxima_->steps.append(std::string_view(steps).substr(0, steps.size() - LaterMaxima::step_bytes));
        steps.erase(0, steps.size() - LaterMaxima::step_bytes);  // the last one may be replaced yet
      }
    later_maxima_->steps.append(std::string_view(steps));
  }

  // `begins` within these steps, by wallet.
  void append_later_maxima(std::span<const std::uint64_t> begins, std::string_view steps, std::uint64_t count) {
    for (const std::uint64_t begin : begins) {
      const std::uint64_t in_file = steps_written_ + begin;
      later_maxima_->begins.append(std::span<const std::uint64_t>(&in_file, 1));
    }
    later_maxima_->steps.append(steps);
    steps_written_ += count;
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
      std::vector<std::uint64_t> step_begins;
      std::string steps;
      std::uint64_t step_count = 0;
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
                  if (later_maxima_)
                    sorted->step_count = find_later_maxima(sorted->begins, sorted->entries.get(), sorted->count,
                                                           sorted->step_begins, sorted->steps);
                  return sorted;
                }) &
            tbb::make_filter<std::shared_ptr<Sorted>, void>(
                tbb::filter_mode::serial_in_order, [&](const std::shared_ptr<Sorted>& sorted) {
                  for (std::uint64_t& begin : sorted->begins) begin += written_;
                  begins_.append(std::span<const std::uint64_t>(sorted->begins));
                  entries_.append({sorted->entries.get(), sorted->count * size});
                  written_ += sorted->count;
                  if (later_maxima_) append_later_maxima(sorted->step_begins, sorted->steps, sorted->step_count);
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

  // Of the bucket's wallets, whose entries begin at `begins`.
  static std::uint64_t find_later_maxima(std::span<const std::uint64_t> begins, const char* entries,
                                         std::uint64_t count, std::vector<std::uint64_t>& step_begins,
                                         std::string& steps) {
    std::uint64_t step_count = 0;
    for (std::size_t wallet = 0; wallet < begins.size(); ++wallet) {
      step_begins.push_back(step_count);
      LaterMaximum maximum;
      for (std::uint64_t i = wallet + 1 < begins.size() ? begins[wallet + 1] : count; i-- > begins[wallet];) {
        std::uint32_t time;
        AmountKey amount;
        std::memcpy(&time, entries + i * size + 4, sizeof time);
        std::memcpy(&amount, entries + i * size + 8, sizeof amount);
        step_count += maximum.receive(time, amount, steps);
      }
    }
    return step_count;
  }

  const IndexColumns& columns_;
  const IndexBudget& budget_;
  SectionWriter &begins_, &entries_;
  const std::optional<LaterMaximaWriters>& later_maxima_;
  std::uint64_t written_ = 0;  // entries
  std::uint64_t steps_written_ = 0;
};

}  // namespace

void write_index(const IndexColumns& columns, bool has_amounts, bool has_wide_rows, const IndexBudget& budget,
                 SectionWriter& begins, SectionWriter& entries, std::optional<LaterMaximaWriters> later_maxima) {
  const auto write = [&]<bool amounts, bool wide_rows>() {
    IndexWriter<amounts, wide_rows>(columns, budget, begins, entries, later_maxima).run();
  };
  if (has_amounts)
    has_wide_rows ? write.template operator()<true, true>() : write.template operator()<true, false>();
  else
    has_wide_rows ? write.template operator()<false, true>() : write.template operator()<false, false>();
}

}  // namespace ringscan::packed
