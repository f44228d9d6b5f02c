// Opens packed ledger files (format.hpp). The ledger's columns are looked at in the mapped file, which stays open as
// long as a copy of the ledger lives. Opening costs the header; everything else is checked when it is touched.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ledger/ledger.hpp"
#include "packed/packed_rows.hpp"

namespace ringscan {

namespace packed {
class CheckedFile;
}

// What an import was asked for, such as ("keep-zero", "true"): ascending in name, names distinct, without zero bytes.
using PackedSettings = std::vector<std::pair<std::string, std::string>>;

struct SectionReport {
  std::string_view name;
  std::uint64_t bytes;
};

// True for a regular file that begins as packed ledgers do; false if it cannot be read.
bool is_packed_ledger(const std::string& path);

class PackedLedger {
 public:
  // Throws MissingInput, and BadInput for what is no packed ledger, cut off, altered in its header, or of a newer
  // version. `threads` check long columns.
  explicit PackedLedger(const std::string& path, unsigned threads = 1);

  // The whole ledger. Whoever reads its columns themselves, rather than through LedgerView's functions, first takes
  // view().checked(). Reading throws BadInput where the file turns out to be altered.
  Ledger ledger() const;
  PackedSettings settings() const;
  Row size() const;
  std::vector<SectionReport> sections() const;  // those that there are, in the file's order
  // Rows [begin, end) as they were given to the writer. O(rows).
  void read_rows(Row begin, Row end, PackedRowsBuffer& rows) const;
  // Every byte by its checksum, and what LedgerView::checked() looks at; at memory speed.
  void verify() const;

 private:
  std::shared_ptr<const packed::CheckedFile> file_;
};

// PackedLedger(path, threads).ledger().
Ledger open_packed_ledger(const std::string& path, unsigned threads = 1);

}  // namespace ringscan
