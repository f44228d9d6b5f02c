// The packed ledger file, version 1, little-endian:
//
//   page 0      the header: what follows, 4096 bytes with their own checksum in the last 8
//   sections    each contiguous and aligned to 4096 bytes; absent ones take no room
//   checksums   XXH3-64 of every block of `block_bytes` from byte 4096 to here
//   roots       XXH3-64 of every such block of the checksums; the header holds the XXH3-64 of the roots
//
// The bytes depend on the rows and on what was asked to be stored, on no time, machine or number of threads. A header
// byte that is not used is 0.
//
// Bytes a transaction: from, to, time 4 each, amount 8; receipts 20 (24 from 2^32 rows), payments 12 (16); an id half
// its length (Ethereum: 33), block, transaction index, log index and the ids' lengths 0, 1, 2, 4 or 8 each, the same
// for 1024 rows together, + 1/64; with a receiver index 4 of waits for rewards (up to 2^28 rows), 1/8 of plain hits,
// 1/8 of returned payments and 1/4 of pair marks. A distinct wide amount 40. A wallet 8 + 8 an index; an account 8,
// half its name, 4/0.7 to 8/0.7 of slots, and with several assets 8 + 4 a wallet. Checksums 1/512 of the file.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "ledger/ledger.hpp"

namespace ringscan::packed {

inline constexpr std::size_t page_bytes = 4096;
inline constexpr std::size_t default_block_bytes = 4096;  // measured beside 16 KiB to 1 MiB: host/README.md
inline constexpr std::uint32_t newest_version = 1;
inline constexpr std::uint32_t endian_mark = 0x01020304;
inline constexpr std::array<char, 16> magic = {'R', 'I', 'N', 'G', 'S', 'C', 'A', 'N', 'L', 'E', 'D', 'G', 'E', 'R'};

enum class Section : std::uint32_t {
  from,    // Wallet by row
  to,      // Wallet by row
  time,    // u32 by row
  amount,  // AmountKey by row
  id_bytes,
  id_length_chunks,  // NarrowChunk every 1024 rows, see narrow_column.hpp
  id_lengths,
  block_chunks,
  blocks,
  transaction_index_chunks,
  transaction_indexes,
  log_index_chunks,
  log_indexes,
  id_chunks,     // u64 every 1024 rows: where their ids begin in id_bytes
  wide_amounts,  // Amount, ascending
  wide_keys,     // AmountKey, ascending
  wallet_accounts,
  wallet_assets,
  account_ends,
  account_bytes,
  asset_ends,
  asset_bytes,
  settings,       // names and values by turns, each ended by a 0
  account_slots,  // u32: account + 1, or 0; see account_index.hpp
  account_wallet_begins,
  account_wallets,
  receipt_begins,
  receipts,
  payment_begins,
  payments,
  checksums,
  roots,
  plain_hits,  // from here on: files without them are older
  pair_marks,
  reward_waits,
  returns,
};
inline constexpr std::size_t section_count = std::size_t(Section::returns) + 1;
inline constexpr std::array<std::string_view, section_count> section_names = {
    "from",
    "to",
    "time",
    "amount",
    "transaction ids",
    "chunks of id lengths",
    "id lengths",
    "chunks of block numbers",
    "block numbers",
    "chunks of transaction indexes",
    "transaction indexes",
    "chunks of log indexes",
    "log indexes",
    "chunks of transaction ids",
    "wide amounts",
    "wide keys",
    "accounts of wallets",
    "assets of wallets",
    "ends of account names",
    "account names",
    "ends of asset names",
    "asset names",
    "settings",
    "account index",
    "begins of wallets of accounts",
    "wallets of accounts",
    "begins of the receiver index",
    "receiver index",
    "begins of the sender index",
    "sender index",
    "checksums",
    "checksums of checksums",
    "plain hits",
    "pair marks",
    "waits for rewards",
    "returned payments",
};

struct SectionEntry {
  std::uint64_t offset;
  std::uint64_t bytes;
  std::uint32_t width;  // of an element
  std::uint32_t unused;
};

struct Header {
  std::array<char, 16> magic;
  std::uint32_t version;
  std::uint32_t endian;
  std::uint64_t file_bytes;
  std::uint32_t block_bytes;
  std::uint32_t time_axis;
  std::uint64_t rows, wallets, accounts, assets, wide_amounts;
  std::int64_t first_time;
  std::uint64_t account_seed;  // of the account index's hash
  std::uint64_t root;          // XXH3-64 of the section `roots`
  DropCounts dropped;
  std::array<SectionEntry, section_count> sections;
  std::array<char, page_bytes - 168 - sizeof(SectionEntry) * section_count - 8> unused;
  std::uint64_t checksum;  // of all before it

  SectionEntry& operator[](Section section) { return sections[std::size_t(section)]; }
  const SectionEntry& operator[](Section section) const { return sections[std::size_t(section)]; }
};
static_assert(sizeof(Header) == page_bytes && std::is_trivially_copyable_v<Header>);

std::uint64_t checksum_of(std::string_view bytes);
std::uint64_t checksum_of(const Header& header);
// Of each block of `bytes`, in parallel.
std::vector<std::uint64_t> checksums_of_blocks(std::string_view bytes, std::size_t block_bytes);

// Throws BadInput if this is no header of a file of `file_bytes`, or sections lie outside the file or have another size
// than the counts ask for. `path` for messages.
void check_header(const Header& header, std::uint64_t file_bytes, const std::string& path);

constexpr std::uint64_t aligned(std::uint64_t offset) { return (offset + page_bytes - 1) / page_bytes * page_bytes; }
constexpr std::uint64_t blocks_of(std::uint64_t bytes, std::uint64_t block_bytes) {
  return bytes / block_bytes + (bytes % block_bytes != 0);
}

template <class T>
std::string_view bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

}  // namespace ringscan::packed
