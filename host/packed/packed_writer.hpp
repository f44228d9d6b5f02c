// Writes a packed ledger file (format.hpp) from rows that stream by in canonical order. The file appears when finish()
// returns; whatever fails before leaves nothing. What killed runs left beside it is removed first.
//
// Rows go straight into their columns; what can only be known at the end goes through nameless files in the same
// folder, about 4 bytes a row for cold columns. Memory: about 20 MiB, the options' budget, and what finish() is given;
// from finish() on, 4 bytes for each of the accounts' slots, at most 12 an account.
//
// Throws OutputError for what cannot be written, BadInput for times too far apart, and what `stop_if_asked` throws.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "ledger/ledger.hpp"
#include "packed/packed_ledger.hpp"

namespace ringscan {

enum class PackedIndex { none, receiver, both };

struct PackedOptions {
  PackedIndex index = PackedIndex::both;
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;  // beyond the above
  unsigned threads = 1;
  std::function<void()> stop_if_asked = [] {};
  // For tests: what files of 2^32 rows have, and how much one checksum covers.
  bool wide_rows = false;
  std::uint32_t block_bytes = 4096;
};

// What is known when all rows have been seen. Every wallet of the rows is there.
struct PackedEnd {
  TimeAxis time_axis = TimeAxis::seconds;
  std::span<const Account> wallet_account;  // by wallet
  std::span<const Asset> wallet_asset;      // by wallet
  const PackedTexts& accounts;              // distinct
  const PackedTexts& assets;                // distinct
  DropCounts dropped{};
  PackedSettings settings{};
};

class PackedWriter {
 public:
  // `rows`: exactly as many as append() will be given in all. A file that exists is an OutputError unless it may be
  // overwritten.
  PackedWriter(const std::string& path, bool overwrite, Row rows, PackedOptions options);
  ~PackedWriter();

  // The next rows; chunks may have any size. Buffered, so that rows by the thousand are as fast as by the million.
  void append(const PackedRows& rows);
  void finish(const PackedEnd& end);

 private:
  class Writing;
  std::unique_ptr<Writing> writing_;
};

// A ledger in memory as one file, without blocks and indexes of transactions. For tests and small ledgers.
void write_packed_ledger(const std::string& path, bool overwrite, const Ledger& ledger, const PackedOptions& options,
                         const PackedSettings& settings = {});

}  // namespace ringscan
