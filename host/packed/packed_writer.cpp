#include "packed/packed_writer.hpp"

#include <fmt/format.h>
#include <tbb/info.h>
#include <tbb/parallel_invoke.h>
#include <tbb/task_arena.h>

#include <limits>
#include <numeric>
#include <stdexcept>

#include "io/errors.hpp"
#include "packed/account_index.hpp"
#include "packed/index_writer.hpp"
#include "packed/narrow_column.hpp"
#include "packed/pair_marks_writer.hpp"
#include "packed/plain_hits_writer.hpp"
#include "packed/returns_writer.hpp"
#include "packed/reward_waits_writer.hpp"
#include "packed/wide_amounts.hpp"

namespace ringscan {

using namespace packed;

// The file while it is written, in three steps: rows, then all that follows from them, then checksums and header.
class PackedWriter::Writing {
 public:
  Writing(const std::string& path, bool overwrite, Row rows, PackedOptions options)
      : path_(path),
        row_count_(rows),
        options_(std::move(options)),
        file_(open(path, overwrite)),
        arena_(std::min(int(options_.threads), tbb::info::default_concurrency())),
        from_(reserve(rows * 4)),
        to_(reserve(rows * 4)),
        time_(reserve(rows * 4)),
        amount_(reserve(rows * 8)),
        id_bytes_(next()),
        id_lengths_(path),
        blocks_(path),
        transaction_indexes_(path),
        log_indexes_(path),
        id_chunks_(path),
        wide_(path, options_.memory_bytes) {
    header_.magic = magic;
    header_.version = newest_version;
    header_.endian = endian_mark;
    header_.block_bytes = options_.block_bytes;
    header_.rows = rows;
  }

  void append(const PackedRows& rows) {
    options_.stop_if_asked();
    from_.append(rows.from);
    to_.append(rows.to);
    amount_.append(rows.code);
    append_times(rows);
    arena_.execute([&] { wide_.add(rows.code, rows.wide); });
    const auto positions = [&](NarrowWriter& column, std::span<const std::uint64_t> values) {
      values.empty() ? column.append_zeros(rows.from.size()) : column.append(values);
    };
    positions(blocks_, rows.block);
    positions(transaction_indexes_, rows.transaction_index);
    positions(log_indexes_, rows.log_index);
    append_id_lengths(rows);
    id_bytes_.append(rows.id_bytes);
    id_bytes_seen_ += rows.id_bytes.size();
    rows_ += rows.from.size();
  }

  void finish(const PackedEnd& end) {
    if (rows_ != row_count_) throw std::logic_error("a packed ledger was given other rows than announced");
    arena_.execute([&] {
      finish_rows();
      finish_amounts();
      write_names(end);
      write_indexes(end);
      finish_file(end);
    });
    file_.commit();
  }

 private:
  static OutputFile open(const std::string& path, bool overwrite) {
    remove_leftovers(path);
    return OutputFile(path, overwrite);
  }

  // The place of a section of so many bytes, if it is to be where the file ends so far.
  SectionWriter reserve(std::uint64_t bytes) {
    const std::uint64_t offset = end_;
    end_ = aligned(end_ + bytes);
    return SectionWriter(file_, offset);
  }
  SectionWriter next() { return SectionWriter(file_, end_); }
  void note(Section section, SectionWriter& writer, std::size_t width) {
    header_[section] = writer.finish(width);
    end_ = std::max(end_, aligned(header_[section].offset + header_[section].bytes));
  }
  template <class T>
  void write(Section section, std::span<const T> values) {
    SectionWriter writer = next();
    writer.append(values);
    note(section, writer, sizeof(T));
  }
  void write(Section section, Spool& spool, std::size_t width) {
    SectionWriter writer = next();
    const MappedFile mapped = spool.mapped();
    writer.append(mapped.bytes());
    note(section, writer, width);
  }
  template <class T>
  std::span<const T> written(const MappedFile& mapped, Section section) const {
    const SectionEntry& entry = header_[section];
    return {reinterpret_cast<const T*>(mapped.bytes().data() + entry.offset), entry.bytes / sizeof(T)};
  }

  void append_times(const PackedRows& rows) {
    if (rows_ == 0 && !rows.time.empty()) header_.first_time = rows.time.front();
    times_.resize(rows.time.size());
    for (std::size_t i = 0; i < times_.size(); ++i) {
      const std::uint64_t since = std::uint64_t(rows.time[i]) - std::uint64_t(header_.first_time);
      if (since > std::numeric_limits<std::uint32_t>::max()) refuse_time(rows, i);
      times_[i] = std::uint32_t(since);
    }
    time_.append(std::span<const std::uint32_t>(times_));
  }
  void append_id_lengths(const PackedRows& rows) {
    const std::span<const std::uint64_t> ends = rows.id_ends;
    for (Row row = blocks_of(rows_, narrow_chunk_rows) * narrow_chunk_rows; row < rows_ + rows.from.size();
         row += narrow_chunk_rows) {
      const std::uint64_t begin = id_bytes_seen_ + (ends.empty() || row == rows_ ? 0 : ends[row - rows_ - 1]);
      id_chunks_.write({reinterpret_cast<const char*>(&begin), sizeof begin});
    }
    if (ends.empty()) return id_lengths_.append_zeros(rows.from.size());
    lengths_.resize(ends.size());
    std::adjacent_difference(ends.begin(), ends.end(), lengths_.begin());
    id_lengths_.append(lengths_);
  }
  [[noreturn]] void refuse_time(const PackedRows& rows, std::size_t i) const {
    std::string id;
    if (!rows.id_ends.empty()) {
      const std::uint64_t begin = i == 0 ? 0 : rows.id_ends[i - 1];
      id = unpack_text({rows.id_bytes.data() + begin, rows.id_ends[i] - begin});
    }
    throw BadInput(fmt::format(
        "the ledger's times span more than 2^32 - 1: it begins at {}, and transaction '{}' has time {}; check "
        "--time-format, or cut with --start and --end",
        header_.first_time, id, rows.time[i]));
  }

  void finish_rows() {
    note(Section::from, from_, 4);
    note(Section::to, to_, 4);
    note(Section::time, time_, 4);
    note(Section::amount, amount_, 8);
    note(Section::id_bytes, id_bytes_, 1);
    const auto column = [&](NarrowWriter& writer, Section chunks, Section differences) {
      writer.finish();
      if (writer.is_zero()) return;
      write(chunks, writer.chunks(), sizeof(NarrowChunk));
      write(differences, writer.differences(), 1);
    };
    column(id_lengths_, Section::id_length_chunks, Section::id_lengths);
    column(blocks_, Section::block_chunks, Section::blocks);
    column(transaction_indexes_, Section::transaction_index_chunks, Section::transaction_indexes);
    column(log_indexes_, Section::log_index_chunks, Section::log_indexes);
    if (!id_lengths_.is_zero()) write(Section::id_chunks, id_chunks_, 8);
  }

  // Codes become keys where amounts share a code.
  void finish_amounts() {
    SectionWriter amounts = next();
    Spool keys(path_);
    header_.wide_amounts = wide_.finish(amounts, keys);
    note(Section::wide_amounts, amounts, sizeof(Amount));
    write(Section::wide_keys, keys, sizeof(AmountKey));
    if (wide_.steps().size() == 0) return;
    const MappedFile mapped = file_.written(), steps = wide_.steps().mapped(), rests = wide_.rests().mapped();
    KeyShift key({reinterpret_cast<const OrderCode*>(steps.bytes().data()), steps.bytes().size() / sizeof(OrderCode)},
                 rests.bytes().data(),
                 {written<AmountKey>(mapped, Section::wide_keys), written<Amount>(mapped, Section::wide_amounts)});
    SectionWriter shifted(file_, header_[Section::amount].offset);
    std::vector<AmountKey> some;
    const std::span<const OrderCode> codes = written<OrderCode>(mapped, Section::amount);
    constexpr std::size_t at_once = std::size_t{1} << 17;  // read, then written over
    for (std::size_t begin = 0; begin < codes.size(); begin += at_once) {
      options_.stop_if_asked();
      some.clear();
      for (const OrderCode code : codes.subspan(begin, std::min(at_once, codes.size() - begin)))
        some.push_back(key(code));
      shifted.append(std::span<const AmountKey>(some));
    }
    shifted.finish(8);
  }

  void write_names(const PackedEnd& end) {
    header_.wallets = end.wallet_account.size();
    header_.accounts = end.accounts.size();
    header_.assets = end.assets.size();
    write(Section::wallet_accounts, end.wallet_account);
    write(Section::wallet_assets, end.wallet_asset);
    write(Section::account_ends, end.accounts.ends());
    write(Section::account_bytes, end.accounts.bytes());
    write(Section::asset_ends, end.assets.ends());
    write(Section::asset_bytes, end.assets.bytes());
    std::string settings;
    for (const auto& [name, value] : end.settings) settings.append(name).append(1, '\0').append(value).append(1, '\0');
    write(Section::settings, std::span<const char>(settings));
  }

  void write_indexes(const PackedEnd& end) {
    header_.account_seed = account_seed(end.accounts);
    write(Section::account_slots, std::span<const std::uint32_t>(account_slots(end.accounts, header_.account_seed)));
    if (options_.index == PackedIndex::none) return;
    write_wallets_of_accounts(end);
    const MappedFile mapped = file_.written();
    const auto from = written<Wallet>(mapped, Section::from), to = written<Wallet>(mapped, Section::to);
    const auto time = written<std::uint32_t>(mapped, Section::time);
    write_index({to, from, time, written<AmountKey>(mapped, Section::amount), end.wallet_account.size()},
                Section::receipt_begins, Section::receipts, true);
    write_marks(end);
    if (options_.index == PackedIndex::both)
      write_index({from, to, time, {}, end.wallet_account.size()}, Section::payment_begins, Section::payments, false);
  }

  void write_index(const IndexColumns& columns, Section begins_section, Section entries_section, bool has_amounts) {
    const bool wide_rows = options_.wide_rows || row_count_ > std::numeric_limits<std::uint32_t>::max();
    const std::size_t size = entry_bytes(has_amounts, wide_rows);
    SectionWriter begins = reserve((columns.wallet_count + 1) * 8), entries = reserve(row_count_ * size);
    packed::write_index(columns, has_amounts, wide_rows, budget(), begins, entries);
    note(begins_section, begins, 8);
    note(entries_section, entries, size);
  }

  void write_marks(const PackedEnd& end) {
    const MappedFile mapped = file_.written();
    const bool wide_rows = header_[Section::receipts].width == entry_bytes(true, true);
    const EntryIndex receipts{written<std::uint64_t>(mapped, Section::receipt_begins),
                              written<std::byte>(mapped, Section::receipts), true, wide_rows, row_count_};
    const WalletsOfAccounts wallets_of{written<std::uint64_t>(mapped, Section::account_wallet_begins),
                                       written<Wallet>(mapped, Section::account_wallets), end.wallet_account.size()};
    const auto from = written<Wallet>(mapped, Section::from), to = written<Wallet>(mapped, Section::to);
    const auto time = written<std::uint32_t>(mapped, Section::time);
    const auto amount = written<AmountKey>(mapped, Section::amount);
    SectionWriter hits = reserve(PlainHits::words(row_count_) * 8), returns = reserve(Returns::words(row_count_) * 8),
                  marks = reserve(PairMarks::blocks(row_count_) * sizeof(PairMarks::Block));
    IndexBudget half = budget();
    half.memory_bytes /= 2;
    tbb::parallel_invoke(
        [&] {
          if (row_count_ == 0 || row_count_ > most_rows_with_waits) return;
          header_[Section::reward_waits] = {end_, row_count_ * 4, 4, 0};
          write_reward_waits({from, to, time, amount, receipts.begins}, half, file_, end_);
        },
        [&] {
          write_plain_hits({from, to, time, amount, end.wallet_account.size()}, half, hits);
          write_returns(from, to, half, returns);
          write_pair_marks(receipts, wallets_of, end.wallet_account, end.accounts.size(), half, marks);
        });
    end_ = aligned(end_ + header_[Section::reward_waits].bytes);
    note(Section::plain_hits, hits, 8);
    note(Section::returns, returns, 8);
    note(Section::pair_marks, marks, sizeof(PairMarks::Block));
  }

  IndexBudget budget() const { return {options_.memory_bytes, options_.threads, options_.stop_if_asked}; }

  // Absent where wallets and accounts have the same numbers, as with one asset.
  void write_wallets_of_accounts(const PackedEnd& end) {
    const std::size_t wallets = end.wallet_account.size();
    bool same = wallets == end.accounts.size();
    for (std::size_t wallet = 0; same && wallet < wallets; ++wallet)
      same = to_index(end.wallet_account[wallet]) == wallet;
    if (same) return;
    std::vector<std::uint64_t> begins(end.accounts.size() + 1);
    for (const Account account : end.wallet_account) ++begins[to_index(account)];
    std::uint64_t next_begin = 0;
    for (std::uint64_t& begin : begins) next_begin += std::exchange(begin, next_begin);
    write(Section::account_wallet_begins, std::span<const std::uint64_t>(begins));
    std::vector<Wallet> by_account(wallets);
    for (std::size_t wallet = 0; wallet < wallets; ++wallet)
      by_account[begins[to_index(end.wallet_account[wallet])]++] = Wallet(wallet);
    write(Section::account_wallets, std::span<const Wallet>(by_account));
  }

  void finish_file(const PackedEnd& end) {
    header_.time_axis = std::uint32_t(end.time_axis);
    header_.dropped = end.dropped;
    header_[Section::checksums].offset = end_;
    header_[Section::roots].offset = end_;
    file_.resize(end_);  // also cuts what the file does not need, and fills the last page with zeros
    std::vector<std::uint64_t> roots;
    {
      // Piece by piece: of 10^9 rows all checksums are 200 MiB.
      const MappedFile mapped = file_.written();
      const std::string_view covered = mapped.bytes().substr(page_bytes);
      SectionWriter checksums = next();
      const std::size_t block = header_.block_bytes, piece = block * block / 8 * 64;  // whole blocks of checksums
      for (std::size_t begin = 0; begin < covered.size(); begin += piece) {
        options_.stop_if_asked();
        const std::vector<std::uint64_t> some = checksums_of_blocks(covered.substr(begin, piece), block);
        const std::string_view bytes = bytes_of(std::span<const std::uint64_t>(some));
        checksums.append(bytes);
        for (std::size_t at = 0; at < bytes.size(); at += block) roots.push_back(checksum_of(bytes.substr(at, block)));
      }
      note(Section::checksums, checksums, 8);
    }
    if (header_[Section::checksums].offset == 0) header_[Section::checksums].offset = end_;
    write(Section::roots, std::span<const std::uint64_t>(roots));
    header_.root = checksum_of(bytes_of(std::span<const std::uint64_t>(roots)));
    header_.file_bytes = end_;
    header_.checksum = checksum_of(header_);
    file_.resize(end_);
    file_.write_at(0, {reinterpret_cast<const char*>(&header_), sizeof header_});
  }

  const std::string path_;
  const Row row_count_;
  const PackedOptions options_;
  OutputFile file_;
  tbb::task_arena arena_;
  Header header_{};
  std::uint64_t end_ = page_bytes;  // of the file so far
  SectionWriter from_, to_, time_, amount_, id_bytes_;
  NarrowWriter id_lengths_, blocks_, transaction_indexes_, log_indexes_;
  Spool id_chunks_;
  WideAmounts wide_;
  std::vector<std::uint32_t> times_;    // of the rows at hand
  std::vector<std::uint64_t> lengths_;  // of their ids
  Row rows_ = 0;
  std::uint64_t id_bytes_seen_ = 0;
};

PackedWriter::PackedWriter(const std::string& path, bool overwrite, Row rows, PackedOptions options)
    : writing_(std::make_unique<Writing>(path, overwrite, rows, std::move(options))) {}
PackedWriter::~PackedWriter() = default;
void PackedWriter::append(const PackedRows& rows) { writing_->append(rows); }
void PackedWriter::finish(const PackedEnd& end) { writing_->finish(end); }

}  // namespace ringscan
