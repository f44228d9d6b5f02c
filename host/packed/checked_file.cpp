#include "packed/checked_file.hpp"

#include <fmt/format.h>
#include <tbb/blocked_range.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "io/errors.hpp"

namespace ringscan::packed {
namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 20;  // that a task checks at a time
constexpr Row piece_rows = Row{1} << 15;

Header header_of(std::string_view bytes, const std::string& path) {
  Header header;
  if (bytes.size() < sizeof header)
    throw BadInput(bytes.starts_with(std::string_view(magic.data(), magic.size()))
                       ? fmt::format("{}: it is cut off in its header; import the ledger again", path)
                       : fmt::format("{} is no packed ledger", path));
  std::memcpy(&header, bytes.data(), sizeof header);
  check_header(header, bytes.size(), path);
  return header;
}

template <class T>
bool all_below(std::span<const T> values, std::uint64_t end) {
  std::uint32_t most = 0;
  for (const T value : values) most = std::max(most, std::uint32_t(value));
  return values.empty() || most < end;
}

}  // namespace

CheckedFile::CheckedFile(const std::string& path, unsigned threads)
    : path_(path),
      file_(path),
      bytes_(file_.bytes()),
      header_(header_of(bytes_, path)),
      block_shift_(unsigned(std::countr_zero(header_.block_bytes))),
      arena_(std::min(int(threads), tbb::info::default_concurrency())) {
  const std::span<const std::uint64_t> roots = section<std::uint64_t>(Section::roots);
  if (checksum_of(bytes_of(roots)) != header_.root) reject(bytes_.data() + header_[Section::roots].offset);
  sound_.emplace(header_[Section::checksums].bytes / 8);
  sound_checksums_.emplace(roots.size());
}

void CheckedFile::need(const void* begin, std::size_t bytes) const {
  if (bytes == 0) return;
  const std::uint64_t offset = std::uint64_t(static_cast<const char*>(begin) - bytes_.data()) - page_bytes;
  const std::size_t first = offset >> block_shift_, last = (offset + bytes - 1) >> block_shift_;
  if (bytes <= piece_bytes) {
    for (std::size_t block = first; block <= last; ++block)
      if (!(*sound_)[block]) check_block(block);
    return;
  }
  const std::size_t blocks_of_piece = std::max<std::size_t>(1, piece_bytes / header_.block_bytes);
  arena_.execute([&] {
    tbb::parallel_for(std::size_t{0}, (last - first) / blocks_of_piece + 1, [&](std::size_t piece) {
      const std::size_t from = first + piece * blocks_of_piece, to = std::min(last + 1, from + blocks_of_piece);
      populate(bytes_.substr(page_bytes + from * header_.block_bytes, (to - from) * header_.block_bytes));
      for (std::size_t block = from; block < to; ++block)
        if (!(*sound_)[block]) check_block(block);
    });
  });
}

void CheckedFile::check_block(std::size_t block) const {
  const SectionEntry& table = header_[Section::checksums];
  const std::size_t of_table = block * 8 / header_.block_bytes;
  if (!(*sound_checksums_)[of_table]) {
    const std::uint64_t begin = of_table * header_.block_bytes,
                        size = std::min<std::uint64_t>(header_.block_bytes, table.bytes - begin);
    if (checksum_of(bytes_.substr(table.offset + begin, size)) != section<std::uint64_t>(Section::roots)[of_table])
      reject(bytes_.data() + table.offset);
    sound_checksums_->set(of_table);
  }
  const std::uint64_t begin = page_bytes + std::uint64_t(block) * header_.block_bytes,
                      end = std::min<std::uint64_t>(begin + header_.block_bytes, table.offset);
  if (checksum_of(bytes_.substr(begin, end - begin)) != section<std::uint64_t>(Section::checksums)[block])
    damaged(begin, end);
  sound_->set(block);
}

void CheckedFile::check_wallet(Wallet wallet, const void* place) const {
  if (to_index(wallet) >= header_.wallets) reject(place);
  const Account& account = section<Account>(Section::wallet_accounts)[to_index(wallet)];
  const Asset& asset = section<Asset>(Section::wallet_assets)[to_index(wallet)];
  need(&account, sizeof account);
  need(&asset, sizeof asset);
  if (to_index(account) >= header_.accounts) reject(&account);
  if (to_index(asset) >= header_.assets) reject(&asset);
}

void CheckedFile::need_row(Row row) const {
  if (rows_are_sound_.load(std::memory_order_acquire)) return;
  need(&section<std::uint32_t>(Section::time)[row], sizeof(std::uint32_t));
  need(&section<AmountKey>(Section::amount)[row], sizeof(AmountKey));
  for (const Section column : {Section::from, Section::to}) {
    const Wallet& wallet = section<Wallet>(column)[row];
    need(&wallet, sizeof wallet);
    check_wallet(wallet, &wallet);
  }
}

void CheckedFile::check_rows(Row begin, Row end) const {
  const auto rows = [&]<class T>(Section column, T) {
    const std::span<const T> values = section<T>(column).subspan(begin, end - begin);
    populate(bytes_of(values));
    need(values.data(), values.size_bytes());
    return values;
  };
  const auto from = rows(Section::from, Wallet{}), to = rows(Section::to, Wallet{});
  if (!all_below(from, header_.wallets)) reject(from.data());
  if (!all_below(to, header_.wallets)) reject(to.data());
  rows(Section::amount, AmountKey{});
  const auto time = rows(Section::time, std::uint32_t{});
  const std::uint32_t* const before = begin == 0 ? time.data() : time.data() - 1;
  if (begin > 0) need(before, sizeof *before);
  unsigned falls = 0;
  for (const std::uint32_t* at = before; at + 1 < time.data() + time.size(); ++at) falls |= unsigned(at[1] < at[0]);
  if (falls != 0) reject(time.data());
}

// What makes no sense is refused by whoever reads the name.
void CheckedFile::check_name(Account account) const {
  const auto ends = section<std::uint64_t>(Section::account_ends);
  const auto bytes = section<char>(Section::account_bytes);
  const std::size_t place = to_index(account), before = std::min<std::size_t>(place, 1);
  need(&ends[place - before], (1 + before) * sizeof ends[0]);
  const std::uint64_t begin = before == 0 ? 0 : ends[place - 1];
  if (begin <= ends[place] && ends[place] <= bytes.size()) need(bytes.data() + begin, ends[place] - begin);
}

void CheckedFile::will_show_rows(std::span<const Row> rows) const {
  constexpr std::size_t at_once = 256;
  std::vector<Row> ascending(rows.begin(), rows.end());  // neighbours share blocks, and what the system maps at once
  std::ranges::sort(ascending);
  const auto wallet_account = section<Account>(Section::wallet_accounts);
  arena_.execute([&] {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, ascending.size(), at_once), [&](const auto& range) {
      for (std::size_t i = range.begin(); i < range.end(); ++i) {
        need_row(ascending[i]);
        for (const Section column : {Section::from, Section::to})
          check_name(wallet_account[to_index(section<Wallet>(column)[ascending[i]])]);
      }
    });
  });
}

void CheckedFile::need_wallets() const {
  const auto accounts = section<Account>(Section::wallet_accounts);
  const auto assets = section<Asset>(Section::wallet_assets);
  need(accounts.data(), accounts.size_bytes());
  need(assets.data(), assets.size_bytes());
  if (!all_below(accounts, header_.accounts)) reject(accounts.data());
  if (!all_below(assets, header_.assets)) reject(assets.data());
}

void CheckedFile::need_rows(Row begin, Row end) const {
  if (!rows_are_sound_.load(std::memory_order_acquire))
    for (; begin < end; begin += std::min(piece_rows, end - begin))
      check_rows(begin, std::min(end, begin + piece_rows));
}

template <class Use>
void CheckedFile::each_column(Row begin, Row end, Use use) const {
  for (const auto& [column, bytes] :
       {std::pair{Section::from, 4u}, {Section::to, 4u}, {Section::time, 4u}, {Section::amount, 8u}})
    use(bytes_.substr(header_[column].offset + begin * bytes, (end - begin) * bytes));
}

void CheckedFile::will_need_rows(Row begin, Row end) const { each_column(begin, end, read_ahead); }
void CheckedFile::release_rows(Row begin, Row end) const { each_column(begin, end, release); }

void CheckedFile::need_rows() const {
  if (rows_are_sound_.load(std::memory_order_acquire)) return;
  const std::scoped_lock lock(rows_mutex_);
  if (rows_are_sound_.load(std::memory_order_acquire)) return;
  need_wallets();
  arena_.execute([&] {
    tbb::parallel_for(std::size_t{0}, blocks_of(header_.rows, piece_rows), [&](std::size_t piece) {
      check_rows(piece * piece_rows, std::min<Row>(header_.rows, (piece + 1) * piece_rows));
    });
  });
  rows_are_sound_.store(true, std::memory_order_release);
}

void CheckedFile::need_all() const {
  const SectionEntry &checksums = header_[Section::checksums], &roots = header_[Section::roots];
  need(bytes_.data() + page_bytes, checksums.offset - page_bytes);
  for (std::uint64_t at = checksums.offset + checksums.bytes; at < bytes_.size(); ++at)
    if (bytes_[at] != 0 && (at < roots.offset || at >= roots.offset + roots.bytes)) reject(bytes_.data() + at);
  need_rows();
}

void CheckedFile::reject(const void* place) const {
  const std::uint64_t offset = std::uint64_t(static_cast<const char*>(place) - bytes_.data());
  damaged(offset, offset + 1);
}

// Names the sections that touch these bytes.
void CheckedFile::damaged(std::uint64_t begin, std::uint64_t end) const {
  std::string names;
  for (std::size_t i = 0; i < section_count; ++i) {
    const SectionEntry& entry = header_.sections[i];
    if (entry.bytes > 0 && entry.offset < end && entry.offset + entry.bytes > begin)
      names += fmt::format("{}'{}'", names.empty() ? "" : ", ", section_names[i]);
  }
  throw BadInput(
      fmt::format("{}: damaged in section {}; import the ledger again", path_, names.empty() ? "'padding'" : names));
}

}  // namespace ringscan::packed
