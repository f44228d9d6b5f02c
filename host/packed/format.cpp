#include "packed/format.hpp"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <bit>
#include <limits>
#ifdef __x86_64__
#include <xxh_x86dispatch.h>
#else
#include <xxhash.h>
#endif

#include "io/errors.hpp"
#include "packed/narrow_column.hpp"

namespace ringscan::packed {
namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 20;  // that a task takes at a time

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw BadInput(fmt::format("{}: {}; import the ledger again", path, why));
}

class TableCheck {
 public:
  TableCheck(const Header& header, const std::string& path) : header_(header), path_(path) {}

  void inside_the_file() const {
    for (std::size_t i = 0; i < section_count; ++i) {
      const SectionEntry& entry = header_.sections[i];
      const bool inside = entry.bytes <= header_.file_bytes && entry.offset <= header_.file_bytes - entry.bytes;
      if (!inside || entry.offset % page_bytes != 0 || (entry.bytes > 0 && entry.offset < page_bytes))
        refuse(path_, fmt::format("the section '{}' is not where it should be", section_names[i]));
    }
  }
  // `count` elements of one of the two widths.
  void holds(Section section, std::uint64_t count, std::uint64_t width, std::uint64_t other_width = 0) const {
    const SectionEntry& entry = header_[section];
    const std::uint64_t found = other_width != 0 && entry.width == other_width ? other_width : width;
    if (entry.bytes != 0 && entry.width != found) wrong_size(section);
    if (entry.bytes % found != 0 || entry.bytes / found != count) wrong_size(section);
  }
  void holds_or_is_absent(Section section, std::uint64_t count, std::uint64_t width,
                          std::uint64_t other_width = 0) const {
    if (header_[section].bytes != 0) holds(section, count, width, other_width);
  }
  [[noreturn]] void wrong_size(Section section) const {
    refuse(path_, fmt::format("the section '{}' has the wrong size", section_names[std::size_t(section)]));
  }

 private:
  const Header& header_;
  const std::string& path_;
};

}  // namespace

std::uint64_t checksum_of(std::string_view bytes) {
#ifdef __x86_64__
  return XXH3_64bits_dispatch(bytes.data(), bytes.size());
#else
  return XXH3_64bits(bytes.data(), bytes.size());
#endif
}

std::uint64_t checksum_of(const Header& header) {
  return checksum_of({reinterpret_cast<const char*>(&header), sizeof header - sizeof header.checksum});
}

std::vector<std::uint64_t> checksums_of_blocks(std::string_view bytes, std::size_t block_bytes) {
  std::vector<std::uint64_t> checksums(blocks_of(bytes.size(), block_bytes));
  const std::size_t blocks_of_piece = std::max<std::size_t>(1, piece_bytes / block_bytes);
  tbb::parallel_for(std::size_t{0}, blocks_of(checksums.size(), blocks_of_piece), [&](std::size_t piece) {
    const std::size_t begin = piece * blocks_of_piece, end = std::min(checksums.size(), begin + blocks_of_piece);
    populate(bytes.substr(begin * block_bytes, (end - begin) * block_bytes));
    for (std::size_t block = begin; block < end; ++block)
      checksums[block] = checksum_of(bytes.substr(block * block_bytes, block_bytes));
  });
  return checksums;
}

void check_header(const Header& header, std::uint64_t file_bytes, const std::string& path) {
  if (header.magic != magic) throw BadInput(fmt::format("{} is no packed ledger", path));
  if (header.endian != endian_mark) refuse(path, "it was written by a machine with another order of bytes, or altered");
  if (header.version > newest_version)
    throw BadInput(
        fmt::format("{} has version {} of the packed ledger, and this program knows up to {}: take a newer one", path,
                    header.version, newest_version));
  if (header.checksum != checksum_of(header)) refuse(path, "the header is damaged: its checksum does not match");
  if (header.file_bytes != file_bytes)
    refuse(path, fmt::format("it has {} bytes instead of {}", file_bytes, header.file_bytes));
  const std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  if (header.version == 0 || header.time_axis > std::uint32_t(TimeAxis::step) ||
      !std::has_single_bit(header.block_bytes) || header.block_bytes < 64 || header.rows > file_bytes ||
      header.wallets > most || header.accounts > most || header.assets > most || header.wide_amounts > file_bytes)
    refuse(path, "the header makes no sense");

  const TableCheck table(header, path);
  table.inside_the_file();
  using enum Section;
  for (const Section column : {from, to, time}) table.holds(column, header.rows, 4);
  table.holds(amount, header.rows, 8);
  const std::uint64_t chunks = blocks_of(header.rows, narrow_chunk_rows);
  for (const Section column : {id_length_chunks, block_chunks, transaction_index_chunks, log_index_chunks})
    table.holds_or_is_absent(column, chunks, sizeof(NarrowChunk));
  table.holds(id_chunks, header[id_length_chunks].bytes == 0 ? 0 : chunks, 8);
  table.holds(wide_amounts, header.wide_amounts, sizeof(Amount));
  table.holds(wide_keys, header.wide_amounts, sizeof(AmountKey));
  table.holds(wallet_accounts, header.wallets, 4);
  table.holds(wallet_assets, header.wallets, 4);
  table.holds(account_ends, header.accounts, 8);
  table.holds(asset_ends, header.assets, 8);
  const std::uint64_t slots = header[account_slots].bytes / 4;
  table.holds(account_slots, slots, 4);
  if (slots != 0 && (!std::has_single_bit(slots) || slots <= header.accounts)) table.wrong_size(account_slots);
  table.holds_or_is_absent(account_wallet_begins, header.accounts + 1, 8);
  table.holds(account_wallets, header[account_wallet_begins].bytes == 0 ? 0 : header.wallets, 4);
  table.holds_or_is_absent(receipt_begins, header.wallets + 1, 8);
  table.holds(receipts, header[receipt_begins].bytes == 0 ? 0 : header.rows, 20, 24);
  table.holds_or_is_absent(payment_begins, header.wallets + 1, 8);
  table.holds(payments, header[payment_begins].bytes == 0 ? 0 : header.rows, 12, 16);
  table.holds_or_is_absent(plain_hits, PlainHits::words(header.rows), 8);
  table.holds_or_is_absent(pair_marks, PairMarks::blocks(header.rows), sizeof(PairMarks::Block));
  table.holds_or_is_absent(reward_waits, header.rows, 4);
  table.holds_or_is_absent(returns, Returns::words(header.rows), 8);
  if (header[checksums].offset < page_bytes) table.wrong_size(checksums);
  table.holds(checksums, blocks_of(header[checksums].offset - page_bytes, header.block_bytes), 8);
  table.holds(roots, blocks_of(header[checksums].bytes, header.block_bytes), 8);
  for (std::size_t i = 0; i < section_count; ++i)
    if (i != std::size_t(checksums) && i != std::size_t(roots) &&
        header.sections[i].offset + header.sections[i].bytes > header[checksums].offset)
      table.wrong_size(checksums);  // something would stand outside what they cover
}

}  // namespace ringscan::packed
