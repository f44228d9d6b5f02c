// Exports -> one packed ledger file, within a limit of memory: rows that do not fit go through sorted runs on the disk.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "packed/packed_writer.hpp"
#include "read/read_ledger.hpp"

namespace ringscan {

struct ImportOptions {
  ReadOptions reading;
  PackedIndex index = PackedIndex::both;
  bool overwrite = false;
  bool appends = false;              // one of the inputs is a packed ledger that AppendedLedger has found fit for it
  std::uint64_t memory_bytes = 0;    // of anonymous memory in all; 0: no limit
  std::uint64_t rows_in_memory = 0;  // no more than these, about; 0: as the memory allows
  std::function<void(std::string_view)> on_stage = [](std::string_view) {};
  std::function<void()> stop_if_asked = [] {};
};

// The settings by which two imports of the same files may differ in their rows.
PackedSettings settings_of(const ReadOptions& options);
// The setting of a ledger in which accounts of one owner are one; it follows from the files, not from the options.
inline constexpr std::string_view united_accounts = "utxo-entities";

// The file's bytes depend on the rows alone. Throws what read_ledger() and PackedWriter throw, and Unavailable where
// the names of accounts alone need more than the limit.
void import_ledger(const std::vector<std::string>& inputs, const std::string& path, const ImportOptions& options,
                   ReadReport& report, const std::function<void(const ReadProgress&)>& progress);

}  // namespace ringscan
